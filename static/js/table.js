// The table of a theory, worked in like a spreadsheet. Without it every row has a form of its own.
"use strict";

const table = document.getElementById("table");
const address = table.dataset.address;
const refused = document.getElementById("refused");
const chosenForm = document.getElementById("chosen");
let token = chosenForm.querySelector("[name=csrfmiddlewaretoken]").value;
let editor = null; // the cell that is written in
document.documentElement.classList.add("script");

const cellsOf = (row) => [...row.querySelectorAll(".cell")];
const rowsOf = () => [...table.querySelectorAll("tbody tr:not(.t-group, .t-more)")];
const isNew = (cell) => cell.closest("tr").classList.contains("t-new");
const numberOf = (element) => element.closest("tr").dataset.number;

function tell(sentence, isWrong = false) {
  const saved = document.getElementById("saved");
  saved.textContent = sentence;
  saved.classList.toggle("is-wrong", isWrong);
}

/* Sending ------------------------------------------------------------------------------------------------------- */

let last = Promise.resolve(); // one act after another

// `action` may be found out when it is this act's turn; `answered` is called with the answer before it is shown.
function send(action, fields, answered = () => {}) {
  const sending = last.then(() => sent(typeof action === "function" ? action() : action, fields, answered));
  last = sending.catch(() => {});
  return sending;
}

async function sent(action, fields, answered) {
  tell("Saving…");
  const body = new URLSearchParams(fields);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    body.set("csrfmiddlewaretoken", token);
    let answer;
    try {
      answer = await fetch(action, { method: "POST", body, redirect: "manual", headers: { "X-Bench-Fragment": "1" } });
    } catch {
      throw new Error("There is no connection.");
    }
    if (answer.ok) {
      const changed = await answer.json();
      refused.replaceChildren();
      answered(changed);
      put(changed);
      tell(changed.said || `All saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`);
      return changed;
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      if (attempt || !(await renewedToken())) {
        throw new Error("You are signed out. Sign in in another tab, and send it again here.");
      }
      continue;
    }
    if ([409, 422].includes(answer.status)) {
      refuse(await answer.text());
      tell("Not saved", true);
      return null;
    }
    throw new Error(answer.status === 503 ? "Somebody else’s work takes long. Send it again in a moment." : `The site answered ${answer.status}.`);
  }
  return null;
}

// After a sign-in in another tab forms have another token.
async function renewedToken() {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
    const found = page.querySelector("#chosen [name=csrfmiddlewaretoken]")?.value;
    token = found ?? token;
    return Boolean(found);
  } catch {
    return false;
  }
}

function refuse(html) {
  refused.innerHTML = html;
  refused.querySelector("input:not([type=hidden]), textarea, button, a")?.focus();
}

function put(changed) {
  if (changed.body !== undefined) {
    putBody(changed.body);
  }
  for (const [number, html] of Object.entries(changed.rows ?? {})) {
    const holder = document.createElement("tbody");
    holder.innerHTML = html;
    putRow(document.getElementById(`row-${number}`), holder.querySelector("tr"));
  }
  if (changed.foot) {
    document.getElementById("bench-foot").outerHTML = changed.foot;
  }
  prepare();
  tellChosen();
}

// A cell that is written in, or whose words are on their way, stays as it is.
function putRow(row, made) {
  const cells = [...made.children];
  [...(row?.children ?? [])].forEach((cell, place) => {
    if (cell.classList.contains("is-open") || cell.classList.contains("is-saving")) {
      return;
    }
    const hadFocus = cell === document.activeElement;
    const box = cell.querySelector("[name=chosen]");
    cell.replaceWith(cells[place]);
    if (box) {
      cells[place].querySelector("[name=chosen]").checked = box.checked;
    }
    if (hadFocus) {
      focusCell(cells[place]);
    }
  });
}

function putBody(html) {
  const rows = document.getElementById("rows");
  const within = editor && rows.contains(editor.cell) ? editor : null;
  const [number, column, text] = within ? [numberOf(within.cell), within.cell.dataset.column, within.field.value] : [];
  editor = within ? null : editor;
  rows.innerHTML = html;
  const cell = within && cellsOf(document.getElementById(`row-${number}`) ?? rows).find((other) => other.dataset.column === column);
  if (cell) {
    open(cell);
    editor.field.value = text;
    grow();
  }
}

