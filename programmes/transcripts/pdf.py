"""Reading a PDF: the text of its pages with what was typed into its forms; all else that holds words is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programmes.characters import with_line_feeds
from programmes.transcripts.reading import LeftOut, TranscriptReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdf

# What is drawn on a page and is no part of its text, by the name that PDF gives it.
ANNOTATIONS = {
    "/Text": "comments",
    "/FreeText": "words typed over pages",
    "/Popup": "comments",
    "/FileAttachment": "attached files",
}
NOT_CHOSEN = {"Off", ""}


def read_pages(reader: pypdf.PdfReader) -> TranscriptReading:
    """Return the text of a PDF, page after page."""
    pages: list[str] = []
    begins: list[int] = []
    letters = 0
    left_out: list[LeftOut] = []
    answered: set[str] = set()  # a field may be shown in several places, as each choice of one question is
    for number, page in enumerate(reader.pages, 1):
        words = with_line_feeds(page.extract_text())
        place = f"page {number}"
        answers: list[str] = []
        for annotation in annotations_of(page):
            kind = words_of_value(annotation.get("/Subtype"))
            if kind == "/Widget":
                answers += [answer for answer in form_answers(annotation) if answer not in answered]
                answered.update(answers)
            elif said := words_of_value(annotation.get("/Contents")):
                left_out.append(LeftOut(ANNOTATIONS.get(kind, "marks on pages"), place, said))
        if not words.strip() and not answers:
            left_out.append(LeftOut("pages without text", place, ""))
        pages.append("\n".join([words, *map(with_line_feeds, answers)]))
        begins.append(letters)
        letters += len(pages[-1]) + 1
    left_out += [LeftOut("attached files", name, "") for name in reader.attachments]
    return TranscriptReading("\n".join(pages), tuple(left_out), pages=tuple(begins))


def annotations_of(page: pypdf.PageObject) -> Iterator[dict[str, Any]]:
    """Return what is drawn on a page beside its text, such as comments and the fields of a form."""
    found = page.get("/Annots")
    entries = found.get_object() if found is not None else []
    for entry in entries if isinstance(entries, list) else []:
        annotation = entry.get_object()
        if isinstance(annotation, dict):
            yield annotation


def groups_of(widget: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a field of a form with the groups that it is in, the nearest first."""
    groups: list[dict[str, Any]] = []
    group: Any = widget
    while isinstance(group, dict) and not any(group is known for known in groups):
        groups.append(group)
        parent = group.get("/Parent")
        group = parent.get_object() if parent is not None else None
    return groups


def form_answers(widget: dict[str, Any]) -> list[str]:
    """Return what was typed or chosen in a field of a form, as "[name] answer"; nothing if it is empty or no answer.

    A field takes what it does not say itself from the group that it is in.
    """
    groups = groups_of(widget)
    names = [name for group in reversed(groups) if (name := words_of_value(group.get("/T")))]
    kind = next((found for group in groups if (found := words_of_value(group.get("/FT")))), "")
    value = next((group["/V"] for group in groups if "/V" in group), None)
    if kind not in {"/Tx", "/Ch", "/Btn"} or value is None:
        return []
    given = value.get_object()
    values = given if isinstance(given, list) else [given]
    words = [words_of_value(each).removeprefix("/") for each in values]
    answers = [said for said in words if said not in NOT_CHOSEN]
    return [" ".join([*([f"[{'.'.join(names)}]"] if names else []), ", ".join(answers)])] if answers else []


def words_of_value(value: Any) -> str:
    """Return a text that may stand elsewhere in the file."""
    found = value.get_object() if hasattr(value, "get_object") else value
    return str(found) if isinstance(found, str) else ""
