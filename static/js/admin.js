// Gives each field with suggestions the name of its label, which Select2 leaves out while nothing is chosen.
"use strict";

function nameFields() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const shown = select.nextElementSibling?.querySelector(".select2-selection__rendered");
    const label = select.labels[0];
    if (shown && label) {
      shown.setAttribute("aria-label", label.textContent.trim());
    }
  }
}

window.addEventListener("load", nameFields);
document.addEventListener("formset:added", () => window.setTimeout(nameFields));
