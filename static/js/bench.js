// The bench: words are selected, a key says what they do, a number to what; the server answers with what it changed.
"use strict";

const main = document.querySelector("main.bench");
const turns = document.getElementById("turns");
const picker = document.getElementById("picker");
const CODES = { s: "supports", r: "refines", c: "counters", i: "illustrates" };
const SAYS = { supports: "supports", refines: "refines", counters: "speaks against", illustrates: "illustrates" };
const address = turns?.dataset.address ?? "";

document.documentElement.classList.add("script");

/* What is said at the foot ------------------------------------------------------------------------------------- */

function say(sentence) {
  const last = document.querySelector("#bench-foot .last-act");
  if (last) {
    last.textContent = sentence;
  }
}

function tellSaved(sentence, isWaiting = false) {
  document.body.classList.toggle("is-waiting", isWaiting);
  const saved = document.getElementById("saved");
  if (saved) {
    saved.textContent = sentence;
  }
}

function clock() {
  return new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/* Acts: one after another, each kept in memory until the server has it ------------------------------------------ */

const waiting = [];
let isSending = false;
let token = document.querySelector("#act [name=csrfmiddlewaretoken]")?.value ?? "";

function openedNumber() {
  return document.getElementById("open-cmoc")?.dataset.number ?? "";
}

function post(action, fields, origin = null) {
  const body = new URLSearchParams();
  for (const [name, value] of fields instanceof URLSearchParams || fields instanceof FormData ? fields : Object.entries(fields)) {
    body.append(name, value);
  }
  body.set("theory", body.get("theory") || document.getElementById("picker-input")?.dataset.theory || "");
  body.set("open", openedNumber());
  body.set("at", document.querySelector(".find-all [name=at]")?.value ?? "");
  return new Promise((resolve) => {
    waiting.push({ action, body, origin, resolve });
    tellSaved("Saving…");
    send();
  });
}

async function send() {
  if (isSending) {
    return;
  }
  isSending = true;
  while (waiting.length) {
    const act = waiting[0];
    const outcome = await sent(act);
    if (outcome === "later") {
      const acts = waiting.length === 1 ? "1 act waits" : `${waiting.length} acts wait`;
      tellSaved(`No connection. ${acts} here and will be sent`, true);
      setTimeout(send, 4000);
      break;
    }
    if (outcome === "signed out") {
      if (!(await signInAgain())) {
        break;
      }
      continue;
    }
    waiting.shift();
    if (waiting.length && outcome === "done") {
      tellSaved("Saving…");
    }
    act.resolve(outcome);
  }
  isSending = false;
  if (!waiting.length && !document.body.classList.contains("is-refused")) {
    tellSaved(`All saved ${clock()}`);
  }
}

async function sent(act) {
  act.body.set("csrfmiddlewaretoken", token);
  let answer;
  try {
    answer = await fetch(act.action, {
      method: "POST", body: act.body, redirect: "manual", headers: { "X-Bench-Fragment": "1" },
    });
  } catch {
    return "later";
  }
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    return "signed out";
  }
  if ([502, 503, 504].includes(answer.status)) {
    return "later";
  }
  const html = await answer.text();
  await handsOff();
  if (answer.ok) {
    document.body.classList.remove("is-refused");
    apply(html);
    return "done";
  }
  refuse(html, act);
  return "refused";
}

// While words are being selected by mouse nothing moves under it.
let letGo = null;
function handsOff() {
  return letGo ?? Promise.resolve();
}
addEventListener("pointerdown", (event) => {
  if (turns?.contains(event.target)) {
    letGo = new Promise((resolve) => {
      const end = () => {
        letGo = null;
        resolve();
      };
      addEventListener("pointerup", end, { once: true });
      addEventListener("pointercancel", end, { once: true });
    });
  }
});

addEventListener("online", send);
addEventListener("beforeunload", (event) => {
  if (waiting.length) {
    event.preventDefault();
  }
});

/* Putting what has changed into the page ------------------------------------------------------------------------ */

function apply(html) {
  const changed = new DOMParser().parseFromString(html, "text/html").getElementById("changed");
  if (!changed) {
    return;
  }
  const selected = selectedPassage();
  const focused = document.activeElement?.closest?.("[id]")?.id;
  const evidence = document.activeElement?.dataset?.evidence;
  for (const piece of [...changed.children]) {
    put(document.adoptNode(piece));
  }
  selectAgain(selected);
  narrow();
  markOpened();
  alignBars();
  updateCoverage();
  const again = evidence
    ? document.querySelector(`.bar-link[data-evidence="${CSS.escape(evidence)}"]`)
    : focused && document.getElementById(focused);
  const isLost = !document.activeElement?.isConnected || document.activeElement === document.body;
  if (again && isLost) {
    again.focus({ preventScroll: true });
  }
}

// What was selected while an answer was on its way stays selected, though its turn is drawn anew.
function selectAgain(selected) {
  if (chosen) {
    chosen.range = rangeOfPassage(chosen) ?? chosen.range;
    keep(chosen);
  }
  const isDrawnAnew = selected && !(selected.range.startContainer.isConnected && selected.range.endContainer.isConnected);
  const range = isDrawnAnew ? rangeOfPassage(selected) : null;
  if (range) {
    selectRange(range);
  }
}

function rangeOfPassage({ start, end }) {
  const range = document.createRange();
  let isBegun = false;
  for (const words of turns.querySelectorAll(".words")) {
    const first = Number(words.dataset.start);
    const last = first + letters(words.textContent);
    if (!isBegun && start < last) {
      const part = rangeIn(words, Math.max(0, start - first), last - first);
      range.setStart(part.startContainer, part.startOffset);
      isBegun = true;
    }
    if (isBegun && end <= last) {
      const part = rangeIn(words, 0, Math.max(1, end - first));
      range.setEnd(part.endContainer, part.endOffset);
      return range;
    }
  }
  return null;
}