// A long table comes in pieces: the first rows with the page, the others as soon as it stands.
async function readRest() {
  const link = table.querySelector("[data-rest]");
  if (!link) {
    return;
  }
  let html;
  try {
    const answer = await fetch(link.href, { headers: { "X-Bench-Fragment": "1" }, redirect: "manual" });
    html = answer.ok ? await answer.text() : "";
  } catch {
    html = "";
  }
  const place = link.closest("tr");
  if (!html || !place.isConnected) {
    return; // the link stays, or all rows have come by another way
  }
  const holder = document.createElement("tbody");
  holder.innerHTML = html;
  place.replaceWith(...[...holder.children].filter((row) => !row.id || !document.getElementById(row.id)));
  prepare();
  await readRest();
}

/* Cells --------------------------------------------------------------------------------------------------------- */

function prepare() {
  for (const cell of table.querySelectorAll(".cell:not([tabindex])")) {
    cell.tabIndex = -1;
  }
  if (!table.querySelector(".cell[tabindex='0']")) {
    table.querySelector(".cell")?.setAttribute("tabindex", "0");
  }
}

function focusCell(cell) {
  table.querySelector(".cell[tabindex='0']")?.setAttribute("tabindex", "-1");
  cell.tabIndex = 0;
  cell.focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function beside(cell, down, right) {
  const rows = rowsOf();
  const row = rows[rows.indexOf(cell.closest("tr")) + down];
  const cells = cellsOf(cell.closest("tr"));
  const place = cells.indexOf(cell) + right;
  if (down) {
    return row ? cellsOf(row)[Math.min(place, cellsOf(row).length - 1)] : null;
  }
  return cells[place] ?? null;
}

function open(cell, typed = "") {
  if (editor) {
    save();
  }
  const column = cell.dataset.column;
  const field = document.createElement(column === "status" ? "select" : "textarea");
  field.className = "t-editor";
  field.setAttribute("aria-label", `${cell.dataset.head}${isNew(cell) ? " of a new CMOC" : ` of CMOC ${numberOf(cell)}`}`);
  if (column === "status") {
    for (const option of document.getElementById("chosen-status").options) {
      field.append(new Option(option.text, option.value, false, option.value === cell.dataset.text));
    }
  } else {
    field.dir = "auto";
    field.value = cell.dataset.text + typed;
    field.rows = 1;
    if (column === "title") {
      field.maxLength = 300;
    }
  }
  editor = { cell, field, html: [...cell.childNodes], list: null };
  cell.replaceChildren(field);
  cell.classList.add("is-open");
  field.focus();
  if (field.setSelectionRange) {
    field.setSelectionRange(field.value.length, field.value.length);
  }
  grow();
  if (cell.classList.contains("t-part") || (isNew(cell) && !["title", "statement"].includes(column))) {
    suggest();
  }
}

function grow() {
  if (editor?.field.tagName === "TEXTAREA") {
    editor.field.style.blockSize = "auto";
    editor.field.style.blockSize = `${editor.field.scrollHeight + 4}px`;
  }
}

function close() {
  const { cell, html, list } = editor;
  list?.remove();
  editor = null;
  cell.classList.remove("is-open");
  cell.replaceChildren(...html);
  return cell;
}

// Writes what was typed. It is shown at once, and one goes on writing: acts wait for each other.
function save() {
  const { cell, field } = editor;
  const text = field.value;
  const was = cell.dataset.text;
  if (text.trim() === was.trim()) {
    close();
    return;
  }
  const begins = isNew(cell);
  const { column } = cell.dataset;
  const row = cell.closest("tr");
  const shown = close();
  if (begins) {
    begin(row);
  }
  shown.textContent = text;
  shown.dataset.text = text;
  shown.classList.add("is-saving");
  const answered = (changed) => {
    shown.classList.remove("is-saving");
    if (begins) {
      row.dataset.number = changed.made;
      row.id = `row-${changed.made}`;
    }
  };
  const action = () => {
    if (begins) {
      return `${address}rows/`;
    }
    if (!row.dataset.number) {
      throw new Error("The row could not be begun.");
    }
    return `${address}rows/${row.dataset.number}/cells/`;
  };
  send(action, begins ? { column, text } : { column, text, was }, answered)
    .then((changed) => {
      if (!changed) {
        giveBack(shown, was);
      }
    })
    .catch((error) => {
      giveBack(shown, was);
      tell(`Not saved. ${error.message}`, true);
      keepWords(shown, text, error.message);
    });
}

// The empty row becomes one of the theory's, and another empty row follows it.
function begin(row) {
  const empty = row.cloneNode(true);
  empty.querySelectorAll("[tabindex]").forEach((cell) => cell.setAttribute("tabindex", "-1"));
  row.classList.remove("t-new");
  row.after(empty);
  document.getElementById("rows").append(row);
}

function giveBack(cell, was) {
  cell.classList.remove("is-saving");
  cell.dataset.text = was;
}

// What could not be saved stays on the page, to be sent once more.
function keepWords(cell, text, reason) {
  if (!editor && cell.isConnected) {
    open(cell);
    editor.field.value = text;
    grow();
    return;
  }
  const kept = document.createElement("div");
  kept.className = "refusal";
  const sentence = document.createElement("p");
  sentence.textContent = `Not saved in ${cell.dataset.head}: ${reason} It said:`;
  const words = document.createElement("p");
  words.className = "lines";
  words.textContent = text;
  kept.append(sentence, words);
  refused.append(kept);
}

function saveAndGo(down, right) {
  const { cell } = editor;
  save();
  follow(cell, down, right);
}

// Tab goes on writing in the next cell, and after the last one at the beginning of the next row; Enter goes down.
function follow(cell, down, right) {
  let next = beside(cell, down, right);
  if (!next && right > 0) {
    const below = beside(cell, 1, 0);
    next = below && cellsOf(below.closest("tr"))[0];
  } else if (!next && right < 0) {
    const above = beside(cell, -1, 0);
    next = above && cellsOf(above.closest("tr")).at(-1);
  }
  if (next && (right || isNew(next))) {
    const first = isNew(next) && !right ? cellsOf(next.closest("tr"))[0] : next;
    focusCell(first);
    open(first);
  } else {
    focusCell(next ?? cell);
  }
}

/* Parts that stand in the theory, for the line that is written --------------------------------------------------- */

let asked = 0;

function lineAtCaret(field) {
  const start = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const end = field.value.indexOf("\n", start);
  return { start, end: end < 0 ? field.value.length : end };
}

async function suggest() {
  const here = editor;
  const { start, end } = lineAtCaret(here.field);
  const word = here.field.value.slice(start, end).trim();
  const mine = (asked += 1);
  let html = "";
  try {
    html = await (await fetch(`${table.dataset.labels}&kind=${here.cell.dataset.column}&q=${encodeURIComponent(word)}`)).text();
  } catch {
    return;
  }
  if (mine !== asked || editor !== here) {
    return;
  }
  const found = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("option")].map((option) => option.value || option.textContent);
  const there = new Set(here.field.value.split("\n").map((line) => line.trim().toLowerCase()));
  const labels = found.filter((label) => !there.has(label.toLowerCase())).slice(0, 8);
  here.list?.remove();
  here.list = null;
  here.field.removeAttribute("aria-activedescendant");
  if (!labels.length) {
    return;
  }
  const list = document.createElement("ul");
  list.className = "t-suggestions";
  list.id = "t-suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Stands in this theory");
  labels.forEach((label, place) => {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.id = `t-suggestion-${place}`;
    item.dir = "auto";
    item.textContent = label;
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(label);
    });
    list.append(item);
  });
  here.list = list;
  here.field.setAttribute("aria-controls", list.id);
  here.cell.append(list);
}

