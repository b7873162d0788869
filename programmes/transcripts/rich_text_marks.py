"""What single words after a backslash do in Rich Text: they end paragraphs and cells, and change what holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from programmes.transcripts.rich_text_states import ListedFont, Story, WordsApart
from programmes.transcripts.rich_text_words import PAGES, SYMBOLS, RichTextWords

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_TABLES, MOST_STYLES = 10, 20  # one within another, or based on another
MOST_STAND_INS = 8  # bytes that programs without Unicode show for a letter
PARTS_OF_TABLE, PARTS_OF_STYLE, PARTS_OF_FONT = 5, 2, 5  # as many parts as it needs the memory of


class RichTextMarks(RichTextWords):
    """Follows the marks that stand among the words."""

    # Paragraphs and tables.

    def story(self) -> Story | None:
        """Return the story that goes on here; words that are apart have lines at most."""
        sink = self.state.sink
        if isinstance(sink, WordsApart):
            sink.add("\n")
            return None
        self.end_apart()
        return sink

    def depth(self, story: Story) -> int:
        """Return in how many tables a paragraph stands; one after a cell of an unfinished row stands in the row."""
        in_row = (len(story.tables) - 1) * bool(story.tables[-1].cells)
        return min(self.state.tables or self.state.in_table or in_row, MOST_TABLES)

    def end_lines(self, story: Story, depth: int) -> None:
        """End a paragraph."""
        self.count_parts(1 + PARTS_OF_TABLE * max(0, depth + 1 - len(story.tables)))
        told = bool(self.left_out) and self.left_out[-1].place == story.place
        story.end_paragraph(depth, told=told)

    def paragraph(self, _number: int | None) -> None:
        """End a paragraph, unless its end was deleted."""
        if self.state.changed and isinstance(self.state.sink, Story):
            self.put("\n")
        elif story := self.story():
            self.end_lines(story, self.depth(story))

    def section(self, _number: int | None) -> None:
        """End a paragraph that has words."""
        if (story := self.story()) and (story.words or story.boxes):
            self.end_lines(story, self.depth(story))

    def cell(self, _number: int | None, *, nested: bool = False) -> None:
        """End a cell."""
        if story := self.story():
            depth = max(2, self.depth(story)) if nested else 1
            self.end_lines(story, depth)
            self.count_parts()
            story.table(depth).end_cell()

    def row(self, _number: int | None, *, nested: bool = False) -> None:
        """End a row."""
        if story := self.story():
            depth = max(2, self.depth(story)) if nested else 1
            if story.words or story.boxes:
                self.end_lines(story, depth)
            self.count_parts()
            story.table(depth).end_row(self.merged)

    def row_properties(self, _number: int | None) -> None:
        """Begin to say which cells a row has."""
        self.merged, self.merges = [], False

    def merged_cell(self, _number: int | None) -> None:
        """Say that the next cell is one with the cell before."""
        self.merges = True

    def cell_border(self, _number: int | None) -> None:
        """End what is said of a cell."""
        self.merged.append(self.merges)
        self.merges = False

    def plain_paragraph(self, _number: int | None) -> None:
        """Let nothing hold that holds in paragraphs."""
        self.state.in_table, self.state.tables, self.state.paragraph_hides = 0, 0, False

    # What holds from here on.

    def plain(self, _number: int | None) -> None:
        """Let nothing hold that holds in words."""
        state = self.state
        state.font, state.hidden, state.style_hides, state.changed = None, None, False, ""

    def hide(self, number: int | None) -> None:
        """Hide words or show them, or say that a style does."""
        if self.state.lists == "stylesheet":
            self.hiding[self.listed_style] = number != 0
        else:
            self.state.hidden = number != 0

    def change(self, number: int | None, *, kind: str) -> None:
        """Begin or end words that a tracked change takes away."""
        self.state.changed = kind * (number != 0)

    def style(self, number: int | None, *, attribute: str) -> None:
        """Use a style, or begin to list one."""
        style = number or 0
        if self.state.lists == "stylesheet":
            self.count_parts(PARTS_OF_STYLE)
            self.listed_style = style
        for _ in range(MOST_STYLES):
            if style not in self.hiding:
                style = self.based_on.get(style, style)
        setattr(self.state, attribute, self.hiding.get(style, False))

    def basis(self, number: int | None) -> None:
        """Say which style the listed one is based on."""
        self.based_on[self.listed_style] = number or 0

    def use_font(self, number: int | None) -> None:
        """Use a font, or begin to list one."""
        if self.state.lists == "fonttbl":
            self.count_parts(PARTS_OF_FONT)
            self.listed_font = self.fonts[number or 0] = ListedFont()
        else:
            self.state.font = number or 0

    def font_letters(self, number: int | None) -> None:
        """Say which letters the listed font has."""
        self.listed_font.is_of_symbols = number == SYMBOLS
        self.listed_font.page = self.listed_font.page or PAGES.get(number or 0, 0)

    def font_page(self, number: int | None) -> None:
        """Say which code page the listed font has, whatever its letters are."""
        self.listed_font.page = number or 0

    def default_font(self, number: int | None) -> None:
        """Say which font the document has."""
        self.font = number or 0

    def document_page(self, number: int | None, *, page: int = 0) -> None:
        """Say which code page the document has."""
        self.page = page or number or self.page

    def hold(self, number: int | None, *, attribute: str, most: int) -> None:
        """Keep a number of the present group."""
        setattr(self.state, attribute, min(max(1 if number is None else number, 0), most))

    def of_form(self, number: int | None, *, name: str) -> None:
        """Keep a number of a field of a form."""
        if self.state.form:
            self.state.form.numbers[name] = number or 0


# What is done at a control word, by the word.
CONTROLS: dict[str, Callable[[RichTextMarks, int | None], None]] = {
    "u": RichTextMarks.letter,
    "uc": partial(RichTextMarks.hold, attribute="stand_ins", most=MOST_STAND_INS),
    "par": RichTextMarks.paragraph,
    "sect": RichTextMarks.section,
    "cell": RichTextMarks.cell,
    "nestcell": partial(RichTextMarks.cell, nested=True),
    "row": RichTextMarks.row,
    "nestrow": partial(RichTextMarks.row, nested=True),
    "trowd": RichTextMarks.row_properties,
    "clmrg": RichTextMarks.merged_cell,
    "cellx": RichTextMarks.cell_border,
    "pard": RichTextMarks.plain_paragraph,
    "intbl": partial(RichTextMarks.hold, attribute="in_table", most=1),
    "itap": partial(RichTextMarks.hold, attribute="tables", most=MOST_TABLES),
    "plain": RichTextMarks.plain,
    "v": RichTextMarks.hide,
    "deleted": partial(RichTextMarks.change, kind="deleted words"),
    "mvf": partial(RichTextMarks.change, kind="words that were moved elsewhere"),
    "s": partial(RichTextMarks.style, attribute="paragraph_hides"),
    **dict.fromkeys(("cs", "ds", "ts"), partial(RichTextMarks.style, attribute="style_hides")),
    "sbasedon": RichTextMarks.basis,
    "f": RichTextMarks.use_font,
    "fcharset": RichTextMarks.font_letters,
    "cpg": RichTextMarks.font_page,
    "deff": RichTextMarks.default_font,
    "ansicpg": RichTextMarks.document_page,
    "mac": partial(RichTextMarks.document_page, page=10000),
    "pc": partial(RichTextMarks.document_page, page=437),
    "pca": partial(RichTextMarks.document_page, page=850),
    **{name: partial(RichTextMarks.of_form, name=name) for name in ("fftype", "ffres", "ffdefres")},
}