function put(piece) {
  const there = document.getElementById(piece.id);
  if ("gone" in piece.dataset) {
    countLines(there ? -1 : 0);
    there?.remove();
  } else if (there) {
    const scrolled = there.scrollTop;
    const isSame = piece.dataset.pk === there.dataset.pk;
    if (isSame && piece.id === "open-cmoc") {
      tickAgain(there, piece);
    }
    there.replaceWith(piece);
    piece.scrollTop = isSame ? scrolled : 0;
  } else if (piece.classList.contains("line")) {
    const list = document.getElementById("cmocs");
    const next = [...list.children].find((line) => Number(line.dataset.order) > Number(piece.dataset.order));
    list.insertBefore(piece, next ?? null);
    countLines(1);
    document.getElementById("no-cmocs")?.remove();
  }
}

function countLines(more) {
  const count = document.getElementById("line-count");
  if (count && more) {
    const number = Number(count.dataset.count) + more;
    count.dataset.count = number;
    count.textContent = `${number} CMOC${number === 1 ? "" : "s"}${number ? ", for and against" : ""}`;
  }
}

function markOpened() {
  const pk = document.getElementById("open-cmoc")?.dataset.pk;
  for (const line of document.querySelectorAll("#cmocs > .line")) {
    const link = line.querySelector("a");
    if (line.id === `cmoc-${pk}`) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

let coverageTimer = 0;
function updateCoverage() {
  clearTimeout(coverageTimer);
  coverageTimer = setTimeout(async () => {
    const html = await read(`${address}coverage/`);
    if (html) {
      const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("coverage");
      const there = document.getElementById("coverage");
      drawStrip(fresh);
      if (fresh && there && !there.contains(document.activeElement)) {
        there.replaceWith(document.adoptNode(fresh));
      }
    }
  }, 600);
}

// The tall strip: where words are coded in the whole transcript, and what of it is in view.
function drawStrip(fresh) {
  const cells = document.getElementById("strip-cells");
  const coded = fresh?.querySelectorAll(".strip .strip-coded");
  if (cells && coded) {
    cells.replaceChildren(...[...coded].map((cell) => {
      const drawn = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const [y, height] = [cell.getAttribute("x"), cell.getAttribute("width")];
      Object.entries({ class: "strip-coded", x: 1.5, width: 5, y, height }).forEach(([name, value]) => drawn.setAttribute(name, value));
      return drawn;
    }));
  }
}

const strip = document.getElementById("strip-tall");
const lettersInAll = Number(document.getElementById("coverage")?.dataset.letters) || 1;

function frameView() {
  const seen = turns.getBoundingClientRect();
  const inView = [...turns.querySelectorAll(".words")].filter((words) => {
    const place = words.getBoundingClientRect();
    return place.bottom > seen.top && place.top < seen.bottom;
  });
  const frame = document.getElementById("strip-view");
  if (frame && inView.length) {
    const last = inView[inView.length - 1];
    const cell = strip.viewBox.baseVal.height / lettersInAll;
    const top = Number(inView[0].dataset.start) * cell;
    frame.setAttribute("y", top);
    frame.setAttribute("height", Math.max(1.5, (Number(last.dataset.start) + letters(last.textContent)) * cell - top));
  }
}

strip?.addEventListener("click", (event) => {
  const place = strip.getBoundingClientRect();
  const at = Math.floor(((event.clientY - place.top) / place.height) * lettersInAll);
  const target = new URL(`${address}?${new URLSearchParams({ at, cmoc: openedNumber() })}`, location.href);
  if (!goToPlace(target)) {
    location.assign(target);
  }
});

async function read(from) {
  try {
    const answer = await fetch(from, { headers: { "X-Bench-Fragment": "1" }, redirect: "manual" });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/* An act that was refused: what was entered stays, with the way on ------------------------------------------------ */

function refuse(html, act) {
  document.body.classList.add("is-refused");
  tellSaved("Not saved: 1 change", true);
  const refusal = new DOMParser().parseFromString(html, "text/html").querySelector(".refusal");
  if (!refusal) {
    say("Not saved: the site could not answer. What you entered stands where it was.");
    return;
  }
  document.adoptNode(refusal);
  say(refusal.querySelector(".refusal-sentence").textContent);
  const form = act.origin?.isConnected && act.origin.closest("#open-cmoc, dialog[open]") ? act.origin : null;
  document.querySelectorAll(".refusal").forEach((earlier) => earlier.remove());
  if (form) {
    form.after(refusal);
  } else {
    const dialog = document.getElementById("refused");
    dialog.replaceChildren(refusal);
    if (!dialog.open) {
      dialog.showModal();
    }
  }
  refusal.querySelector("textarea, input:not([type=hidden]), [data-dismiss]")?.focus();
}

function dismiss() {
  document.querySelectorAll(".refusal").forEach((refusal) => refusal.remove());
  document.getElementById("refused").close();
  document.body.classList.remove("is-refused");
  tellSaved(`All saved ${clock()}`);
}

/* Signing in over the page ----------------------------------------------------------------------------------------- */

let signingIn = null;

function signInAgain() {
  signingIn ??= new Promise((resolve) => {
    tellSaved("Signed out. Sign in again: nothing that you typed is lost", true);
    offerSignIn(location.pathname, null, resolve);
  }).finally(() => {
    signingIn = null;
  });
  return signingIn;
}

async function offerSignIn(from, body, resolve) {
  const dialog = document.getElementById("sign-in");
  let answer;
  try {
    answer = await fetch(from, body ? { method: "POST", body } : {});
  } catch {
    setTimeout(() => offerSignIn(from, body, resolve), 4000);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.querySelector("main.bench")) {
    token = page.querySelector("#act [name=csrfmiddlewaretoken]")?.value ?? token;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => {
      field.value = token;
    });
    dialog.close();
    dialog.replaceChildren();
    resolve(true);
    return;
  }
  const form = page.querySelector("input[type=password]")?.form;
  if (!form) {
    say("You are signed out, and the sign-in could not be shown here. Open it in another window, then go on.");
    resolve(false);
    return;
  }
  const head = document.createElement("h2");
  head.textContent = "Sign in to go on";
  const complaints = [...page.querySelectorAll(".errornote, .errorlist, [role=alert]")].map((each) => {
    const told = document.createElement("p");
    told.setAttribute("role", "alert");
    told.textContent = each.textContent.trim();
    return told;
  });
  const target = new URL(form.getAttribute("action") || answer.url, answer.url);
  document.adoptNode(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    offerSignIn(target, new URLSearchParams(new FormData(form, event.submitter)), resolve);
  });
  dialog.replaceChildren(head, ...complaints, form);
  if (!dialog.open) {
    dialog.showModal();
  }
  form.querySelector("input:not([type=hidden])")?.focus();
}

// A page that comes back from the browser's memory after signing out shows nothing.
addEventListener("pageshow", async (event) => {
  if (event.persisted) {
    const shown = main.hidden;
    main.hidden = true;
    const answer = await fetch(location.pathname, { redirect: "manual" }).catch(() => null);
    if (answer?.ok) {
      main.hidden = shown;
    } else {
      document.body.replaceChildren();
      location.reload();
    }
  }
});

/* Selecting words ---------------------------------------------------------------------------------------------------- */

const letters = (text) => Array.from(text).length;

function placeOf(words, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(words);
  range.setEnd(node, offset);
  return Number(words.dataset.start) + letters(range.toString());
}

function wordsOf(node) {
  return (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".words") ?? null;
}

// The passage that is selected, in code points of the transcript, with the range to draw it; null where there is none.
function selectedPassage() {
  const selection = document.getSelection();
  if (!turns || !selection.rangeCount || selection.isCollapsed) {
    return null;
  }
  const range = selection.getRangeAt(0);
  const lines = [...turns.querySelectorAll(".words")].filter((line) => range.intersectsNode(line));
  if (!lines.length) {
    return null;
  }
  const [first, last] = [lines[0], lines[lines.length - 1]];
  const start = wordsOf(range.startContainer) === first
    ? placeOf(first, range.startContainer, range.startOffset)
    : Number(first.dataset.start);
  const end = wordsOf(range.endContainer) === last
    ? placeOf(last, range.endContainer, range.endOffset)
    : Number(last.dataset.start) + letters(last.textContent);
  return start < end ? { start, end, range: range.cloneRange(), turn: first.closest(".turn") } : null;
}

let chosen = null;

function keep(passage) {
  chosen = passage;
  if (globalThis.Highlight && CSS.highlights) {
    if (passage) {
      CSS.highlights.set("chosen", new Highlight(passage.range));
    } else {
      CSS.highlights.delete("chosen");
    }
  }
}

function selectRange(range) {
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

// A turn gets a caret: its first word is selected, and arrows go on from there.
function selectFirstWord(turn) {
  const walker = document.createTreeWalker(turn.querySelector(".words"), NodeFilter.SHOW_TEXT);
  const node = walker.nextNode();
  if (node) {
    const selection = document.getSelection();
    selection.collapse(node, 0);
    selection.modify("extend", "forward", "word");
    trimEnd(selection);
  }
}

function trimEnd(selection) {
  const range = selection.getRangeAt(0);
  const text = range.toString();
  if (text.length > 1 && /\s$/.test(text)) {
    selection.modify("extend", "backward", "character");
  }
}

function moveSelection(event) {
  const selection = document.getSelection();
  const forward = ["ArrowRight", "ArrowDown"].includes(event.key);
  const unit = ["ArrowUp", "ArrowDown"].includes(event.key) ? "line" : event.ctrlKey || event.altKey ? "character" : "word";
  const before = selection.getRangeAt(0).cloneRange();
  if (event.shiftKey) {
    selection.modify("extend", forward ? "forward" : "backward", unit);
  } else {
    selection.collapse(selection.focusNode, selection.focusOffset);
    selection.modify("move", forward ? "forward" : "backward", unit);
    selection.modify("extend", "forward", "word");
    trimEnd(selection);
  }
  if (!wordsOf(selection.focusNode) || selection.isCollapsed) {
    selectRange(before);
  }
}

/* The picker ---------------------------------------------------------------------------------------------------------- */

let role = "";
let moved = null; // the bar whose quote goes to another CMOC

function localLines() {
  return [...document.querySelectorAll("#cmocs > .line")].map((line) => ({
    value: line.id.replace("cmoc-", ""),
    number: line.dataset.number,
    title: line.querySelector(".line-title").textContent,
    plain: line.querySelector(".line-parts").textContent,
    counts: line.querySelector(".counts").cloneNode(true),
  }));
}

const pick = picker && new CMOCPicker({
  input: document.getElementById("picker-input"),
  list: document.getElementById("picker-list"),
  count: document.getElementById("picker-count"),
  local: localLines,
  first: () => document.getElementById("open-cmoc")?.dataset.pk ?? null,
  onActive: (option) => {
    const says = document.getElementById("picker-says");
    const what = moved ? "moves here" : SAYS[role] ?? "";
    says.textContent = option ? `${option.dataset.number} ${option.dataset.title}, ${what}` : "nothing fits";
  },
  onChoose: (choice) => (moved ? moveTo(choice) : code(choice)),
});

function offerRoles(passage) {
  keep(passage);
  moved = null;
  role = "";
  picker.classList.add("is-compact");
  picker.hidden = false;
  markRole();
}

function openPicker(wanted, bar = null) {
  if (!bar) {
    const passage = selectedPassage() ?? chosen;
    if (!passage) {
      say("Select the words first.");
      return;
    }
    keep(passage);
  }
  moved = bar;
  role = wanted;
  picker.classList.remove("is-compact");
  picker.hidden = false;
  markRole();
  pick.input.value = "";
  pick.input.focus({ preventScroll: true });
  pick.ask();
}

function markRole() {
  for (const button of picker.querySelectorAll("[data-role]")) {
    const isIt = button.dataset.role === role;
    button.setAttribute("aria-checked", String(isIt));
    button.tabIndex = isIt || (!role && button.dataset.role === "supports") ? 0 : -1;
  }
  picker.querySelector(".picker-roles").hidden = Boolean(moved);
}

function closePicker({ backToSelection = false } = {}) {
  picker.hidden = true;
  const passage = chosen;
  const bar = moved;
  moved = null;
  if (backToSelection && passage) {
    passage.turn?.focus({ preventScroll: true });
    selectRange(passage.range);
  } else if (bar) {
    bar.focus({ preventScroll: true });
  } else {
    passage?.turn?.focus({ preventScroll: true });
  }
  keep(null);
}

function code(choice) {
  const { start, end } = chosen;
  const fields = { start, end, role, choice: choice.value };
  say(`Coding to ${choice.number} ${choice.title}, ${SAYS[role]}…`);
  closePicker();
  document.getSelection().removeAllRanges();
  post(`${address}code/`, fields);
}

function moveTo(choice) {
  const bar = moved;
  closePicker();
  if (bar.name === "chosen") {
    postTicked({ do: "move", choice: choice.value });
    return;
  }
  post(`${address}move/`, { ...ofBar(bar), choice: choice.value });
}

function ofBar(bar) {
  return { evidence: bar.dataset.evidence, version: bar.dataset.version };
}

if (picker) {
  picker.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      closePicker({ backToSelection: true });
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !moved) {
      event.preventDefault();
      event.stopPropagation();
      draft(pick.input.value);
    } else if (event.key === "Tab" && event.target === pick.input && !moved) {
      event.preventDefault();
      picker.querySelector("[aria-checked=true]")?.focus();
    } else if (event.target.dataset?.role) {
      onRoleKey(event);
    }
  });
  picker.addEventListener("mousedown", (event) => {
    if (event.target !== pick.input) {
      event.preventDefault();
    }
  });
  picker.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.role) {
      openPicker(button.dataset.role);
    } else if (button?.dataset.do === "new") {
      draft("");
    } else if (button?.dataset.do === "memo") {
      memo();
    }
  });
}

