"""A document for paper as Word opens it: headings, captions with numbers, heads on every page, words for pictures.

Tables are written as XML at once: python-docx looks at a whole table for each cell of it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt

from programmes.characters import in_xml
from programmes.formats.file_format import as_property
from programmes.formats.printed_document import (
    A4,
    MARGIN_CM,
    PaperTable,
    PrintedFigure,
    PrintedHeading,
    PrintedText,
    is_short,
)
from programmes.formats.typesetting import typeset
from programmes.tables_in.heads import OWN_KEYWORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document

    from programmes.formats.printed_document import PrintedDocument

NAMES = nsdecls("w")
PIXELS_PER_INCH = 200  # sharp on paper
DRAWING = """
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg")
"""
FONT = "Arial"
QUIET = "666666"
TWIPS = 1440 / 2.54  # in a centimetre
INSET_TWIPS = 85  # between the words of a cell and its lines


def word_document(source: PrintedDocument) -> bytes:
    """Return a document as a Word file."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = as_property(source.title), "Realist", source.notice
    properties.language, properties.keywords = "en-GB", OWN_KEYWORD
    set_styles(document)
    set_page(document, source)
    for block in source.blocks:
        if isinstance(block, PrintedHeading):
            document.add_heading(in_xml(block.text), level=block.level)
        elif isinstance(block, PrintedText):
            document.add_paragraph(in_xml(block.text), style="Quiet" if block.quiet else None)
        elif isinstance(block, PaperTable):
            add_caption(document, "Table", block.caption, before=True)
            document.element.body.insert_element_before(table_element(block, source.widths_of(block)), "w:sectPr")
            document.add_paragraph(style="Quiet")
        elif source.stands_upright(block):
            begin_pages(document, A4)
            add_figure(document, block, source.width_of(block))
            begin_pages(document, source.page)
        else:
            add_figure(document, block, source.width_of(block))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def set_styles(document: Document) -> None:
    """Set one font for all, and the sizes of an appendix."""
    for name, size in (("Normal", 10), ("Caption", 9.5), ("Heading 1", 16), ("Heading 2", 13), ("Heading 3", 11)):
        style: Any = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for letters in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{letters}"), FONT)
    normal: Any = document.styles["Normal"]
    normal.paragraph_format.space_after = Pt(6)
    normal.element.get_or_add_rPr().append(parse_xml(f'<w:lang {NAMES} w:val="en-GB"/>'))
    quiet: Any = document.styles.add_style("Quiet", 1)  # of paragraphs
    quiet.base_style, quiet.font.size = normal, Pt(9)
    for name, after in (("In a cell", 2), ("Head of a column", 2)):
        style = document.styles.add_style(name, 1)
        style.base_style, style.font.size = normal, Pt(9)
        style.paragraph_format.space_after = Pt(after)
        style.font.bold = name == "Head of a column"


def set_page(document: Document, source: PrintedDocument) -> None:
    """Set the size of the page, and what stands at its head and foot."""
    section = document.sections[0]
    set_size(section, source.page)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(MARGIN_CM))
    if source.notice:
        run = section.header.paragraphs[0].add_run(in_xml(source.notice))
        run.bold = True
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Quiet"]
    foot.add_run(in_xml(f"{source.foot} · "))
    add_field(foot, "PAGE", "1")
    foot.add_run(" / ")
    add_field(foot, "NUMPAGES", "1")


def set_size(section: Any, page: tuple[float, float]) -> None:
    """Set the size of the pages of a section."""
    section.page_width, section.page_height = (Cm(size) for size in page)
    section.orientation = WD_ORIENT.LANDSCAPE if page[0] > page[1] else WD_ORIENT.PORTRAIT


def begin_pages(document: Document, page: tuple[float, float]) -> None:
    """Go on with pages of another size; head and foot stay."""
    set_size(document.add_section(WD_SECTION.NEW_PAGE), page)


def add_field(paragraph: Any, name: str, shown: str) -> None:
    """Add what Word works out, such as a number, with what stands there until it does."""
    code = f'<w:fldSimple {NAMES} w:instr=" {name} "><w:r><w:t>{shown}</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(code))  # noqa: SLF001  python-docx has no fields


def add_caption(document: Document, kind: str, text: str, *, before: bool) -> None:
    """Add a numbered caption, which stays with what it is of."""
    numbers = [name for name in document.element.body.iter(qn("w:fldSimple")) if kind in name.get(qn("w:instr"))]
    paragraph = document.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = before
    paragraph.add_run(f"{kind} ")
    add_field(paragraph, rf"SEQ {kind} \* ARABIC", str(len(numbers) + 1))
    paragraph.add_run(in_xml(f". {text}"))


def table_element(table: PaperTable, widths: Sequence[float]) -> Any:
    """Return a table whose heads are repeated, in which no row is cut by a page unless it is longer than one."""
    sizes = [round(width * TWIPS) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    heads = row_of_cells(table.heads, sizes, "Headofacolumn", "<w:tblHeader/><w:cantSplit/>")
    rows = "".join(row_of_cells(row, sizes, "Inacell", "<w:cantSplit/>" if is_short(row) else "") for row in table.rows)
    return parse_xml(
        f'<w:tbl {NAMES}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(sizes)}" w:type="dxa"/>'
        f'<w:tblInd w:w="{INSET_TWIPS}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{INSET_TWIPS}" w:type="dxa"/><w:right w:w="{INSET_TWIPS}" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        f' w:lastColumn="0" w:noHBand="0" w:noVBand="1"/><w:tblCaption w:val={attribute(table.caption)}/>'
        f"<w:tblDescription w:val={attribute(table.description)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{heads}{rows}</w:tbl>"
    )


def attribute(text: str) -> str:
    """Return a text as the value of an attribute."""
    return quoteattr(in_xml(text))


def row_of_cells(cells: Sequence[str], sizes: Sequence[int], style: str, properties: str) -> str:
    """Return a row, whose cells have a paragraph for each line."""
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/></w:tcPr>{paragraphs(cell, style)}</w:tc>'
        for cell, size in zip(cells, sizes, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def paragraphs(text: str, style: str) -> str:
    """Return each line of a text as a paragraph."""
    start, end = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">', "</w:t></w:r></w:p>"
    return "".join(f"{start}{escape(line)}{end}" for line in in_xml(text).split("\n"))


def add_figure(document: Document, figure: PrintedFigure, width: float) -> None:
    """Add a drawing as a picture with words for those who do not see it, and its caption below."""
    picture = typeset(DRAWING, "png", PIXELS_PER_INCH, {"drawing": figure.svg})
    shape = document.add_picture(io.BytesIO(picture), width=Emu(int(Cm(width))))
    properties = shape._inline.docPr  # noqa: SLF001  python-docx has no words for pictures
    properties.set("descr", in_xml(figure.description))
    properties.set("title", as_property(figure.caption))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    add_caption(document, "Figure", figure.caption, before=False)
