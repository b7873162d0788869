"""Reading a file into the text of a transcript, in any of the forms in which people and programs write them."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from bisect import bisect_left
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING

import charset_normalizer
import docx
import pypdf
from pypdf.errors import DependencyError, PyPdfError

from programmes.characters import is_blank, refused_character, with_line_feeds
from programmes.transcripts.open_document import read_open_document
from programmes.transcripts.pdf import read_pages
from programmes.transcripts.reading import ReadingError, TranscriptReading
from programmes.transcripts.rich_text import read_rich_text
from programmes.transcripts.speech_json import read_speech
from programmes.transcripts.subtitles import read_cues
from programmes.transcripts.web_page import read_web_page
from programmes.transcripts.word import read_document

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 20_000_000
MOST_CHARACTERS = 5_000_000
MOST_LINES = 200_000
MOST_UNPACKED = 100_000_000  # bytes of all that is packed in a Word document
MOST_PAGES = 5_000  # of a PDF
MOST_CUES = 50_000  # of subtitles
OLD_WORD = b"\xd0\xcf\x11\xe0"  # how a .doc begins, and a .docx with a password
FORMS = {  # what a file is, by its ending
    ".docx": "a Word document (.docx)",
    ".odt": "an OpenDocument text (.odt)",
    ".rtf": "Rich Text (.rtf)",
    ".html": "a web page",
    ".htm": "a web page",
    ".json": "JSON of a speech recognition (.json)",
    ".pdf": "a PDF",
    ".srt": "subtitles (.srt)",
    ".vtt": "subtitles (.vtt)",
    ".txt": "plain text (.txt)",
}
# How plain files are written that are not in Unicode, by the names that programs give it in their dialogues.
ENCODINGS = {
    "cp1252": "Western European (Windows)",
    "mac_roman": "Western European (Macintosh)",
    "cp1250": "Central European (Windows)",
    "cp1251": "Cyrillic (Windows)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows)",
    "cp1254": "Turkish (Windows)",
    "cp1255": "Hebrew (Windows)",
    "cp1256": "Arabic (Windows)",
    "cp1257": "Baltic (Windows)",
    "cp1258": "Vietnamese (Windows)",
    "cp874": "Thai (Windows)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "cp949": "Korean (Windows)",
    "utf_16_le": "Unicode, two bytes a letter (UTF-16)",
}
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # byte order marks, which begin a file in UTF-16
LONGEST_SAMPLE = 60  # characters that are shown of a line in one of the encodings
MOST_SAMPLES = 4  # of a line in an encoding that is not known


class TranscriptError(ValueError):
    """A file cannot be read as a transcript; the message says why and what to do."""


def normalised(text: str) -> str:
    """Return a text whose lines all end in a line feed. Done once on upload: quotes are positions in the result."""
    return with_line_feeds(text.removeprefix("\ufeff"))


def checksum(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, by which a copy of it can be told to be the same."""
    return sha256(text.encode()).hexdigest()


def read_transcript(name: str, content: bytes, encoding: str = "") -> TranscriptReading:
    """Read a file, whose form the ending of its name gives. Raises TranscriptError if it has no text.

    `encoding` is one of ENCODINGS, for a plain file or subtitles that are not in Unicode. It is never guessed: a
    wrong guess would change the participants' words, which are fixed from here on.
    """
    if len(content) > MOST_BYTES:
        raise too_many_bytes(name, content)
    ending = PurePath(name).suffix.lower()
    try:
        if ending in TEXT_READERS:
            reading = TEXT_READERS[ending](name, normalised(decode_text(name, content, encoding)))
        elif ending in BINARY_READERS:
            reading = BINARY_READERS[ending](name, content)
        else:
            endings = ", ".join(FORMS)
            raise TranscriptError(f"{name} ends in {ending or 'nothing'}; give a file that ends in one of {endings}.")
    except ReadingError as error:
        raise TranscriptError(f"{name} {error}".removesuffix(".") + ".") from error
    require_text(normalised(reading.text), name)
    return with_ends_alike(reading)


def with_ends_alike(reading: TranscriptReading) -> TranscriptReading:
    """Return what was read with all ends of lines alike; turns and pages are where their words are now."""
    text = normalised(reading.text)
    gone = [*range(reading.text.startswith("\ufeff")), *(end.start() for end in re.finditer("\r\n", reading.text))]

    def moved(place: int) -> int:
        return place - bisect_left(gone, place)

    turns = (replace(turn, start=moved(turn.start), end=moved(turn.end)) for turn in reading.turns)
    pages = tuple(map(moved, reading.pages))
    return TranscriptReading(text, reading.left_out, tuple(turn for turn in turns if turn.start < turn.end), pages)


def too_many_bytes(name: str, content: bytes) -> TranscriptError:
    """Return the error about a file that is not even looked into."""
    return TranscriptError(f"{name} has {len(content):,} bytes; at most {MOST_BYTES:,} are read. Divide it.")


def cannot_be_read(name: str) -> str:
    """Return the sentence about a file that its reader cannot make sense of."""
    form = FORMS.get(PurePath(name).suffix.lower(), "a transcript")
    return (
        f"{name} cannot be read as {form}: it is damaged, or made in a way that is not known here. Open it in the "
        "program that it comes from, save it anew or as plain text (.txt), and give it again."
    )


def require_text(text: str, name: str) -> str:
    """Return the text unless it is empty, too long or not text at all: then raise TranscriptError."""
    if found := refused_character(text):
        raise TranscriptError(f"{name} {found.place}, as files have that are no text. Delete it, or save it anew.")
    if is_blank(text):
        raise TranscriptError(f"{name} has no text.")
    if (lines := text.count("\n") + 1) > MOST_LINES:
        raise TranscriptError(f"{name} has {lines:,} lines; at most {MOST_LINES:,} are kept. Divide it.")
    if len(text) > MOST_CHARACTERS:
        raise TranscriptError(f"{name} has {len(text):,} letters; at most {MOST_CHARACTERS:,} are kept. Divide it.")
    return text