function onRoleKey(event) {
  const buttons = [...picker.querySelectorAll("[data-role]")];
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const typed = Object.keys(CODES).includes(event.key) ? buttons.find((each) => each.dataset.key === event.key) : null;
  const next = step ? buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length] : typed;
  if (next) {
    event.preventDefault();
    event.stopPropagation();
    role = next.dataset.role;
    markRole();
    next.focus();
    pick.onActive(pick.active);
  } else if (event.key === "Tab" || event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    event.stopPropagation();
    role = event.target.dataset.role;
    markRole();
    picker.classList.remove("is-compact");
    pick.input.focus();
    pick.ask();
  }
}

/* A new CMOC, a memo, the CMOC that is open ------------------------------------------------------------------------- */

async function draft(title) {
  const passage = chosen ?? selectedPassage();
  if (!passage) {
    say("Select the words first.");
    return;
  }
  const query = new URLSearchParams({
    start: passage.start, end: passage.end, role: role || "supports", theory: pick.input.dataset.theory,
    cmoc: openedNumber(),
  });
  picker.hidden = true;
  keep(passage);
  const html = await read(`${address}new/?${query}`);
  if (!html) {
    say("The form for a new CMOC could not be fetched. Try again.");
    return;
  }
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("open-cmoc");
  const before = document.getElementById("open-cmoc");
  fresh.dataset.number = before?.dataset.number ?? "";
  before.replaceWith(document.adoptNode(fresh));
  const field = document.getElementById("draft-title");
  field.value = title;
  const given = fresh.querySelector(`[name=role][value="${role || "supports"}"]`);
  given.checked = true;
  show("open");
  field.focus();
}

