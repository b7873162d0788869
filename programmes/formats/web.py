"""The web of CMOCs as a file: a picture (SVG, PNG, PDF) or a graph (DOT, GraphML, JSON)."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import networkx as nx
import orjson
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from programmes.characters import in_xml
from programmes.diagrams.boxes import FONT, LINE, PILL, SMALL
from programmes.diagrams.legend import LegendItem, legend_of
from programmes.diagrams.text import width, wrap
from programmes.formats.file_format import FileFormat
from programmes.formats.service_key import service_key
from programmes.formats.typesetting import typeset
from programmes.words import CuratorsWords, whose_words

if TYPE_CHECKING:
    from programmes.diagrams.graph import CMOCNode, Mark, Web
    from programmes.diagrams.layout import Picture
    from programmes.diagrams.slides import KeyEntry

FONT_FILE = "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
MARGIN = 16
NARROWEST = 1000  # that a sheet is
POINTS_PER_INCH = 72
PIXELS_PER_INCH = 144  # twice the size on a screen, so that a slide shows it sharp
MOST_PIXELS = 24_000_000  # of a picture; a larger sheet has fewer to the inch, and SVG and PDF keep it sharp
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
class PlacedSample:
    """A line of the legend with its position on the sheet."""

    x: float
    y: float
    item: LegendItem
    words: float  # where the words begin


@dataclass(frozen=True)
class Sheet:
    """The contents of a picture file: title, pictures, legend and attribution."""

    title: list[TextLine]
    summary: list[TextLine]
    panels: list[Panel]
    legend: list[PlacedSample]
    key: list[KeyEntry]
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
    context_meaning: str = ""  # a sentence: what counts as context, in the words of those who say so

    @property
    def description(self) -> str:
        """Say what stands where, once."""
        return self.pictures[0].description if self.pictures else ""


def are_curators(web: Web) -> bool:
    """Say whether the labels of the picture are the curators' words."""
    return any(whose_words(node.label) == CuratorsWords.layer for nodes in web.boxes.values() for node in nodes)


def sheet_of(source: WebFile) -> Sheet:
    """Return the sheet with everything laid out."""
    y = float(MARGIN)
    room = max([NARROWEST, *(picture.width for picture in source.pictures)])

    def lines(text: str, size: float, weight: int = 400) -> list[TextLine]:
        nonlocal y
        placed = []
        for line in wrap(text, room, size, weight):
            y += size * 1.3
            placed.append(TextLine(round(y, 1), line))
        return placed

    title = lines(source.title, TITLE, 700)
    summary = lines(source.summary, FONT)
    if source.context_meaning:
        summary += lines(source.context_meaning, FONT)
    if are_curators(source.web):
        summary += lines("Underlined: the curators’ words.", FONT)
    y += LINE
    placed_panels = []
    for picture in source.pictures:
        if picture.title:
            y += 2 * LINE
        placed_panels.append(Panel(y, picture))
        y += picture.height + LINE
    legend = placed_samples(legend_of(source.web, source.pictures) if source.pictures else [], y, room)
    y = max([y, *(sample.y + 2 * LINE for sample in legend)])
    key = service_key(source.web, MARGIN / 2, y, room, FONT)
    y = key.bottom + (LINE if key.entries else 0)
    credit = lines(source.credit, SMALL)
    return Sheet(title, summary, placed_panels, legend, key.entries, credit, room + 2 * MARGIN, round(y + MARGIN, 1))


def placed_samples(items: list[LegendItem], y: float, room: float) -> list[PlacedSample]:
    """Return the lines of the legend beside one another, in as many rows as they need."""
    placed: list[PlacedSample] = []
    x = 0.0
    for item in items:
        length = item.width + 8 + width(item.words, FONT)
        if x and x + length + 8 > room:
            x, y = 0.0, y + PILL + 8
        placed.append(PlacedSample(round(x + 8, 1), round(y, 1), item, item.width + 8))
        x += length + 28
    return placed


def drawing(source: WebFile, font: str = "") -> str:
    """Return the picture as SVG. The font is WOFF2 in base64; where it is empty, the viewer's own font is used."""
    return in_xml(
        render_to_string("programmes/web_sheet.svg", {"sheet": sheet_of(source), "source": source, "font": font})
    )


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
    return typeset(TYPST, form, resolution(sheet_of(source)), inputs)


def resolution(sheet: Sheet) -> int:
    """Return how many pixels of a sheet make an inch."""
    most = math.sqrt(MOST_PIXELS / (sheet.width * sheet.height))  # for each point of it
    return max(1, min(PIXELS_PER_INCH, int(most * POINTS_PER_INCH)))


def counts_of(cmoc: CMOCNode) -> dict[str, int | None]:
    """Return how many quotes counter a configuration and how many caveats it has; None where nobody can tell."""
    return {"quotes_that_counter": cmoc.counters, "caveats": cmoc.caveats}


