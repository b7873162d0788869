// The disclosure check by keys and without page loads. The form says what is masked; the words only show it.
"use strict";

const SIGN = "[…]";
let at = -1; // the word that the arrow keys stand at
let from = -1; // where a selection by arrow keys began

const screen_ = () => document.getElementById("disclosure");
const form = () => document.getElementById("check");
const words = () => [...document.querySelectorAll("#the-quote .word")];
const span = (element) => [Number(element.dataset.start), Number(element.dataset.end)];

// The masks as the form has them: [start, end] in code points.
function masks() {
  const inputs = [...form().querySelectorAll(".finding input:checked, #other-masks input:checked")];
  return inputs.filter((input) => input.value).map((input) => input.value.split(" ").map(Number));
}

const isCovered = ([start, end], spans) => spans.some(([first, last]) => first <= start && end <= last);

// Words with nothing but white space between them share one sign, on each line one.
function show() {
  const given = masks();
  const tokens = [...document.querySelectorAll("#the-quote .word, #the-quote .gap")];
  const whole = words().filter((word) => given.some(([first, last]) => first < span(word)[1] && span(word)[0] < last));
  const covered = tokens.map((token) => whole.includes(token) || isCovered(span(token), given));
  tokens.forEach((token, place) => {
    const between = !token.textContent.trim() && covered[place - 1] && covered[place + 1];
    covered[place] = covered[place] || Boolean(between);
  });
  let said = "";
  tokens.forEach((token, place) => {
    token.classList.toggle("covered", covered[place]);
    if (!covered[place]) {
      said += token.textContent;
    } else if (token.textContent.includes("\n")) {
      said += "\n";
    }
    if (covered[place] && token.textContent.trim() && !said.endsWith(SIGN)) {
      said += SIGN;
    }
  });
  document.getElementById("as-others").textContent = said;
  showActs(covered.some(Boolean));
}

function showActs(any) {
  const mask = document.getElementById("act-mask");
  const clean = document.getElementById("act-clean");
  if (!mask) {
    return;
  }
  (any ? mask : clean).parentElement.prepend(any ? mask : clean);
  (any ? mask : clean).after(any ? clean : mask);
  mask.classList.toggle("primary", any);
  clean.classList.toggle("primary", !any);
  mask.querySelector("kbd").hidden = !any;
  clean.querySelector("span").textContent = any ? "takes the masks off" : "all of it is read";
  const left = form().querySelectorAll('.finding input[value=""]:checked').length;
  document.getElementById("what-is-left").textContent = left
    ? `leaves ${left} ${left === 1 ? "finding as it is" : "findings as they are"}`
    : "with the masks above";
}

function addMask(start, end, said) {
  const found = form().querySelector(`.finding input[value="${start} ${end}"]`);
  if (found) {
    found.checked = true;
    return;
  }
  const others = document.getElementById("other-masks");
  const entry = document.createElement("li");
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "checkbox", name: "mask", checked: true });
  input.value = `${start} ${end}`;
  const about = document.createElement("bdi");
  about.textContent = said;
  label.append(input, " ", about);
  entry.append(label);
  others.querySelector("ul").append(entry);
  others.hidden = false;
}

function takeOff(chosen) {
  const touches = ([start, end]) => chosen.some((word) => span(word)[0] < end && start < span(word)[1]);
  for (const input of form().querySelectorAll(".finding input:checked, #other-masks input:checked")) {
    if (!input.value || !touches(input.value.split(" ").map(Number))) {
      continue;
    }
    if (input.type === "radio") {
      input.closest("fieldset").querySelector('input[value=""]').checked = true;
    } else {
      input.closest("li").remove();
    }
  }
}

// The words that are marked: by the mouse, by arrow keys, or the one word that the keys stand at.
function chosenWords() {
  const all = words();
  const selection = document.getSelection();
  if (selection.rangeCount && !selection.isCollapsed) {
    const range = selection.getRangeAt(0);
    const inside = all.filter((word) => range.intersectsNode(word) && overlap(range, word));
    if (inside.length) {
      return inside;
    }
  }
  return at < 0 ? [] : all.slice(Math.min(at, from), Math.max(at, from) + 1);
}