function memo() {
  const passage = selectedPassage() ?? chosen;
  const dialog = document.getElementById("memo");
  const form = dialog.querySelector("form");
  if (!form) {
    return;
  }
  picker.hidden = true;
  form.elements.start.value = passage?.start ?? "";
  form.elements.end.value = passage?.end ?? "";
  form.elements.choice.value = document.getElementById("open-cmoc")?.dataset.pk ?? "";
  form.elements.about.value = passage ? "passage" : form.elements.choice.value ? "cmoc" : "source";
  keep(passage);
  dialog.showModal();
  form.elements.text.focus();
}

async function openCMOC(link) {
  const target = new URL(link, location.href);
  const html = await read(target);
  if (html === null) {
    location.assign(target);
    return;
  }
  apply(html);
  history.replaceState(null, "", `${location.pathname}?${target.searchParams}`);
  show("open");
}

// Below 46rem one column is shown at a time.
function show(column) {
  main.classList.remove("shows-theory", "shows-reading", "shows-open");
  main.classList.add(`shows-${column}`);
  for (const link of document.querySelectorAll(".bench-views a")) {
    if (link.dataset.view === column) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

/* Margin bars --------------------------------------------------------------------------------------------------------- */

function alignBars(within = turns) {
  if (matchMedia("(max-width: 45.99rem)").matches) {
    return; // there the bars stand below the words
  }
  for (const turn of within?.querySelectorAll(".turn:has(.b-bar)") ?? []) {
    const words = turn.querySelector(".words");
    const column = turn.querySelector(".bars").getBoundingClientRect().top;
    let below = 0;
    for (const bar of turn.querySelectorAll(".b-bar")) {
      const rect = rangeIn(words, Number(bar.dataset.from), Number(bar.dataset.to))?.getBoundingClientRect();
      if (rect?.height) {
        const top = Math.max(below, rect.top - column);
        const size = Math.max(24, rect.height);
        bar.style.marginBlockStart = `${top - below}px`;
        bar.style.blockSize = `${size}px`; // no more than its words have, so that coding moves no line
        bar.classList.toggle("is-short", size < 40);
        below = top + size;
      }
    }
  }
}

function rangeIn(words, from, to) {
  const range = document.createRange();
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  let place = 0;
  let isBegun = false;
  while (walker.nextNode()) {
    const all = Array.from(walker.currentNode.data);
    const inside = (at) => all.slice(0, at - place).join("").length;
    if (!isBegun && from < place + all.length) {
      range.setStart(walker.currentNode, inside(from));
      isBegun = true;
    }
    if (isBegun && to <= place + all.length) {
      range.setEnd(walker.currentNode, inside(to));
      return range;
    }
    place += all.length;
  }
  return null;
}

function light(quote) {
  for (const segment of document.querySelectorAll(".coded.is-lit")) {
    segment.classList.remove("is-lit");
  }
  for (const segment of quote ? document.querySelectorAll(`.coded[data-quotes~="${CSS.escape(quote)}"]`) : []) {
    segment.classList.add("is-lit");
  }
}

function bars() {
  return [...(turns?.querySelectorAll(".bar-link") ?? [])];
}

function stepBar(from, step) {
  const all = bars();
  all[all.indexOf(from) + step]?.focus();
}

function onBarKey(event, bar) {
  const isCoded = bar.dataset.evidence !== "0";
  if (event.shiftKey && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    adjust(bar, event.key === "ArrowRight" ? 1 : -1);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    stepBar(bar, event.key === "ArrowDown" ? 1 : -1);
  } else if (CODES[event.key] && isCoded) {
    post(`${address}role/`, { ...ofBar(bar), role: CODES[event.key] });
  } else if (event.key === "t" && isCoded) {
    openPicker("", bar);
  } else if ((event.key === "Delete" || event.key === "Backspace") && isCoded) {
    post(`${address}uncode/`, ofBar(bar));
  } else if (event.key === "o" && isCoded) {
    document.querySelector(`#cmocs .line[data-number="${CSS.escape(bar.dataset.number)}"] a`)?.click();
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

// Lets a quote end a word later or earlier.
function adjust(bar, step) {
  const words = bar.closest(".turn").querySelector(".words");
  const item = bar.closest(".b-bar");
  const [from, to] = [Number(item.dataset.from), Number(item.dataset.to)];
  const all = Array.from(words.textContent);
  let end = to;
  if (step > 0) {
    const rest = all.slice(to).join("").match(/^\s*\S+/u);
    end = rest ? to + letters(rest[0]) : to;
  } else {
    const kept = all.slice(from, to).join("").match(/^[\s\S]*\S(?=\s+\S+\s*$)/u);
    end = kept ? from + letters(kept[0]) : to;
  }
  if (end !== to && end > from) {
    const start = Number(words.dataset.start);
    post(`${address}adjust/`, { quote: bar.dataset.quote, start: start + from, end: start + end });
  }
}

function barMenu(bar) {
  document.getElementById("bar-menu")?.remove();
  const menu = document.createElement("div");
  menu.id = "bar-menu";
  menu.className = "bar-menu";
  menu.setAttribute("role", "group");
  menu.setAttribute("aria-label", "This coding");
  const offer = (words, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = words;
    button.addEventListener("click", () => {
      menu.remove();
      act();
    });
    menu.append(button);
  };
  for (const [key, name] of Object.entries(CODES)) {
    if (name !== bar.dataset.role) {
      offer(SAYS[name], () => post(`${address}role/`, { ...ofBar(bar), role: CODES[key] }));
    }
  }
  offer("to another CMOC…", () => openPicker("", bar));
  offer("un-code", () => post(`${address}uncode/`, ofBar(bar)));
  bar.closest(".bars").append(menu);
}

/* Quotes that are ticked beside the CMOC: all of them at once -------------------------------------------------------- */

let lastTick = null;

function ticked() {
  return [...document.querySelectorAll("#open-cmoc .tick:checked")];
}

function tickAgain(before, after) {
  const kept = new Set([...before.querySelectorAll(".tick:checked")].map((box) => box.value));
  after.querySelectorAll(".tick").forEach((box) => {
    box.checked = kept.has(box.value);
  });
  tellTicked(after);
}

function tellTicked(within = document) {
  const form = within.querySelector("#ticked");
  const number = within.querySelectorAll(".tick:checked").length;
  form?.classList.toggle("has-ticked", number > 0);
  const said = form?.querySelector(".how-many");
  if (said) {
    said.textContent = number ? `${number} ticked:` : "Tick quotes";
  }
}

function postTicked(fields) {
  const body = new FormData();
  for (const [name, value] of [...Object.entries(fields), ...ticked().map((box) => ["chosen", box.value])]) {
    body.append(name, value);
  }
  post(document.getElementById("ticked").action, body);
}

function doToTicked(key) {
  const boxes = ticked();
  if (key === "all") {
    const all = [...document.querySelectorAll("#open-cmoc .tick")];
    all.forEach((box) => {
      box.checked = boxes.length < all.length;
    });
    tellTicked();
  } else if (!boxes.length) {
    say("Tick the quotes first.");
  } else if (key === "t") {
    openPicker("", boxes[0]);
  } else if (CODES[key]) {
    postTicked({ do: "role", role: CODES[key] });
  } else if (key === "x") {
    const off = boxes.map((box) => ["off", box.value.split(" ")[0]]);
    location.assign(`${document.getElementById("ticked").dataset.split}?${new URLSearchParams(off)}`);
  } else {
    postTicked({ do: "uncode" });
  }
}

// Ticks one, and with Shift all from the last one on.
main.addEventListener("click", (event) => {
  const box = event.target.closest(".tick");
  if (box) {
    const all = [...document.querySelectorAll("#open-cmoc .tick")];
    const [from, to] = [all.indexOf(lastTick), all.indexOf(box)].sort((one, other) => one - other);
    if (event.shiftKey && from >= 0) {
      all.slice(from, to + 1).forEach((each) => {
        each.checked = box.checked;
      });
    }
    lastTick = box;
    tellTicked();
  } else if (event.target.closest("[data-tick]")) {
    doToTicked(event.target.closest("[data-tick]").dataset.tick);
  }
});

/* More turns as one scrolls ------------------------------------------------------------------------------------------ */

const reader = turns && new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      readOn(entry.target);
    }
  }
}, { root: matchMedia("(min-width: 46rem)").matches ? turns : null, rootMargin: "600px" });

