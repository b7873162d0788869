"""A document for paper as PDF: headings, captions with numbers, heads on every page, words for pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from programmes.characters import in_xml
from programmes.formats.printed_document import (
    MARGIN_CM,
    PaperTable,
    PrintedFigure,
    PrintedHeading,
    PrintedText,
    is_short,
)
from programmes.formats.typesetting import typeset

if TYPE_CHECKING:
    from programmes.formats.printed_document import PrintedBlock, PrintedDocument

TYPST = f"""
#let source = json(bytes(sys.inputs.document))
#set document(title: source.title, author: "Realist", date: none)
#set text(font: "Atkinson Hyperlegible Next", size: 10pt, lang: "en", region: "GB")
#set page(
  paper: "a4",
  flipped: source.landscape,
  margin: {MARGIN_CM}cm,
  header: if source.notice != "" {{ strong(source.notice) }},
  footer: context [#text(size: 8pt)[#source.foot · #counter(page).display("1 / 1", both: true)]],
)
#set par(leading: 0.6em, spacing: 0.9em)
#show heading: set block(above: 1.5em, below: 0.8em)
#show figure: set block(breakable: true)
#show figure: set align(start)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure.caption: it => block(sticky: true, text(weight: "bold", size: 9.5pt, it))
#show table.cell: set text(size: 9pt)
#set table(stroke: 0.5pt + luma(120), inset: 4pt)
#let lines(words) = for line in words {{ par(spacing: 0.5em, line) }}
#for part in source.blocks {{
  if part.kind == "heading" {{
    heading(level: part.level, part.text)
  }} else if part.kind == "text" {{
    par(text(size: if part.quiet {{ 9pt }} else {{ 10pt }}, part.text))
  }} else if part.kind == "table" {{
    figure(kind: table, supplement: "Table", caption: part.caption, table(
      columns: part.widths.map(width => width * 1cm),
      align: start,
      table.header(..part.heads.map(head => strong(head))),
      ..part.rows.map(row => row.cells.map(
        cell => table.cell(breakable: row.breaks, lines(cell.split("\\n")))
      )).flatten()
    ))
  }} else {{
    let drawn = figure(
      kind: image,
      supplement: "Figure",
      caption: part.caption,
      image(bytes(part.svg), format: "svg", alt: part.description, width: part.width * 1cm),
    )
    if part.upright {{ page(flipped: false, drawn) }} else {{ drawn }}
  }}
}}
"""


def pdf_document(source: PrintedDocument) -> bytes:
    """Return a document as PDF."""
    told = {
        "title": source.title,
        "notice": source.notice,
        "foot": source.foot,
        "landscape": source.landscape,
        "blocks": [as_told(block, source) for block in source.blocks],
    }
    return typeset(TYPST, "pdf", 144, {"document": in_xml(json.dumps(told, ensure_ascii=False))})


def as_told(block: PrintedBlock, source: PrintedDocument) -> dict[str, Any]:
    """Return a block as typst is told of it."""
    if isinstance(block, PrintedHeading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, PrintedText):
        return {"kind": "text", "quiet": block.quiet, "text": block.text}
    if isinstance(block, PaperTable):
        rows = [{"cells": list(row), "breaks": not is_short(row)} for row in block.rows]
        heads, widths = list(block.heads), source.widths_of(block)
        return {"kind": "table", "caption": block.caption, "heads": heads, "widths": widths, "rows": rows}
    figure: PrintedFigure = block
    told = {"caption": figure.caption, "description": figure.description, "svg": figure.svg}
    return {"kind": "figure", "width": source.width_of(figure), "upright": source.stands_upright(figure), **told}
