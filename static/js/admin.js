// Gives each field with suggestions the name of its label, which Select2 leaves out while nothing is chosen.
"use strict";

function nameFields() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = select.labels[0];
    const shown = select.nextElementSibling?.querySelectorAll(".select2-selection__rendered, .select2-search__field");
    for (const part of label ? shown ?? [] : []) {
      part.setAttribute("aria-label", label.textContent.trim());
    }
  }
}

// Select2 makes its fields when the page is ready, when a row is added, and anew when something is chosen.
document.addEventListener("DOMContentLoaded", () => {
  new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
  nameFields();
});