function watchMore() {
  for (const link of turns?.querySelectorAll("[data-rows]") ?? []) {
    reader.observe(link);
  }
}

async function readOn(link) {
  if (link.dataset.isReading) {
    return;
  }
  link.dataset.isReading = "yes";
  reader.unobserve(link);
  const html = await read(link.dataset.rows);
  const place = link.parentElement;
  if (!html || !place?.isConnected) {
    delete link.dataset.isReading;
    return;
  }
  const fresh = [...new DOMParser().parseFromString(html, "text/html").body.children].filter(
    (piece) => piece.matches(".turn")
      ? !document.getElementById(piece.id)
      : piece.querySelector(`[data-more="${link.dataset.more}"]`),
  );
  const before = turns.scrollHeight;
  const top = turns.scrollTop;
  place.replaceWith(...fresh.map((piece) => document.adoptNode(piece)));
  if (link.dataset.more === "before") {
    turns.scrollTop = top + turns.scrollHeight - before;
  }
  alignBars();
  watchMore();
}

function currentTurn() {
  const focused = document.activeElement?.closest?.(".turn");
  if (focused) {
    return focused;
  }
  const named = location.hash.startsWith("#turn-") && document.querySelector(location.hash);
  if (named) {
    return named;
  }
  const top = turns.getBoundingClientRect().top;
  return [...turns.querySelectorAll(".turn")].find((turn) => turn.getBoundingClientRect().bottom > top + 8);
}