function take(label) {
  const { field } = editor;
  const { start, end } = lineAtCaret(field);
  field.setRangeText(label, start, end, "end");
  editor.list?.remove();
  editor.list = null;
  grow();
}

function step(down) {
  const items = [...editor.list.children];
  const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = Math.max(-1, Math.min(items.length - 1, now + down));
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === next)));
  if (next < 0) {
    editor.field.removeAttribute("aria-activedescendant");
  } else {
    editor.field.setAttribute("aria-activedescendant", items[next].id);
    items[next].scrollIntoView({ block: "nearest" });
  }
}

/* Rows ---------------------------------------------------------------------------------------------------------- */

function tellChosen() {
  const chosen = [...table.querySelectorAll("[name=chosen]:checked")];
  chosenForm.classList.toggle("has-chosen", chosen.length > 0);
  for (const row of rowsOf()) {
    row.classList.toggle("is-chosen", Boolean(row.querySelector("[name=chosen]:checked")));
  }
  const names = chosen.map((box) => {
    const row = box.closest("tr");
    return `${row.querySelector(".t-number a").textContent} ${row.querySelector("[data-column=title]").dataset.text}`.trim();
  });
  const sum = (selector) => chosen.reduce((all, box) => all + Number(box.closest("tr").querySelector(selector)?.textContent ?? 0), 0);
  chosenForm.querySelector(".t-which").textContent = chosen.length
    ? `${chosen.length} chosen: ${names.join(", ")}. Together ${sum(".t-for .count")} quotes for, ${sum(".t-against .count")} against.`
    : "Tick rows to change several at once.";
}