// A range that ends just before a word touches it, and does not mark it.
function overlap(range, word) {
  const own = document.createRange();
  own.selectNodeContents(word);
  return range.compareBoundaryPoints(Range.START_TO_END, own) > 0 && range.compareBoundaryPoints(Range.END_TO_START, own) < 0;
}

function toggleMask() {
  const chosen = chosenWords();
  if (!chosen.length) {
    return;
  }
  if (chosen.every((word) => word.classList.contains("covered"))) {
    takeOff(chosen);
  } else {
    const quote = document.querySelector("#the-quote blockquote p");
    const [start, end] = [span(chosen[0])[0], span(chosen[chosen.length - 1])[1]];
    addMask(start, end, Array.from(quote.textContent).slice(start, end).join(""));
  }
  document.getSelection().removeAllRanges();
  show();
}

function step(by, several) {
  const all = words();
  at = Math.max(0, Math.min(all.length - 1, at < 0 && by < 0 ? all.length - 1 : at + by));
  from = several && from >= 0 ? from : at;
  const [first, last] = [Math.min(at, from), Math.max(at, from)];
  all.forEach((word, place) => {
    word.classList.toggle("at-word", place === at);
    word.classList.toggle("marked", several && place >= first && place <= last);
  });
  all[at]?.scrollIntoView({ block: "nearest" });
}

// Puts the answer in the place of the screen; what cannot be read as one is opened as a page.
async function take(request) {
  screen_().setAttribute("aria-busy", "true");
  let answer;
  try {
    answer = await request;
  } catch {
    screen_().removeAttribute("aria-busy");
    say("No connection. Nothing is saved, and what you marked is still here.");
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("disclosure");
  if (!next) {
    location.assign(answer.url);
    return;
  }
  screen_().replaceWith(next);
  const tabs = page.querySelector(".desk-tabs");
  document.querySelector(".desk-tabs")?.replaceWith(tabs);
  document.title = page.title;
  history.replaceState(null, "", answer.url);
  begin();
}

function say(sentence) {
  const told = Object.assign(document.createElement("p"), { className: "notice notice-error", textContent: sentence });
  told.setAttribute("role", "alert");
  screen_().querySelector(".notice")?.remove();
  screen_().querySelector(".progress-row").after(told);
}

const KEYS = {
  m: toggleMask,
  ArrowRight: (event) => step(1, event.shiftKey),
  ArrowLeft: (event) => step(-1, event.shiftKey),
  Enter: () => form()?.querySelector(".act.primary, .act")?.click(),
  "?": () => document.getElementById("keys-help").toggleAttribute("open"),
};

function onKey(event) {
  const field = event.target.closest?.("textarea, select, summary, a, button, input[type=text]");
  const arrowsInRadio = event.target.type === "radio" && event.key.startsWith("Arrow");
  if (event.altKey || event.metaKey || (field && event.key === "Enter") || field?.matches("textarea") || arrowsInRadio) {
    return;
  }
  if (event.ctrlKey) {
    const undo = document.querySelector('[data-key="undo"]');
    if (event.key === "z" && undo) {
      event.preventDefault();
      undo.click();
    }
    return;
  }
  const act = KEYS[event.key];
  const finding = /^[1-9]$/.test(event.key) && form()?.querySelectorAll(".finding")[Number(event.key) - 1];
  const other = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!(act && form()) && !finding && !other) {
    return;
  }
  event.preventDefault();
  if (finding) {
    [...finding.querySelectorAll("input")].find((input) => !input.checked).checked = true;
    show();
  } else if (other) {
    other.click();
  } else {
    act(event);
  }
}

function begin() {
  [at, from] = [-1, -1];
  for (const hint of document.querySelectorAll(".scripted")) {
    hint.hidden = false;
  }
  document.getElementById("mask-marked")?.addEventListener("mousedown", (event) => event.preventDefault());
  document.getElementById("mask-marked")?.addEventListener("click", toggleMask);
  form()?.addEventListener("change", show);
  document.getElementById("the-quote")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", onKey);
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new FormData(event.target, event.submitter);
  take(fetch(location.pathname, { method: "POST", body: new URLSearchParams(body), credentials: "same-origin" }));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest(".onward a, .order a");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    take(fetch(link.href, { credentials: "same-origin" }));
  }
});
begin();
