"""The web of CMOCs as a file: a picture (SVG, PNG, PDF) or a graph (DOT, GraphML, JSON)."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import networkx as nx
import orjson
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from programmes.diagrams.layout import FONT, LINE, SMALL, WIDTH, Picture
from programmes.diagrams.text import wrap
from programmes.formats.file_format import FileFormat
from programmes.formats.typesetting import typeset

if TYPE_CHECKING:
    from programmes.diagrams.graph import Web

FONT_FILE = "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
MARGIN = 16
PIXELS_PER_INCH = 144  # twice the size on a screen, so that a slide shows it sharp
TITLE = 22  # size of the title's letters
TYPST = """
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", alt: sys.inputs.title)
"""


@dataclass(frozen=True)
class Panel:
    """A picture with its position on the sheet."""

    y: float
    picture: Picture


@dataclass(frozen=True)
class TextLine:
    """A line of text on the sheet."""

    y: float
    text: str


@dataclass(frozen=True)
class Sheet:
    """The contents of a picture file: title, pictures, legend and attribution."""

    title: list[TextLine]
    summary: list[TextLine]
    panels: list[Panel]
    legend: float
    credits: list[TextLine]
    width: float
    height: float


@dataclass(frozen=True)
class WebFile:
    """Everything from which a file of a web is made."""

    title: str
    summary: str
    credit: str
    web: Web
    pictures: list[Picture]


def sheet_of(source: WebFile) -> Sheet:
    """Return the sheet with everything laid out."""
    y = float(MARGIN)

    def lines(text: str, size: float, weight: int = 400) -> list[TextLine]:
        nonlocal y
        placed = []
        for line in wrap(text, WIDTH, size, weight):
            y += size * 1.3
            placed.append(TextLine(round(y, 1), line))
        return placed

    title = lines(source.title, TITLE, 700)
    summary = lines(source.summary, FONT)
    y += LINE
    placed_panels = []
    for picture in source.pictures:
        if picture.title:
            y += 2 * LINE
        placed_panels.append(Panel(y, picture))
        y += picture.height + LINE
    legend = y
    y += 2 * LINE
    credit = lines(source.credit, SMALL)
    return Sheet(title, summary, placed_panels, legend, credit, WIDTH + 2 * MARGIN, round(y + MARGIN, 1))


def drawing(source: WebFile, font: str = "") -> str:
    """Return the picture as SVG. The font is WOFF2 in base64; where it is empty, the viewer's own font is used."""
    return render_to_string("programmes/web_sheet.svg", {"sheet": sheet_of(source), "source": source, "font": font})


def svg(source: WebFile) -> bytes:
    """Return the picture as a self-contained SVG.

    Browsers draw it in the embedded font. Inkscape reads no fonts from a file and falls back to Arial or the like,
    whose characters are as wide (see static/css/fonts.css), so that the words stay in their boxes.
    """
    font = Path(str(finders.find(FONT_FILE))).read_bytes()
    return drawing(source, base64.b64encode(font).decode("ascii")).encode()


def printed(source: WebFile, form: Literal["png", "pdf"]) -> bytes:
    """Return the picture as typst renders it."""
    inputs = {"title": source.title, "drawing": drawing(source)}
    return typeset(TYPST, form, PIXELS_PER_INCH, inputs)


def graph_of(source: WebFile) -> nx.DiGraph:
    """Return contexts, CMOCs and outcomes as nodes joined by arrows, each with its URL."""
    graph = nx.DiGraph(name=source.title, source=source.credit)
    for slot, nodes in (("context", source.web.contexts), ("outcome", source.web.outcomes)):
        for node in nodes:
            ripples = "; ".join(mark.text for mark in node.ripples)
            graph.add_node(f"{slot}:{node.key}", kind=slot, label=node.label, url=node.href, ripples=ripples)
    for cmoc in source.web.cmocs:
        name = f"cmoc:{cmoc.number}"
        graph.add_node(
            name,
            kind="cmoc",
            label="; ".join(cmoc.labels),
            url=cmoc.href,
            number=cmoc.number,
            name=cmoc.title,
            group=cmoc.group,
            for_whom="; ".join(cmoc.beneficiaries),
            services_quoted="; ".join(mark.text for mark in cmoc.services if mark.kind == "quoted"),
            services_stated="; ".join(mark.text for mark in cmoc.services if mark.kind == "stated"),
            quotes_that_counter=cmoc.counters,
            caveats=cmoc.caveats,
        )
        graph.add_edges_from((f"context:{key}", name) for key in cmoc.contexts)
        graph.add_edges_from((name, f"outcome:{key}") for key in cmoc.outcomes)
    return graph


def graphml(source: WebFile) -> bytes:
    """Return the graph as GraphML, which Gephi, yEd, igraph and networkx open."""
    written = io.BytesIO()
    nx.write_graphml(graph_of(source), written)
    return written.getvalue()


def node_link(source: WebFile) -> bytes:
    """Return the graph as node-link JSON, which D3 and networkx read."""
    data = nx.node_link_data(graph_of(source), edges="links")
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def dot(source: WebFile) -> bytes:
    """Return the graph in the DOT language of Graphviz."""
    graph = graph_of(source)
    shapes = {"context": "box", "cmoc": "box", "outcome": "oval"}
    rows = [f"digraph {dot_quoted(source.title)} {{", "  rankdir=LR;", f"  // {source.credit}"]
    for kind, shape in shapes.items():
        members = [(name, data) for name, data in graph.nodes(data=True) if data["kind"] == kind]
        rows.append(f"  {{ rank=same; node [shape={shape}];")
        for name, data in members:
            label = f"{data['name']}: {data['label']}" if kind == "cmoc" else data["label"]
            rows.append(f"    {dot_quoted(name)} [label={dot_quoted(label)}, URL={dot_quoted(data['url'])}];")
        rows.append("  }")
    rows += [f"  {dot_quoted(start)} -> {dot_quoted(end)};" for start, end in graph.edges]
    return "\n".join([*rows, "}", ""]).encode()


def dot_quoted(text: str) -> str:
    """Return a text as a DOT string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


WEB_FORMATS: dict[str, FileFormat[WebFile]] = {
    "svg": FileFormat("SVG", "image/svg+xml", svg),
    "png": FileFormat("PNG", "image/png", lambda source: printed(source, "png")),
    "pdf": FileFormat("PDF", "application/pdf", lambda source: printed(source, "pdf")),
    "dot": FileFormat("DOT", "text/vnd.graphviz; charset=utf-8", dot),
    "graphml": FileFormat("GraphML", "application/graphml+xml", graphml),
    "json": FileFormat("JSON", "application/json", node_link),
}
