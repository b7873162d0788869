// Makes of each list of CMOCs in a form a field in which a number, a title or any word finds one.
"use strict";

function linesOf(select) {
  return [...select.options].filter((option) => option.value && !(select.multiple && option.selected)).map((option) => ({
    value: option.value,
    number: option.dataset.number ?? option.text.match(/\d\S*/)?.[0] ?? "",
    title: option.dataset.title ?? option.text,
    plain: [option.dataset.plain, option.dataset.counts].filter(Boolean).join(" · "),
  }));
}

let made = 0;

function makePicker(select) {
  if (select.dataset.isMade || select.closest(".empty-form")) {
    return;
  }
  select.dataset.isMade = "yes";
  made += 1;
  const name = select.labels[0]?.textContent.trim().replace(/:$/, "") || "CMOC";
  const box = document.createElement("span");
  box.className = "cmoc-field";
  const input = document.createElement("input");
  const list = document.createElement("ul");
  list.id = `cmoc-field-${made}`;
  list.className = "choices";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", name);
  input.type = "text";
  input.className = "vTextField";
  input.autocomplete = "off";
  input.placeholder = "Number, title or any word";
  const said = {
    role: "combobox", "aria-label": name, "aria-controls": list.id, "aria-expanded": "false", "aria-autocomplete": "list",
  };
  for (const [key, value] of Object.entries(said)) {
    input.setAttribute(key, value);
  }
  const several = document.createElement("span");
  several.className = "chosen-cmocs";
  box.append(...(select.multiple ? [several] : []), input, list);
  select.after(box);
  select.hidden = true;
  const open = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
  };
  // Of a field that takes several each one stands above it, and is taken out again by its button.
  const showSeveral = () => {
    if (!select.multiple) {
      return;
    }
    several.replaceChildren(...[...select.selectedOptions].map((option) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button plain";
      button.textContent = `${option.text.split(": ")[0]} ×`;
      button.setAttribute("aria-label", `Take out ${option.text.split(": ")[0]}`);
      button.addEventListener("click", () => {
        option.selected = false;
        showSeveral();
        input.focus();
      });
      return button;
    }));
  };
  const showChosen = () => {
    if (select.multiple) {
      input.value = "";
      open(false);
      return; // those that are chosen are drawn where that changes: a button that is drawn anew cannot be pressed
    }
    const chosen = select.selectedOptions[0];
    input.value = chosen?.value ? chosen.text.split(": ")[0] : "";
    open(false);
  };
  const picker = new CMOCPicker({
    input,
    list,
    local: () => linesOf(select),
    first: () => select.value,
    onChoose: (choice) => {
      if (select.multiple) {
        [...select.options].find((option) => option.value === choice.value).selected = true;
      } else {
        select.value = choice.value;
      }
      select.dispatchEvent(new Event("change", { bubbles: true }));
      showChosen();
    },
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", () => open(true));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      showChosen();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && list.hidden) {
      open(true);
    }
  });
  input.addEventListener("click", () => {
    input.select();
    picker.show(picker.fitting(""), null);
    open(true);
  });
  input.addEventListener("blur", () => {
    if (!select.multiple && !input.value.trim() && select.value) {
      select.value = "";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    showChosen();
  });
  select.addEventListener("change", showSeveral);
  select.addEventListener("change", showChosen); // a popup of the admin may add one and choose it
  showChosen();
  showSeveral();
}

function makePickers(within = document) {
  within.querySelectorAll("select[data-cmoc-picker]").forEach(makePicker);
}

document.addEventListener("DOMContentLoaded", () => makePickers());
document.addEventListener("formset:added", (event) => makePickers(event.target));
