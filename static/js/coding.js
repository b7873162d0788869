// Takes what is selected in the transcript into the form, with its place counted in code points as the server counts.
"use strict";

const transcript = document.getElementById("transcript");
const passage = document.getElementById("id_passage");

// The place of a point of the selection, or null outside the words of a line.
function place(node, offset) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const words = element?.closest(".words");
  if (!words) {
    return null;
  }
  const range = document.createRange();
  range.selectNodeContents(words);
  range.setEnd(node, offset);
  return Number(words.dataset.start) + Array.from(range.toString()).length;
}

function take() {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) {
    return false;
  }
  const range = selection.getRangeAt(0);
  if (!transcript.contains(range.commonAncestorContainer)) {
    return false;
  }
  const lines = [...transcript.querySelectorAll(".words")].filter((line) => range.intersectsNode(line));
  const start = place(range.startContainer, range.startOffset) ?? Number(lines[0]?.dataset.start);
  const last = lines[lines.length - 1];
  const end = place(range.endContainer, range.endOffset)
    ?? Number(last?.dataset.start) + Array.from(last?.textContent ?? "").length;
  const letters = [];
  for (const line of lines) {
    const from = Math.max(0, start - Number(line.dataset.start));
    const all = Array.from(line.textContent);
    letters.push(all.slice(from, Math.max(from, end - Number(line.dataset.start))).join(""));
  }
  passage.value = letters.join("\n");
  document.getElementById("id_start").value = start;
  document.getElementById("id_end").value = end;
  return true;
}

function move(step) {
  const marks = [...transcript.querySelectorAll(".anchor")];
  if (!marks.length) {
    return;
  }
  const now = marks.findIndex((mark) => `#${mark.id}` === location.hash);
  const next = now < 0 ? (step > 0 ? 0 : marks.length - 1) : (now + step + marks.length) % marks.length;
  location.hash = marks[next].id;
}

if (transcript && passage) {
  transcript.addEventListener("mouseup", take);
  transcript.addEventListener("keyup", (event) => {
    if (event.shiftKey) {
      take();
    }
  });
  // A passage that is typed or pasted has no place yet; the server looks for it.
  passage.addEventListener("input", () => {
    document.getElementById("id_start").value = "";
    document.getElementById("id_end").value = "";
  });
  const keys = {
    KeyC: () => {
      take();
      passage.focus();
    },
    KeyN: () => move(1),
    KeyP: () => move(-1),
    KeyT: () => transcript.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey && !event.ctrlKey && !event.metaKey && keys[event.code]) {
      event.preventDefault();
      keys[event.code]();
    }
  });
}