function move(row, down) {
  const rows = rowsOf().filter((other) => other.dataset.number);
  const place = rows.indexOf(row);
  const before = rows[down < 0 ? place - 1 : place + 2];
  if (place + down < 0 || place + down >= rows.length) {
    return;
  }
  place_before(row.dataset.number, before?.dataset.number ?? "");
}

async function place_before(number, before) {
  const column = document.activeElement.dataset?.column ?? "title";
  try {
    await send(`${address}order/`, { number, before });
  } catch (error) {
    tell(`Not moved. ${error.message}`, true);
    return;
  }
  const row = document.getElementById(`row-${number}`);
  const cell = row && cellsOf(row).find((other) => other.dataset.column === column);
  if (cell) {
    focusCell(cell);
  }
}

async function paste(text, cell) {
  try {
    const changed = await send(`${address}paste/`, { text, column: cell.dataset.column, number: numberOf(cell) ?? "" });
    if (changed) {
      focusCell(table.querySelector(".cell"));
    }
  } catch (error) {
    tell(`Not pasted. ${error.message}`, true);
  }
}

async function submit(form, button) {
  const fields = new FormData(form, button ?? null);
  try {
    const changed = await send(form.action, fields);
    if (changed && form === chosenForm) {
      table.querySelectorAll("[name=chosen]:checked").forEach((box) => {
        box.checked = false;
      });
      tellChosen();
    }
  } catch (error) {
    tell(`Not done. ${error.message}`, true);
  }
}

/* What is done with keys and mouse ------------------------------------------------------------------------------ */

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function onEditorKey(event) {
  const selected = editor.list?.querySelector("[aria-selected=true]");
  if (event.key === "Escape") {
    event.stopPropagation();
    focusCell(close());
  } else if (editor.list && !event.altKey && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    if (selected) {
      take(selected.textContent);
    }
    saveAndGo(1, 0);
  } else if (event.key === "Tab") {
    if (selected) {
      take(selected.textContent);
    }
    saveAndGo(0, event.shiftKey ? -1 : 1);
  } else if (event.altKey && ["ArrowDown", "ArrowUp"].includes(event.key) && numberOf(editor.cell)) {
    const { cell } = editor;
    save();
    focusCell(cell);
    move(cell.closest("tr"), event.key === "ArrowUp" ? -1 : 1);
  } else {
    return;
  }
  event.preventDefault();
}

