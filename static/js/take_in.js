// A table that is pasted keeps its merged cells: what was copied as a page goes with the form.
"use strict";

const text = document.getElementById("id_text");
const html = document.getElementById("id_html");
const copied = document.getElementById("copied");

text.addEventListener("paste", (event) => {
  const page = event.clipboardData.getData("text/html");
  html.value = /<table/i.test(page) ? page : "";
  copied.textContent = html.value ? "Its heads and merged cells are kept." : "";
});
text.addEventListener("input", (event) => {
  if (event.inputType !== "insertFromPaste") {
    html.value = ""; // what is typed goes before what was copied
    copied.textContent = "";
  }
});