def decode_text(name: str, content: bytes, encoding: str) -> str:
    """Decode a file that is in Unicode, or in the given encoding."""
    if not encoding:
        encoding = "utf-16" if content.startswith(UTF_16_MARKS) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        known = ENCODINGS.get(encoding, "Unicode (UTF-16)" if encoding == "utf-16" else "Unicode (UTF-8)")
        offered = ", ".join(f"in {label} it is “{sample}”" for label, sample in decoded_samples(content, line))
        raise TranscriptError(
            f"{name} is not in {known}: look at line {line}"
            + (
                f". {offered[0].upper()}{offered[1:]}. Choose its encoding and"
                if offered
                else ", save it as UTF-8, and"
            )
            + " give it again."
        ) from error


def decoded_samples(content: bytes, line: int) -> list[tuple[str, str]]:
    """Return a line decoded in each of the encodings that fit best, with the encoding's name, the likeliest first."""
    likely = [match.encoding for match in charset_normalizer.from_bytes(content, cp_isolation=list(ENCODINGS))]
    found: dict[str, str] = {}  # names of encodings by the decoded line
    for encoding in sorted(ENCODINGS, key=lambda known: likely.index(known) if known in likely else len(likely)):
        try:
            text = content.decode(encoding).split("\n")[line - 1].strip()
        except (UnicodeDecodeError, IndexError):
            continue
        if text.isprintable():
            found.setdefault(text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}…", ENCODINGS[encoding])
    return [(label, text) for text, label in list(found.items())[:MOST_SAMPLES]]


def read_plain(name: str, text: str) -> TranscriptReading:
    """Read the text of a plain file, unless it is of another form."""
    start = text.lstrip()[:20].lower()
    for begins, form, ending in ((r"{\rtf", "Rich Text", ".rtf"), ("<!doctype", "a web page", ".html")):
        if start.startswith(begins):
            raise TranscriptError(f"{name} is {form}, not plain text. Let its name end in {ending}, and give it again.")
    return TranscriptReading(text)


def unpacked(name: str, content: bytes, form: str) -> zipfile.ZipFile:
    """Return a file of packed parts, of which no more is unpacked than it says, nor than is read of any."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
        parts = packed.infolist()
    except zipfile.BadZipFile as error:
        raise TranscriptError(f"{name} is no {form}. Open it in a word processor and save it anew.") from error
    if any(part.flag_bits & 1 for part in parts):
        raise TranscriptError(f"{name} has a password. Open it, save it without one, and give it again.")
    if (size := sum(part.file_size for part in parts)) > MOST_UNPACKED:  # no more than that is unpacked of each
        raise TranscriptError(f"{name} unpacks to {size:,} bytes; at most {MOST_UNPACKED:,} are read. Divide it.")
    return packed


def read_word(name: str, content: bytes) -> TranscriptReading:
    """Read a Word document, of which no more is unpacked than it says."""
    if content.startswith(OLD_WORD):
        raise TranscriptError(
            f"{name} is a Word document of the old form (.doc) or has a password. Open it in Word, save it as .docx "
            "without a password, and give it again."
        )
    unpacked(name, content, "Word document (.docx)")
    try:
        document = docx.Document(io.BytesIO(content))
    except (KeyError, ValueError) as error:
        raise TranscriptError(f"{name} is no Word document (.docx). Open it in Word and save it as .docx.") from error
    return read_document(document)


def open_pdf(name: str, content: bytes) -> pypdf.PdfReader:
    """Return a PDF that needs no password and has no more pages than are read."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise TranscriptError(f"{name} has a password. Open it, save it without one, and give it again.")
    if (pages := len(reader.pages)) > MOST_PAGES:
        raise TranscriptError(f"{name} has {pages:,} pages; at most {MOST_PAGES:,} are read. Divide it.")
    return reader


def read_pdf(name: str, content: bytes) -> TranscriptReading:
    """Read a PDF, page after page."""
    try:
        reading = read_pages(open_pdf(name, content))
    except TranscriptError:
        raise
    except DependencyError as error:
        raise TranscriptError(
            f"{name} is protected in a way that is not read here. Open it, print it to a PDF without protection, "
            "and give that."
        ) from error
    except (PyPdfError, ValueError, KeyError) as error:
        raise TranscriptError(f"{name} cannot be read as PDF ({error}). Save it anew, or as .docx or .txt.") from error
    if not reading.text.strip():
        raise TranscriptError(
            f"{name} has pictures of pages but no text. Let a program recognise the text (OCR) first."
        )
    return reading


def read_subtitles(name: str, text: str) -> TranscriptReading:
    """Read subtitles, one line for each voice, with the speaker where it is given."""
    return read_cues(text, PurePath(name).suffix.lower().removeprefix("."), MOST_CUES)


BINARY_READERS: dict[str, Callable[[str, bytes], TranscriptReading]] = {
    ".docx": read_word,
    ".odt": lambda name, content: read_open_document(unpacked(name, content, "OpenDocument text (.odt)")),
    ".rtf": lambda _, content: read_rich_text(content),
    ".pdf": read_pdf,
}
TEXT_READERS: dict[str, Callable[[str, str], TranscriptReading]] = {
    ".txt": read_plain,
    ".srt": read_subtitles,
    ".vtt": read_subtitles,
    ".json": lambda _, text: read_speech(text),
    ".html": lambda _, text: read_web_page(text),
    ".htm": lambda _, text: read_web_page(text),
}
