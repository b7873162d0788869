"""Fields of an OpenDocument text: what they show, and what they hold beside it, each with its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from programmes.transcripts.open_document_parts import (
    CHOICES,
    CODES,
    FIELD,
    FORM,
    HIDDEN,
    LATER,
    MARKS,
    PROMPTS,
    TEXT,
    take_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Element

    FieldWords = tuple[str, list[tuple[str, str]]]  # what a field shows, and what it holds beside it, with its kind

OTHERS = "what is said of fields"  # such as what stood in one before somebody wrote in it
# What fields hold beside the words that they show.
VALUES = {
    f"{TEXT}hidden-text": (HIDDEN, ("string-value",)),
    f"{TEXT}conditional-text": (HIDDEN, ("string-value-if-true", "string-value-if-false")),
    **{
        f"{TEXT}{mark}{start}": (CODES, ("string-value", "key1", "key2"))
        for mark in MARKS[3:]
        for start in ("", "-start")
    },
}


def values_of_field(field: Element) -> FieldWords:
    """Return what a field would show in another case, or writes into an index."""
    kind, names = VALUES[str(field.tag)]
    values = [field.get(f"{TEXT}{name}", "").strip() for name in names]
    return "", [(kind, value) for value in values if value != (field.text or "").strip()]


def drop_down(field: Element) -> FieldWords:
    """Return what was chosen in a list."""
    labels = [(label.get(f"{TEXT}value", ""), label) for label in field.iterchildren(f"{TEXT}label")]
    selected = [value for value, label in labels if label.get(f"{TEXT}current-selected") == "true"]
    chosen = take_words(field) or "".join(selected)
    return chosen, [(CHOICES, value) for value, _ in labels if value != chosen]


def content_control(control: Element) -> FieldWords:
    """Return what else could be chosen in a field that LibreOffice has from Word, or that nobody wrote in it."""
    if control.get(f"{LATER}showing-place-holder") == "true":
        return "", [(PROMPTS, take_words(control))]
    items = list(control.iterchildren(f"{LATER}list-item"))
    chosen = "".join(control.itertext()).strip() if items else ""
    values = [item.get(f"{LATER}display-text") or item.get(f"{LATER}value", "") for item in items]
    return "", [(CHOICES, value) for value in values if value != chosen]


def field_of_word(mark: Element) -> FieldWords:
    """Return what was chosen in a field of an older form of Word."""
    said = [(entry.get(f"{FIELD}name", ""), entry.get(f"{FIELD}value", "")) for entry in mark.iter(f"{FIELD}param")]
    codes = [(CODES, value.strip()) for name, value in said if name.endswith("field.code")]
    if mark.get(f"{FIELD}type", "").endswith(".FORMCHECKBOX"):
        return "☒" if ("Checkbox_Checked", "true") in said else "☐", codes
    choices = [value for name, value in said if name == "Dropdown_ListEntry"]
    at = dict(said).get("Dropdown_Selected", "")[:9]
    chosen = choices[int(at)] if at.isdecimal() and int(at) < len(choices) else ""
    return chosen, codes + [(CHOICES, choice) for choice in choices if choice != chosen]


def answer_of(control: Element) -> FieldWords:
    """Return what was typed or chosen in a field of a form."""
    shown, beside = shown_answer(control)
    told = {words for _, words in beside}
    others = dict.fromkeys(control.get(f"{FORM}{name}", "").strip() for name in ("label", "value", "title"))
    return shown, [*beside, *((OTHERS, words) for words in others if words not in told and words not in shown)]


def shown_answer(control: Element) -> FieldWords:
    """Return what a field of a form shows, and what else could be chosen."""
    kind = etree.QName(control).localname
    label, value = control.get(f"{FORM}label", ""), control.get(f"{FORM}current-value", control.get(f"{FORM}value", ""))
    if kind in {"checkbox", "radio"}:
        return f"{'☒' if is_chosen(control) else '☐'} {label}".strip(), []
    if kind in {"button", "image"}:
        return "", [("labels of buttons", label)]
    if kind in {"hidden", "password"}:
        return "", [(HIDDEN, value)]
    choices = [
        (choice.get(f"{FORM}label") or choice.get(f"{FORM}value", ""), choice)
        for choice in control.iterchildren(f"{FORM}option", f"{FORM}item")
    ]
    chosen = [said for said, choice in choices if is_chosen(choice)] or [value or take_words(control) or label]
    return ", ".join(chosen), [(CHOICES, said) for said, _ in choices if said not in chosen]


def is_chosen(control: Element) -> bool:
    """Return whether a box is checked, or a choice of several is the one."""
    state = control.get(f"{FORM}current-state", control.get(f"{FORM}state"))
    selected = control.get(f"{FORM}current-selected", control.get(f"{FORM}selected"))
    return (state, selected) in {("checked", None), (None, "true")}


FIELDS: dict[str, Callable[[Element], FieldWords]] = {
    **dict.fromkeys(VALUES, values_of_field),
    f"{TEXT}drop-down": drop_down,
    f"{LATER}content-control": content_control,
    f"{FIELD}fieldmark": field_of_word,
    f"{FIELD}fieldmark-start": field_of_word,
}
