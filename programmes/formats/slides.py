"""Slides of a programme theory as files: one as SVG, PNG or PDF, all of them as one PDF."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from programmes.characters import in_xml
from programmes.diagrams.slides import HEIGHT, WIDTH
from programmes.formats.file_format import FileFormat
from programmes.formats.typesetting import typeset
from programmes.formats.web import FONT_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.diagrams.slides import Slide

PIXELS_PER_INCH = 72  # a point is a pixel, so that a PNG is 1920 by 1080
TYPST = f"""
#set document(title: sys.inputs.title, date: none)
#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: 0pt)
#let drawings = json(bytes(sys.inputs.drawings))
#for (index, drawing) in drawings.enumerate() {{
  if index > 0 {{ pagebreak() }}
  image(bytes(drawing.svg), format: "svg", alt: drawing.title, width: {WIDTH}pt)
}}
"""


def slide_drawing(slide: Slide, font: str = "") -> str:
    """Return a slide as SVG. The font is WOFF2 in base64; where it is empty, the viewer's own font is used."""
    return in_xml(
        render_to_string(
            "programmes/slide.svg", {"slide": slide, "font": font, "width": WIDTH, "height": HEIGHT, "linked": False}
        )
    )


def slide_svg(slides: Sequence[Slide]) -> bytes:
    """Return the first of these slides as SVG with its font."""
    font = Path(str(finders.find(FONT_FILE))).read_bytes()
    return slide_drawing(slides[0], base64.b64encode(font).decode("ascii")).encode()


def typeset_slides(slides: Sequence[Slide]) -> dict[str, str]:
    """Return what typst is given to set slides, one on each page."""
    drawings = [{"title": slide.title, "svg": slide_drawing(slide)} for slide in slides]
    return {"title": slides[0].title, "drawings": json.dumps(drawings)}


def slide_png(slides: Sequence[Slide]) -> bytes:
    """Return the first of these slides as PNG, 1920 by 1080 pixels."""
    return typeset(TYPST, "png", PIXELS_PER_INCH, typeset_slides(slides[:1]))


def slides_pdf(slides: Sequence[Slide]) -> bytes:
    """Return slides as the pages of one PDF."""
    return typeset(TYPST, "pdf", PIXELS_PER_INCH, typeset_slides(slides))


SLIDE_FORMATS: dict[str, FileFormat[Sequence[Slide]]] = {
    "svg": FileFormat("SVG", "image/svg+xml", slide_svg),
    "png": FileFormat("PNG", "image/png", slide_png),
    "pdf": FileFormat("PDF", "application/pdf", slides_pdf),
}