function goTo(turn) {
  if (turn) {
    turn.focus({ preventScroll: true });
    turn.scrollIntoView({ block: "nearest" });
  }
}

function stepTurn(step) {
  const all = [...turns.querySelectorAll(".turn")];
  const now = currentTurn();
  const isOn = document.activeElement?.closest?.(".turn") === now;
  goTo(isOn ? all[all.indexOf(now) + step] : now);
}

function nextUncoded() {
  const all = [...turns.querySelectorAll(".turn")];
  const now = all.indexOf(currentTurn());
  const next = all.slice(now + 1).find((turn) => "uncoded" in turn.dataset);
  if (next) {
    goTo(next);
    next.scrollIntoView({ block: "center" });
  } else {
    const query = new URLSearchParams({ turn: all[all.length - 1]?.dataset.number ?? 0, cmoc: openedNumber() });
    location.assign(`${address}uncoded/?${query}`);
  }
}

/* Finding --------------------------------------------------------------------------------------------------------------- */

const findAll = document.querySelector(".find-all");
findAll?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const html = await read(`${findAll.action}?${new URLSearchParams(new FormData(findAll))}`);
  const found = document.getElementById("found");
  if (html === null) {
    findAll.submit();
    return;
  }
  found.innerHTML = "";
  found.append(...[...new DOMParser().parseFromString(html, "text/html").body.children].map((piece) => document.adoptNode(piece)));
  found.hidden = false;
  (found.querySelector("a") ?? findAll.querySelector("input[type=search]")).focus();
});

const findCMOC = document.getElementById("find-cmoc");
let asked = 0;
let fitting = null; // the lines that fit what was asked for; null where nothing was

// The chips above the list narrow it, and what is asked for does so besides.
const chips = () => [...document.querySelectorAll("#chips a")];
function staysFor(only, line) {
  const [speaking, against] = [Number(line.dataset.for), Number(line.dataset.against)];
  if (only === "review") {
    return document.getElementById("cmocs").dataset.review.split(" ").includes(line.id.replace("cmoc-", ""));
  }
  return only === "against" ? against > 0 : only === "one" ? speaking + against === 1 : true;
}

function narrow() {
  const only = chips().find((chip) => chip.hasAttribute("aria-current"))?.dataset.only ?? "";
  const lines = [...document.querySelectorAll("#cmocs > .line")];
  for (const line of lines) {
    line.hidden = !staysFor(only, line) || Boolean(fitting && !fitting.has(line.id));
  }
  for (const chip of chips()) {
    chip.querySelector("span").textContent = lines.filter((line) => staysFor(chip.dataset.only, line)).length;
  }
}

function chooseChip(chosenChip) {
  chips().forEach((chip) => chip.removeAttribute("aria-current"));
  chosenChip.setAttribute("aria-current", "true");
  narrow();
}

findCMOC?.addEventListener("input", async () => {
  asked += 1;
  const own = asked;
  const question = findCMOC.value.trim();
  if (!question) {
    fitting = null;
    narrow();
    return;
  }
  const query = new URLSearchParams({ q: question, theory: findCMOC.form.elements.theory.value });
  const html = await read(`${findCMOC.dataset.choices}?${query}`);
  if (html !== null && own === asked) {
    const page = new DOMParser().parseFromString(html, "text/html");
    fitting = new Set([...page.querySelectorAll("[role=option]")].map((option) => `cmoc-${option.dataset.value}`));
    narrow();
  }
});
findCMOC?.form.addEventListener("submit", (event) => {
  const first = document.querySelector("#cmocs > .line:not([hidden]) a");
  if (first && findCMOC.value.trim()) {
    event.preventDefault();
    first.click();
    first.focus();
  }
});