function onCellKey(event, cell) {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && numberOf(cell)) {
    move(cell.closest("tr"), event.key === "ArrowUp" ? -1 : 1);
  } else if (plain && ARROWS[event.key]) {
    const next = beside(cell, ...ARROWS[event.key]);
    if (next) {
      focusCell(next);
    }
  } else if (plain && (event.key === "Enter" || event.key === "F2")) {
    open(cell);
  } else if (plain && event.key === " ") {
    const box = cell.closest("tr").querySelector("[name=chosen]");
    if (box) {
      box.checked = !box.checked;
      tellChosen();
    }
  } else if (event.key === "Escape") {
    table.querySelectorAll("[name=chosen]:checked").forEach((box) => {
      box.checked = false;
    });
    tellChosen();
  } else if (plain && event.key.length === 1 && cell.dataset.column !== "status") {
    open(cell, event.key);
  } else {
    return;
  }
  event.preventDefault();
}

table.addEventListener("keydown", (event) => {
  if (event.isComposing) {
    return;
  }
  if (editor?.field === event.target) {
    onEditorKey(event);
  } else if (event.target.classList.contains("cell")) {
    onCellKey(event, event.target);
  }
});

table.addEventListener("input", (event) => {
  if (editor?.field === event.target) {
    grow();
    if (editor.cell.classList.contains("t-part") || editor.list) {
      suggest();
    }
  } else if (event.target.name === "chosen") {
    tellChosen();
  }
});

table.addEventListener("change", (event) => {
  if (editor?.field === event.target && event.target.tagName === "SELECT") {
    const { cell } = editor;
    save();
    focusCell(cell);
  }
});

table.addEventListener("click", (event) => {
  const cell = event.target.closest(".cell");
  if (cell && cell !== editor?.cell && !event.target.closest("a, input") && getSelection().isCollapsed) {
    focusCell(cell);
    open(cell);
  }
});

table.addEventListener("focusout", (event) => {
  if (editor?.field === event.target && document.hasFocus() && !editor.cell.contains(event.relatedTarget)) {
    setTimeout(() => {
      if (editor?.field === event.target && document.activeElement !== event.target) {
        save();
      }
    });
  }
});

table.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  const cell = event.target.closest(".cell");
  if (!cell || ["status"].includes(cell.dataset.column)) {
    return;
  }
  if (text.includes("\t") || (editor?.field !== event.target && text.trim())) {
    event.preventDefault();
    if (editor) {
      close();
    }
    paste(text, cell);
  }
});

let dragged = null;
table.addEventListener("mousedown", (event) => {
  const row = event.target.closest(".grip")?.closest("tr");
  if (row) {
    row.draggable = true;
  }
});
table.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("tr");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.number);
});
table.addEventListener("dragover", (event) => {
  const row = event.target.closest("tr[data-number]");
  if (dragged && row && row !== dragged) {
    event.preventDefault();
    table.querySelector(".is-target")?.classList.remove("is-target");
    row.classList.add("is-target");
  }
});
table.addEventListener("drop", (event) => {
  const row = event.target.closest("tr[data-number]");
  if (dragged && row) {
    event.preventDefault();
    const box = row.getBoundingClientRect();
    const rows = rowsOf().filter((other) => other.dataset.number);
    const below = event.clientY > box.top + box.height / 2;
    const before = below ? rows[rows.indexOf(row) + 1] : row;
    if (before !== dragged) {
      place_before(dragged.dataset.number, before?.dataset.number ?? "");
    }
  }
});
table.addEventListener("dragend", () => {
  table.querySelector(".is-target")?.classList.remove("is-target");
  if (dragged) {
    dragged.draggable = false;
  }
  dragged = null;
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !form.action.includes(address) || event.submitter?.value === "merge") {
    return;
  }
  event.preventDefault();
  submit(form, event.submitter);
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isTyping) {
    event.preventDefault();
    document.getElementById(event.shiftKey ? "redo" : "undo")?.requestSubmit();
  }
});

refused.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) {
    event.preventDefault();
    location.reload();
  }
});

addEventListener("beforeunload", (event) => {
  if (editor && editor.field.value.trim() !== editor.cell.dataset.text.trim()) {
    event.preventDefault();
  }
});

prepare();
readRest();