def graph_of(source: WebFile) -> nx.DiGraph:
    """Return elements and CMOCs as nodes joined by arrows, each with its URL.

    Mechanisms, and what else stands in the box of a CMOC, are told by the node of the CMOC.
    """
    graph = nx.DiGraph(name=source.title, source=source.credit)
    web = source.web
    labels = {(column, node.key): node.label for column, nodes in web.boxes.items() for node in nodes}
    for column, nodes in web.boxes.items():
        for node in nodes:
            known = {"valence": node.valence, "qualities": node.said} if column == "outcome" else {}
            known["words"] = whose_words(node.label)
            links = "; ".join(mark.text for mark in node.links)
            graph.add_node(
                f"{column}:{node.key}", kind=column, label=str(node.label), url=node.href, links=links, **known
            )
    for cmoc in web.cmocs:
        name = f"cmoc:{cmoc.number}"
        further = {column: tuple(labels[column, key] for key in keys) for column, keys in cmoc.further}
        graph.add_node(
            name,
            kind="cmoc",
            label="; ".join(label for label in cmoc.labels if label not in cmoc.absent),
            words=whose_words(next(iter(cmoc.labels), "")),
            url=cmoc.href,
            number=cmoc.number,
            name=cmoc.title,
            group=str(cmoc.group),
            status=cmoc.stands,
            missing="; ".join(cmoc.absent),
            for_whom="; ".join(cmoc.beneficiaries),
            who_acts="; ".join(cmoc.actors),
            services_quoted="; ".join(mark.text for mark in cmoc.services if mark.kind == "quoted"),
            services_stated="; ".join(mark.text for mark in cmoc.services if mark.kind == "stated"),
            **{name: number for name, number in counts_of(cmoc).items() if number is not None},
            links="; ".join(mark.text for mark in cmoc.links),
            **{column: "; ".join(words) for column, words in {**further, **dict(cmoc.cells)}.items()},
        )
        for column in web.boxes:
            ends = [(f"{column}:{key}", name) for key in cmoc.keys_in(column)]
            graph.add_edges_from([end[::-1] for end in ends] if column == "outcome" else ends, relation="part")
    for start, marks in links_in(web).items():
        for mark in marks:
            if mark.target in graph:
                before = graph.get_edge_data(start, mark.target, {})
                told = {"relation": mark.relation, "status": mark.status}
                graph.add_edge(
                    start,
                    mark.target,
                    **{name: "; ".join(filter(None, [before.get(name, ""), term])) for name, term in told.items()},
                )
    return graph


def links_in(web: Web) -> dict[str, tuple[Mark, ...]]:
    """Return what leads on to something else, or is related to it, by the node that it starts from."""
    found = {f"{column}:{node.key}": node.links for column, nodes in web.boxes.items() for node in nodes}
    return {**found, **{f"cmoc:{cmoc.number}": cmoc.links for cmoc in web.cmocs}}


def graphml(source: WebFile) -> bytes:
    """Return the graph as GraphML, which Gephi, yEd, igraph and networkx open."""
    graph = graph_of(source)
    told = [graph.graph, *(data for _, data in graph.nodes(data=True)), *(data for *_, data in graph.edges(data=True))]
    for data in told:
        data.update({name: in_xml(value) for name, value in data.items() if isinstance(value, str)})
    written = io.BytesIO()
    nx.write_graphml(graph, written)
    return written.getvalue()


def node_link(source: WebFile) -> bytes:
    """Return the graph as node-link JSON, which D3 and networkx read."""
    data = nx.node_link_data(graph_of(source), edges="links")
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


DOT_STYLES = {
    "contested": 'style="dashed"',
    "refuted": "peripheries=2",
    "retired": 'style="dotted"',
    "negative": 'style="dashed"',
    "mixed": 'style="dashed,bold"',
    "neither": 'style="dotted"',
    "no-change": "peripheries=2",
}
TOLD_IN_DOT = {
    "who_acts": "who acts",
    "for_whom": "for",
    "services_quoted": "services quoted",
    "services_stated": "services stated relevant",
    "quotes_that_counter": "quotes that counter",
    "caveats": "caveats",
}  # what a picture tells below the parts of a configuration


def dot(source: WebFile) -> bytes:
    """Return the graph in the DOT language of Graphviz."""
    graph = graph_of(source)
    before = [column for column, _ in source.web.further]
    headings = {head.name: head.heading for head in source.web.heads if head.name not in source.web.boxes}
    rows = [f"digraph {dot_quoted(source.title)} {{", "  rankdir=LR;", f"  // {' '.join(source.credit.split())}"]
    rows += ["  // Labels are the curators’ words."] if are_curators(source.web) else []
    for kind in (*before, "context", "cmoc", "outcome"):
        members = [(name, data) for name, data in graph.nodes(data=True) if data["kind"] == kind]
        rows.append(f"  {{ rank=same; node [shape={'oval' if kind == 'outcome' else 'box'}];")
        for name, data in members:
            style = DOT_STYLES.get(data.get("status") or data.get("valence", ""), "")
            label = dot_label(data, headings)
            known = [f"label={dot_quoted(label)}", f"URL={dot_quoted(data['url'])}", *filter(None, [style])]
            rows.append(f"    {dot_quoted(name)} [{', '.join(known)}];")
        rows.append("  }")
    for start, end, data in graph.edges(data=True):
        told = ", ".join(filter(None, [data["relation"], data.get("status")]))
        chain = "" if data["relation"] == "part" else f" [label={dot_quoted(told)}, constraint=false]"
        rows.append(f"  {dot_quoted(start)} -> {dot_quoted(end)}{chain};")
    return in_xml("\n".join([*rows, "}", ""])).encode()


def dot_label(data: dict[str, Any], headings: dict[str, str]) -> str:
    """Return what stands in a node: of a CMOC all that stands in its box, of an outcome what it is besides."""
    if data["kind"] != "cmoc":
        return " ".join(filter(None, [data["label"], f"({data['qualities']})" if data.get("qualities") else ""]))
    status = f" ({data['status']})" if data["status"] in DOT_STYLES else ""
    inside = [f"{heading}: {data[column]}" for column, heading in headings.items() if data.get(column)]
    inside += filter(None, [data["label"], data["missing"]])
    inside += [f"{words}: {data[name]}" for name, words in TOLD_IN_DOT.items() if data.get(name)]
    return ": ".join(filter(None, [f"{data['name']}{status}", "; ".join(inside)]))


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