// Whether every CMOC of the theory is in the list, so that it can be narrowed here.
function isWhole() {
  const isNarrowed = new URLSearchParams(location.search).get("only") || new URLSearchParams(location.search).get("find");
  return !isNarrowed && document.querySelectorAll("#cmocs > .line").length === Number(document.getElementById("line-count").dataset.count);
}

/* What is close to a new CMOC, and parts made of words of its statement ----------------------------------------------------- */

let nearTimer = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("#draft");
  if (!form) {
    return;
  }
  clearTimeout(nearTimer);
  nearTimer = setTimeout(async () => {
    const text = [...form.querySelectorAll("input[type=text], textarea")].map((field) => field.value).join(" ");
    const html = await read(`${form.dataset.near}&${new URLSearchParams({ text: text.slice(0, 3000) })}`);
    const fresh = new DOMParser().parseFromString(html ?? "", "text/html").getElementById("draft-near");
    const there = document.getElementById("draft-near");
    if (fresh && there && !there.contains(document.activeElement)) {
      there.replaceWith(document.adoptNode(fresh));
    }
  }, 400);
});

// The words that are marked in a statement, and where they stand: in a field, or in the statement that is shown.
function markedWords() {
  const field = document.activeElement;
  if (field?.matches?.("textarea[name=statement]")) {
    const words = field.value.slice(field.selectionStart, field.selectionEnd).trim();
    return words ? { words, from: field } : null;
  }
  const selection = document.getSelection();
  const statement = selection.rangeCount
    ? (selection.anchorNode?.parentElement ?? null)?.closest("#open-cmoc .working-statement")
    : null;
  const words = selection.toString().trim();
  return statement && words ? { words, from: statement } : null;
}

function partMenu() {
  const marked = markedWords();
  const draftForm = marked?.from.closest("#draft");
  const fields = [...document.querySelectorAll(draftForm ? "#draft [data-slot]" : "#open-cmoc .add-part [data-slot]")];
  if (!marked || !fields.length) {
    say("Mark words of the statement first.");
    return;
  }
  document.getElementById("part-menu")?.remove();
  const menu = document.createElement("div");
  menu.id = "part-menu";
  menu.className = "part-menu";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", `“${marked.words.slice(0, 60)}” as`);
  const back = () => {
    menu.remove();
    marked.from.focus?.();
  };
  for (const field of fields) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.setAttribute("role", "menuitem");
    button.textContent = field.dataset.heading;
    button.addEventListener("click", () => {
      menu.remove();
      if (draftForm) {
        fillPart(field, marked.words);
        marked.from.focus();
      } else {
        field.value = marked.words;
        field.form.requestSubmit();
      }
    });
    menu.append(button);
  }
  menu.addEventListener("keydown", (event) => {
    const buttons = [...menu.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
    } else if (event.key === "Escape") {
      back();
    } else if (event.key !== "Enter" && event.key !== " " && event.key !== "Tab") {
      return;
    }
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== " " && event.key !== "Tab") {
      event.preventDefault();
    }
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) {
      menu.remove();
    }
  });
  marked.from.after(menu);
  menu.firstElementChild.focus();
}

// A field of a draft takes one part; a second one gets a field of its own.
function fillPart(field, words) {
  const own = [...field.form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)];
  const empty = own.find((each) => !each.value.trim());
  const taken = empty ?? field.cloneNode();
  if (!empty) {
    taken.id = `${field.id}-${own.length + 1}`;
    taken.removeAttribute("data-slot");
    taken.setAttribute("aria-label", field.dataset.heading);
    own[own.length - 1].after(taken);
  }
  taken.value = words;
  taken.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Forms and links of the page -------------------------------------------------------------------------------------------- */

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) {
    return;
  }
  event.preventDefault();
  const isMemo = form.closest("#memo");
  const outcome = await post(form.action, new FormData(form, event.submitter), form);
  if (outcome === "done") {
    if (isMemo) {
      form.reset();
      document.getElementById("memo").close();
    }
    if (form.id === "draft") {
      keep(null);
      show("reading");
    }
    if (form.closest(".refusal")) {
      dismiss();
    }
  }
});

