"""Reading files of other programs into transcripts, and refusing those that cannot be read."""

import io
import itertools
from hashlib import sha256

import docx
import pypdf
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from programmes.characters import with_line_feeds
from programmes.transcripts import read
from programmes.transcripts.read import (
    ENCODINGS,
    TranscriptError,
    checksum,
    normalised,
    read_transcript,
    with_ends_alike,
)
from programmes.transcripts.reading import LeftOut, TranscriptReading
from programmes.transcripts.turns import SpokenTurn
from tests.open_document_files import open_document


def word_file(*paragraphs, table=()):
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table is not None:
        rows = document.add_table(rows=len(table), cols=len(table[0]) if table else 1)
        for row, words in zip(rows.rows, table, strict=True):
            for cell, word in zip(row.cells, words, strict=True):
                cell.text = word
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def pdf_file(text):
    return typst.compile(f"#set page(height: auto)\n{text}".encode(), format="pdf")


def scanned_pdf():
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=100, height=100)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def locked_pdf():
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=100, height=100)
    writer.encrypt("secret")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


SUBTITLES = """WEBVTT

00:00.000 --> 00:02.000
<v Interviewer>How was
it?

00:02.000 --> 00:04.000
Fine.
"""
SRT = "1\r\n00:00:00,000 --> 00:00:02,000\r\nHow was\r\nit?\r\n\r\n2\r\n00:00:02,000 --> 00:00:04,000\r\nFine.\r\n"
TWO_VOICES = "1\n00:00:00,000 --> 00:00:02,000\n{\\an8}<i>How was it?</i>\n- Fine.\n- Good.\n"
TEAMS = """WEBVTT

0b1/11-0
00:00:03.000 --> 00:00:05.000
<v Smith, Ada>Hello there.</v>

0b1/11-1
00:00:05.000 --> 00:00:07.000
<v Bob O'Neil>I&nbsp;am &amp; was.</v>
"""


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"One\r\nTwo\rThree\n", "One\nTwo\nThree\n"),
        ("a.TXT", "\ufeffÜber 👩🏽‍🎓 שלום".encode(), "Über 👩🏽‍🎓 שלום"),
        ("a.txt", "Grüße aus Köln, schöne Wörter".encode("utf-16"), "Grüße aus Köln, schöne Wörter"),
        ("a.docx", word_file("P1: Hello", "", "I: Yes"), "P1: Hello\n\nI: Yes"),
        ("a.docx", word_file("Talk", table=[("P1", "Hello"), ("I", "Yes")]), "Talk\nP1: Hello\nI: Yes"),
        ("a.docx", word_file("No rows", table=[]), "No rows"),
        ("a.vtt", SUBTITLES.encode(), "Interviewer: How was it?\nFine."),
        ("a.srt", SRT.encode(), "How was it?\nFine."),
        ("a.srt", TWO_VOICES.encode(), "How was it?\n- Fine.\n- Good."),
        ("a.odt", open_document("<text:p>I: How?</text:p><text:p>P1: Well</text:p>"), "I: How?\nP1: Well"),
        ("a.rtf", rb"{\rtf1\ansi I: How?\par P1: Voil\'e0\par}", "I: How?\nP1: Voilà"),
        ("a.HTM", b"<!DOCTYPE html><p>I: How?</p><p>P1: Well &amp; good</p>", "I: How?\nP1: Well & good"),
        ("a.json", b'{"segments": [{"text": " How?", "speaker": "I"}]}', "I: How?"),
        ("a.vtt", TEAMS.encode(), "Smith, Ada: Hello there.\nBob O'Neil: I\xa0am & was.".replace("\xa0", " ")),
        (
            "a.docx",
            word_file(table=[("Timespan", "Content", "Speaker"), ("0:00.0 - 0:05.0", "Hello", "Ada"), ("", "Hm", "")]),
            "[0:00.0 - 0:05.0] Ada: Hello\nHm",
        ),
    ],
)
def test_files_of_other_programs(name, content, expected):
    reading = read_transcript(name, content)
    assert (reading.text, reading.left_out) == (expected, ())


@given(
    st.text(st.sampled_from("ab \r\n\x0c\u2028\ufeff"), max_size=30),
    st.lists(st.integers(0, 30), unique=True, max_size=6),
)
def test_turns_and_pages_stay_with_their_words_where_ends_of_lines_are_made_alike(text, places):
    places = sorted(place for place in places if place <= len(text) and text[place - 1 : place + 1] != "\r\n")
    turns = [SpokenTurn(start, end, "P1", "0:00:01") for start, end in itertools.pairwise(places)]
    reading = with_ends_alike(TranscriptReading(text, (LeftOut("notes", "line 1", "x"),), tuple(turns), tuple(places)))
    kept = [words for turn in turns if (words := with_line_feeds(text[turn.start : turn.end]))]
    bare = (
        [words for words in (kept[0].removeprefix("\ufeff"), *kept[1:]) if words]
        if places[:1] == [0] and kept
        else kept
    )
    assert [reading.text[turn.start : turn.end] for turn in reading.turns] == bare
    assert [turn.time for turn in reading.turns] == ["0:00:01"] * len(bare)
    assert [normalised(text[:place]) for place in places] == [reading.text[:page] for page in reading.pages]
    assert (reading.text, reading.left_out) == (normalised(text), (LeftOut("notes", "line 1", "x"),))


