// The desk: what a script makes easier. Without it every page works the same.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl C"; // the words are selected
    }
  });
}

for (const field of document.querySelectorAll("input[data-copied]")) {
  field.addEventListener("focus", () => field.select());
}

for (const summary of document.querySelectorAll("details.rename > summary")) {
  summary.addEventListener("click", (event) => {
    event.preventDefault();
    const details = summary.parentElement;
    details.open = !details.open;
    if (details.open) {
      details.querySelector("input[type=text]").select();
    }
  });
}
