"""Memos as files: a table for spreadsheets, and a Word document to read and discuss."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx

from programmes.characters import in_xml
from programmes.formats.file_format import as_property
from programmes.words import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.models import Memo

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLUMNS = (
    "study",
    "theory",
    "key",
    "about",
    "record",
    "kind",
    "origin",
    "text",
    "signed_by",
    "signed_date",
    "visibility",
)


def memo_table(memos: Iterable[Memo]) -> list[list[Any]]:
    """Return a header and a row for each memo, with the terms of the vocabulary."""
    rows: list[list[Any]] = [list(COLUMNS)]
    for memo in memos:
        theory = memo.theory.slug if memo.theory else ""
        values = {"study": memo.study.slug, "theory": theory, "record": heading_of(memo)}
        rows.append([str(values.get(name, getattr(memo, name))) for name in COLUMNS])
    return rows


def memo_document(memos: Iterable[Memo], title: str) -> bytes:
    """Return memos as a Word document: a heading for each record, and below it its memos with author and date."""
    document = docx.Document()
    document.core_properties.title = as_property(title)
    document.core_properties.author = "Realist"
    document.core_properties.comments = ""
    document.add_heading(in_xml(title), level=1)
    record = None
    for memo in memos:
        if record != (record := (memo.study_id, memo.about, memo.record.pk)):
            document.add_heading(in_xml(heading_of(memo)), level=2)
        document.add_paragraph(in_xml(memo.text))
        origin = f": {memo.get_origin_display().lower()}" if memo.origin else ""
        signature = f"{memo.get_kind_display()}{origin} · {memo.signed_by}, {memo.signed_date:%d %B %Y}"
        signature += f" · {memo.key} · {memo.get_visibility_display().lower()}"
        document.add_paragraph().add_run(in_xml(signature)).italic = True
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def heading_of(memo: Memo) -> str:
    """Return the name of a memo's record, with its kind where the name does not tell it.

    A source is named by its key: memos are read by reviewers, and titles of sources by curators alone.
    """
    name = memo.source.key if memo.source else str(memo.record)
    if memo.cmoc:
        return Sentence(f"{name}: ", memo.cmoc.title) if memo.cmoc.title else name
    return Sentence(f"{memo.about.label}: ", *(memo.service.short_name.pieces if memo.service else [name]))
