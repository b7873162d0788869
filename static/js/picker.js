// The one picker of CMOCs: a field in which a number, a title or any word finds those that stand in the theory at hand.
"use strict";

function foldedText(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

class CMOCPicker {
  // input: the field; list: the listbox; count, says: what is told beside; local: CMOCs that are in the page already.
  constructor({ input, list, count = null, local = () => [], first = () => null, onActive = () => {}, onChoose }) {
    Object.assign(this, { input, list, count, local, first, onActive, onChoose });
    this.asked = 0;
    this.pending = null;
    this.position = -1;
    input.addEventListener("input", () => this.ask());
    input.addEventListener("keydown", (event) => this.onKey(event));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) {
        this.choose(option);
      }
    });
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get active() {
    return this.options[this.position] ?? null;
  }

  ask() {
    const question = this.input.value.trim();
    this.asked += 1;
    const own = this.asked;
    this.show(this.fitting(question), null);
    if (!question || !this.input.dataset.choices) {
      this.pending = null;
      return;
    }
    const address = new URL(this.input.dataset.choices, location.href);
    address.searchParams.set("q", question);
    address.searchParams.set("theory", this.input.dataset.theory ?? "");
    this.pending = fetch(address, { headers: { "X-Bench-Fragment": "1" }, redirect: "manual" })
      .then((answer) => (answer.ok ? answer.text() : null))
      .catch(() => null)
      .then((html) => {
        if (html !== null && own === this.asked) {
          const found = new DOMParser().parseFromString(html, "text/html").querySelector(".choices");
          this.show([...found.children], { found: found.dataset.found, of: found.dataset.of });
        }
        if (own === this.asked) {
          this.pending = null;
        }
      });
  }

  // What fits among the CMOCs of the page, the one that is open first where nothing is asked.
  fitting(question) {
    const lines = this.local();
    if (!question) {
      const first = this.first();
      return [...lines.filter((line) => line.value === first), ...lines.filter((line) => line.value !== first)]
        .slice(0, 30)
        .map(optionOf);
    }
    const asked = foldedText(question);
    const words = asked.match(/[\p{L}\p{N}]+/gu) ?? [];
    const ranked = lines
      .map((line) => {
        const said = foldedText(`${line.number} ${line.title} ${line.plain}`).match(/[\p{L}\p{N}]+/gu) ?? [];
        if (!words.every((word) => said.some((each) => each.startsWith(word)))) {
          return null;
        }
        const rank = foldedText(line.number) === asked ? 0 : foldedText(line.title).startsWith(asked) ? 1 : 2;
        return { rank, line };
      })
      .filter(Boolean);
    ranked.sort((one, other) => one.rank - other.rank);
    return ranked.slice(0, 30).map(({ line }) => optionOf(line));
  }

  show(options, told) {
    this.list.replaceChildren(...options.map((option) => document.adoptNode(option)));
    for (const option of options) {
      option.id = `${this.list.id}-${option.dataset.value}`;
    }
    this.activate(options.length ? 0 : -1);
    if (this.count) {
      const of = told?.of ?? this.local().length;
      this.count.textContent = this.input.value.trim() ? `${told?.found ?? options.length} of ${of}` : "";
    }
  }

  activate(position) {
    this.position = position;
    this.options.forEach((option, at) => option.setAttribute("aria-selected", String(at === position)));
    const active = this.active;
    if (active) {
      this.input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
    this.onActive(active);
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!this.options.length) {
        this.show(this.fitting(""), null);
      }
      const last = this.options.length - 1;
      this.activate(last < 0 ? -1 : (this.position + step + last + 1) % (last + 1));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.chooseActive();
    }
  }

  // What is typed fast is chosen when the answer has come, unless the page knows it already.
  async chooseActive() {
    if (!this.active && this.pending) {
      await this.pending;
    }
    if (this.active) {
      this.choose(this.active);
    }
  }

  choose(option) {
    this.onChoose({ value: option.dataset.value, number: option.dataset.number, title: option.dataset.title });
  }
}

function optionOf(line) {
  const option = document.createElement("li");
  option.setAttribute("role", "option");
  option.className = "choice";
  Object.assign(option.dataset, { value: line.value, number: line.number, title: line.title });
  const parts = [["b-number", line.number], ["choice-title", line.title], ["choice-line", line.plain]];
  for (const [name, text] of parts) {
    const piece = document.createElement("span");
    piece.className = name;
    piece.dir = "auto";
    piece.textContent = text;
    option.append(piece, " ");
  }
  if (line.counts) {
    option.insertBefore(line.counts, option.lastElementChild);
  }
  return option;
}
