"""A file as tables: its ending says how it is read, and nothing of it is read before its size was looked at."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from programmes.characters import refused_character, with_line_feeds
from programmes.tables_in.delimited import read_delimited, read_markdown
from programmes.tables_in.grid import TableError, TablesRead
from programmes.tables_in.html import read_html
from programmes.tables_in.sheets import read_sheets
from programmes.tables_in.word import read_docx
from programmes.transcripts.read import MOST_BYTES, OLD_WORD, TranscriptError, decode_text, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS: dict[str, Callable[[str], TablesRead]] = {
    ".html": read_html,
    ".htm": read_html,
    ".csv": read_delimited,
    ".tsv": lambda text: read_delimited(text, "\t"),
    ".md": read_markdown,
    ".txt": read_delimited,
}
PACKED: dict[str, tuple[str, Callable[[bytes], TablesRead]]] = {
    ".docx": ("Word document (.docx)", read_docx),
    ".xlsx": ("spreadsheet (.xlsx)", read_sheets),
    ".ods": ("spreadsheet (.ods)", read_sheets),
}
ENDINGS = (*TEXTS, *PACKED)


def read_tables(name: str, content: bytes) -> TablesRead:
    """Return the tables of a file. Raises TableError with a sentence about it."""
    ending = PurePath(name).suffix.lower()
    if len(content) > MOST_BYTES:
        raise TableError(f"{name} has {len(content):,} bytes; at most {MOST_BYTES:,} are read. Divide it.")
    if ending not in ENDINGS:
        raise TableError(f"{name} ends in {ending or 'nothing'}; give a file that ends in one of {', '.join(ENDINGS)}.")
    try:
        found = TEXTS[ending](plain_text(name, content)) if ending in TEXTS else packed_tables(name, content, ending)
    except TranscriptError as error:
        raise TableError(str(error)) from error
    except TableError as error:
        raise TableError(f"{name} {error}.") from error
    if not found.tables:
        raise TableError(f"{name} has no table and no paragraphs. Give the file that has the table.")
    return found


def plain_text(name: str, content: bytes) -> str:
    """Return the text of a plain file."""
    text = with_line_feeds(decode_text(name, content, ""))
    if found := refused_character(text):
        raise TableError(f"{found.place}, as files have that are no text. Delete it, or save it anew")
    return text


def packed_tables(name: str, content: bytes, ending: str) -> TablesRead:
    """Return the tables of a packed file that unpacks to no more than is read."""
    form, reader = PACKED[ending]
    if content.startswith(OLD_WORD):
        raise TableError("is of an old form, or has a password. Save it anew, without a password")
    with unpacked(name, content, form):
        return reader(content)