def test_turns_of_a_file_are_kept_where_its_lines_end_otherwise(monkeypatch):
    said = TranscriptReading("A: One\r\ntwo\r\nB: Three", (), (SpokenTurn(3, 11, "A"), SpokenTurn(16, 21, "B")))
    monkeypatch.setitem(read.TEXT_READERS, ".txt", lambda *_: said)
    reading = read_transcript("a.txt", b"")
    assert reading.text == "A: One\ntwo\nB: Three"
    assert [reading.text[turn.start : turn.end] for turn in reading.turns] == ["One\ntwo", "Three"]


def test_pdf_with_text():
    assert "Peers listen" in read_transcript("a.pdf", pdf_file("Peers listen to each other.")).text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.doc",
            b"",
            "a.doc ends in .doc; give a file that ends in one of .docx, .odt, .rtf, .html, .htm, .json, .pdf, .srt, "
            ".vtt, .txt.",
        ),
        ("a", b"", "a ends in nothing; give a file that ends in"),
        ("a.rtf", b"no rich text", r"a.rtf is no Rich Text, which begins with {\rtf; save it anew, or as plain text"),
        (
            "a.json",
            b"P1: Hello",
            "a.json breaks off or is damaged in line 1, column 1; export it anew",
        ),
        ("a.odt", b"no zip", "a.odt is no OpenDocument text (.odt). Open it in a word processor and save it anew."),
        ("a.txt", b"  \n", "a.txt has no text."),
        ("a.txt", b"one\ntwo\0", "a.txt has U+0000 (NULL) in line 2, column 4, as files have that are no text."),
        ("a.txt", rb"{\rtf1\ansi P1: Hello\par}", "a.txt is Rich Text, not plain text. Let its name end in .rtf"),
        ("a.txt", b"<!DOCTYPE html><p>P1: Hello</p>", "a.txt is a web page, not plain text."),
        ("a.docx", b"no zip", "a.docx is no Word document (.docx)."),
        ("a.pdf", b"no pdf", "a.pdf cannot be read as PDF"),
        ("a.pdf", scanned_pdf(), "a.pdf has pictures of pages but no text."),
        ("a.pdf", locked_pdf(), "a.pdf has a password."),
        (
            "a.vtt",
            b"no subtitles",
            "a.vtt has no line such as 00:00:01.000 --> 00:00:02.000; save it anew, or as",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(name, content, message):
    with pytest.raises(TranscriptError) as caught:
        read_transcript(name, content)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("I: Voilà, l’élève dit « oui »\nP1: Ça va", "cp1252"),
        ("P1: naïve café – “so”", "mac_roman"),
        ("采访者：你好吗？\r\n受访者：很好。", "gb18030"),
        ("מראיין: מה שלומך?", "cp1255"),
        ("I: Grüße", "utf_16_le"),
    ],
)
def test_other_letters_than_unicode_are_read_as_they_are_said_to_be_and_never_guessed(text, encoding):
    with pytest.raises(TranscriptError) as caught:
        read_transcript("a.txt", text.encode(encoding))
    assert f"in {ENCODINGS[encoding]} it is “{text.splitlines()[0]}”".lower() in str(caught.value).lower()
    assert read_transcript("a.txt", text.encode(encoding), encoding) == TranscriptReading(text.replace("\r\n", "\n"))


def test_letters_that_nothing_fits_are_named_with_their_line():
    with pytest.raises(TranscriptError) as caught:
        read_transcript("a.txt", b"P1: yes\nP1: \x81\xff\x1b\x80\n")
    assert str(caught.value) == (
        "a.txt is not in Unicode (UTF-8): look at line 2, save it as UTF-8, and give it again."
    )
    with pytest.raises(TranscriptError, match=r"a\.txt is not in Hebrew \(Windows\): look at line 1\."):
        read_transcript("a.txt", "“ÿ”".encode(), "cp1255")


def test_a_long_line_in_other_letters_is_shown_by_its_beginning():
    with pytest.raises(TranscriptError, match=f"it is “é{'e' * 59}…”"):
        read_transcript("a.txt", f"é{'e' * 60}".encode("cp1252"))


def test_too_large(monkeypatch):
    monkeypatch.setattr(read, "MOST_BYTES", 3)
    with pytest.raises(TranscriptError, match=r"a\.txt has 4 bytes; at most 3 are read\. Divide it\."):
        read_transcript("a.txt", b"abcd")
    monkeypatch.setattr(read, "MOST_BYTES", 4)
    monkeypatch.setattr(read, "MOST_CHARACTERS", 3)
    with pytest.raises(TranscriptError, match=r"a\.txt has 4 letters; at most 3 are kept\. Divide it\."):
        read_transcript("a.txt", b"abcd")


@given(st.text())
def test_ends_of_lines_are_made_alike_once(text):
    once = normalised(text)
    assert "\r" not in once
    assert normalised(once) == once or once.startswith("\ufeff")


def test_checksum_is_that_of_the_text_in_utf8():
    assert checksum("Ü\n") == sha256("Ü\n".encode()).hexdigest()
