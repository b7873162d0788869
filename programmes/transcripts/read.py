"""Reading a file into the text of a transcript: plain text, Word, PDF with text, or subtitles."""

from __future__ import annotations

import io
import re
import zipfile
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING

import charset_normalizer
import docx
import pypdf
import webvtt
from docx.table import Table
from pypdf.errors import PyPdfError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 20_000_000
MOST_LETTERS = 5_000_000
# Everything that programs write for the end of a line, or of a page.
ENDS_OF_LINES = re.compile("\r\n|[\r\u2028\u2029\x0b\x0c\x85]")


class TranscriptError(ValueError):
    """A file cannot be read as a transcript; the message says why and what to do."""


def normalised(text: str) -> str:
    """Return a text whose lines all end alike. It is done once; positions of quotes count in what comes of it."""
    return ENDS_OF_LINES.sub("\n", text.removeprefix("\ufeff"))


def checksum(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, by which a copy of it can be told to be the same."""
    return sha256(text.encode()).hexdigest()


def read_transcript(name: str, content: bytes) -> str:
    """Return the text of a file, told by the ending of its name. Raises TranscriptError where there is none."""
    if len(content) > MOST_BYTES:
        raise TranscriptError(f"{name} has {len(content):,} bytes; at most {MOST_BYTES:,} are read. Divide it.")
    ending = PurePath(name).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        raise TranscriptError(f"{name} ends in {ending or 'nothing'}; give a file that ends in {', '.join(READERS)}.")
    return checked(normalised(reader(name, content)), name)


def checked(text: str, name: str) -> str:
    """Return a text that can be kept. Raises TranscriptError for one that cannot."""
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TranscriptError(
            f"{name} has a NUL character in line {line}, as files have that are no text. Save it anew."
        )
    if not text.strip():
        raise TranscriptError(f"{name} has no text.")
    if len(text) > MOST_LETTERS:
        raise TranscriptError(f"{name} has {len(text):,} letters; at most {MOST_LETTERS:,} are kept. Divide it.")
    return text


def plain(name: str, content: bytes) -> str:
    """Return the text of a plain file, in UTF-8 or in the encoding that fits it best."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = charset_normalizer.from_bytes(content).best()
    if found is None:
        raise TranscriptError(f"{name}: its encoding cannot be told. Save it as UTF-8 and add it again.")
    return str(found)


def word(name: str, content: bytes) -> str:
    """Return the paragraphs of a Word document, and the cells of its tables, in order."""
    try:
        document = docx.Document(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise TranscriptError(f"{name} is no Word document (.docx). Open it in Word and save it as .docx.") from error
    lines = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [": ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)


def pdf(name: str, content: bytes) -> str:
    """Return the text of a PDF, page after page."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        text = "\n".join(page.extract_text() for page in reader.pages)
    except (PyPdfError, ValueError, KeyError) as error:
        raise TranscriptError(f"{name} cannot be read as PDF ({error}). Save it anew, or as .docx or .txt.") from error
    if not text.strip():
        raise TranscriptError(
            f"{name} has pictures of pages but no text. Let a program recognise the text (OCR) first."
        )
    return text


def subtitles(name: str, content: bytes) -> str:
    """Return the words of subtitles, one line for each, with the speaker where it is given."""
    kind = "srt" if name.lower().endswith(".srt") else "vtt"
    try:
        captions = webvtt.from_buffer(io.StringIO(normalised(plain(name, content))), format=kind).captions
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise TranscriptError(
            f"{name} cannot be read as subtitles of the form {kind}. Save it anew, or as .txt."
        ) from error
    return "\n".join(
        f"{caption.voice}: {' '.join(caption.text.split())}" if caption.voice else " ".join(caption.text.split())
        for caption in captions
    )


READERS: dict[str, Callable[[str, bytes], str]] = {
    ".txt": plain,
    ".docx": word,
    ".pdf": pdf,
    ".srt": subtitles,
    ".vtt": subtitles,
}