document.addEventListener("click", (event) => {
  const element = event.target;
  const link = element.closest("a");
  if (event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  if (link?.closest("#chips") && isWhole()) {
    event.preventDefault();
    chooseChip(link);
  } else if (link?.closest("#cmocs, .near")) {
    event.preventDefault();
    openCMOC(link.href);
  } else if (link?.matches(".bar-link") && link.dataset.evidence !== "0") {
    event.preventDefault();
    link.focus();
    light(link.dataset.quote);
    barMenu(link);
  } else if (link && "dismiss" in link.dataset) {
    event.preventDefault();
    const isTheirs = link.closest(".two-texts");
    dismiss();
    if (isTheirs) {
      openCMOC(`${location.pathname}?cmoc=${openedNumber()}`);
    }
  } else if (link && "discard" in link.dataset) {
    event.preventDefault();
    keep(null);
    openCMOC(`${location.pathname}?cmoc=${openedNumber()}`);
    show("reading");
  } else if (link && (link.closest("#open-cmoc .b-said") || link.closest("#found"))) {
    const place = new URL(link.href);
    if (goToPlace(place)) {
      event.preventDefault();
    }
  } else if (element.closest("[data-close]") && element.closest("dialog")) {
    element.closest("dialog").close();
  } else if (element.closest("[data-keys]")) {
    document.getElementById("keys").showModal();
  } else if (link?.closest(".bench-views")) {
    event.preventDefault();
    show(link.dataset.view);
  }
  if (!element.closest(".bar-link, #bar-menu")) {
    document.getElementById("bar-menu")?.remove();
  }
});

// Goes to a place of the transcript that is in the page already.
function goToPlace(place) {
  if (place.pathname !== location.pathname || !place.searchParams.has("at")) {
    return false;
  }
  const at = Number(place.searchParams.get("at"));
  const all = [...turns.querySelectorAll(".words")];
  const words = all.find((each) => Number(each.dataset.start) <= at && at < Number(each.dataset.start) + letters(each.textContent));
  if (!words) {
    return false;
  }
  document.getElementById("found").hidden = true;
  show("reading");
  goTo(words.closest(".turn"));
  words.scrollIntoView({ block: "center" });
  return true;
}

document.addEventListener("focusin", async (event) => {
  const field = event.target;
  if (field.dataset?.parts && !field.list) {
    const html = await read(field.dataset.parts);
    const list = document.createElement("datalist");
    list.id = `${field.id}-standing`;
    list.append(...[...new DOMParser().parseFromString(html ?? "", "text/html").querySelectorAll("option")].map((option) => document.adoptNode(option)));
    field.after(list);
    field.setAttribute("list", list.id);
  }
  if (field.matches?.(".bar-link")) {
    light(field.dataset.quote);
  }
});

// What opens a form is ready to be typed into at once: the event of opening itself comes too late for the first letter.
document.addEventListener("click", (event) => {
  const details = event.target.closest("summary")?.parentElement;
  const field = details?.querySelector("textarea, input:not([type=hidden])");
  if (!field || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  details.open = !details.open;
  if (details.open) {
    field.focus();
    if (details.matches(".rename")) {
      field.select();
    }
  }
});

turns?.addEventListener("mouseup", () => {
  setTimeout(() => {
    const passage = selectedPassage();
    if (passage) {
      offerRoles(passage);
    } else if (!picker.hidden && picker.classList.contains("is-compact")) {
      picker.hidden = true;
      keep(null);
    }
  }, 0);
});

/* Keys --------------------------------------------------------------------------------------------------------------------- */

const isTyping = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) {
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form?.matches("[data-act]")) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey && event.key === "." && !document.getElementById("keys-off")?.checked) {
    event.preventDefault();
    partMenu();
    return;
  }
  if (event.key === "Escape") {
    onEscape();
    return;
  }
  if (isTyping(event.target) || event.target.closest("dialog")) {
    return;
  }
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (isUndo) {
    event.preventDefault();
    document.getElementById(event.shiftKey ? "redo" : "undo")?.requestSubmit();
    return;
  }
  if (document.getElementById("keys-off")?.checked && event.key !== "?") {
    return;
  }
  if (event.key === "F6") {
    event.preventDefault();
    const columns = ["theory", "reading", "open-cmoc"].map((id) => document.getElementById(id));
    const now = columns.findIndex((column) => column.contains(document.activeElement));
    columns[(now + (event.shiftKey ? 2 : 1)) % 3].focus();
    return;
  }
  const bar = event.target.closest(".bar-link");
  if (bar && onBarKey(event, bar)) {
    return;
  }
  const isForTicked = CODES[event.key] || ["t", "x", "Delete", "Backspace"].includes(event.key);
  if (isForTicked && !event.ctrlKey && !event.metaKey && !event.altKey && ticked().length && !(chosen ?? selectedPassage())) {
    event.preventDefault();
    doToTicked(event.key === "Backspace" ? "Delete" : event.key);
    return;
  }
  if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) {
    if (selectedPassage() && !bar) {
      event.preventDefault();
      moveSelection(event);
    }
    return;
  }
  if (event.key === "Enter" && event.target.matches(".turn")) {
    event.preventDefault();
    selectFirstWord(event.target);
    return;
  }
  if (!event.ctrlKey && !event.metaKey && !event.altKey && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

const KEYS = {
  s: () => openPicker("supports"),
  r: () => openPicker("refines"),
  c: () => openPicker("counters"),
  i: () => openPicker("illustrates"),
  n: () => {
    keep(selectedPassage() ?? chosen);
    role = "";
    draft("");
  },
  m: memo,
  j: () => turns && stepTurn(1),
  k: () => turns && stepTurn(-1),
  b: () => {
    const all = bars();
    const top = turns.getBoundingClientRect().top;
    (all.find((each) => each.getBoundingClientRect().top >= top) ?? all[0])?.focus();
  },
  "[": () => document.querySelector(".step[rel=prev]")?.click(),
  "]": () => document.querySelector(".step[rel=next]")?.click(),
  u: () => turns && nextUncoded(),
  f: () => {
    show("theory");
    findCMOC?.focus();
    findCMOC?.select();
  },
  "/": () => findAll?.querySelector("input[type=search]").focus(),
  e: () => {
    const edit = document.getElementById("edit-statement");
    if (edit) {
      edit.open = true;
      edit.querySelector("textarea").focus();
    }
  },
  x: () => document.getElementById("split-off")?.click(),
  "?": () => document.getElementById("keys").showModal(),
};

function onEscape() {
  document.getElementById("bar-menu")?.remove();
  const found = document.getElementById("found");
  if (found && !found.hidden) {
    found.hidden = true;
    findAll.querySelector("input[type=search]").focus();
  } else if (picker && !picker.hidden) {
    closePicker({ backToSelection: true });
  } else {
    document.activeElement?.closest("details.edit, details.add-part, details.up")?.removeAttribute("open");
  }
}

if (strip) {
  let isFraming = 0;
  const frame = () => {
    cancelAnimationFrame(isFraming);
    isFraming = requestAnimationFrame(frameView);
  };
  turns.addEventListener("scroll", frame, { passive: true });
  addEventListener("resize", frame);
  frame();
}

if (turns) {
  alignBars();
  watchMore();
  addEventListener("resize", () => alignBars());
  document.fonts.ready.then(() => alignBars());
  const at = new URLSearchParams(location.search);
  const named = location.hash && document.getElementById(location.hash.slice(1))?.closest(".turn");
  const wanted = named || (at.has("turn") && document.getElementById(`turn-${at.get("turn")}`));
  if (wanted) {
    goTo(wanted);
    wanted.scrollIntoView({ block: "center" });
  }
}
