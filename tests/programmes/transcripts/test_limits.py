"""Hostile and huge files cost a process of its own no more than its limits, and the person one sentence."""

import io
import json
import logging
import resource
import runpy
import sys
import zipfile

import docx
import pypdf
import pytest
import typst

from programmes.transcripts import limits, read, reading_process
from programmes.transcripts.limits import read_in_limits
from programmes.transcripts.read import TranscriptError
from programmes.transcripts.reading import LeftOut, TranscriptReading

WORDPROCESSING = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DAMAGED = (
    " cannot be read as a Word document (.docx): it is damaged, or made in a way that is not known here. Open it in "
    "the program that it comes from, save it anew or as plain text (.txt), and give it again."
)
TOO_MUCH = (
    " takes more than 30 seconds or 512 MB of memory to read. Divide it, or save it as plain text (.txt), and give it "
    "again."
)
ENTITIES = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "lol"}">' for at in range(12))


def word_with(document, compression=zipfile.ZIP_DEFLATED):
    """Return a Word document whose main part holds this."""
    plain, written = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(written, "w", compression) as packed:
        for part in parts.infolist():
            packed.writestr(
                part.filename, document if part.filename == "word/document.xml" else parts.read(part), compression
            )
    return written.getvalue()


def body(content):
    return f'<w:document xmlns:w="{WORDPROCESSING}"><w:body>{content}</w:body></w:document>'


def paragraph(words):
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def with_password(file):
    """Return a zip file that says of its parts that they are encrypted."""
    content = bytearray(file)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 1)
    return bytes(content)


def locked_pdf(password, algorithm):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=100, height=100)
    writer.encrypt(password, "owner", algorithm=algorithm)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def pdf_of_pages(number):
    writer = pypdf.PdfWriter()
    for _ in range(number):
        writer.add_blank_page(width=100, height=100)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def empty_zip():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("notes.txt", "x")
    return written.getvalue()


HOSTILE = {
    "entities.docx": (
        lambda: word_with(f"<!DOCTYPE d [{ENTITIES}]>{body(paragraph('&e11;'))}"),
        f"entities.docx{DAMAGED}",
    ),
    "cut.docx": (lambda: word_with("<w:document"), f"cut.docx{DAMAGED}"),
    "empty.docx": (lambda: word_with(""), f"empty.docx{DAMAGED}"),
    "nested.docx": (
        lambda: word_with(body("<w:sdt><w:sdtContent>" * 5000 + paragraph("x") + "</w:sdtContent></w:sdt>" * 5000)),
        f"nested.docx{DAMAGED}",
    ),
    "bomb.docx": (
        lambda: word_with(body(paragraph("a" * 101_000_000))),
        "bomb.docx unpacks to 101,",
    ),
    "password.docx": (
        lambda: with_password(word_with(body(paragraph("x")))),
        "password.docx has a password. Open it, save it without one, and give it again.",
    ),
    "old.docx": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "old.docx is a Word document of the old form (.doc) or has a password.",
    ),
    "no-word.docx": (
        empty_zip,
        "no-word.docx is no Word document (.docx).",
    ),
    "password.pdf": (
        lambda: locked_pdf("secret", "RC4-128"),
        "password.pdf has a password. Open it, save it without one, and give it again.",
    ),
    "unseen.txt": (lambda: b"\xe2\x80\x8b\xef\xbb\xbf", "unseen.txt has no text."),
    "half.txt": (lambda: b"\xff\xfe\x00\xd8a\x00", "half.txt is not in Unicode (UTF-16): look at line 1"),
    "lines.txt": (lambda: b"a\n" * 200_000, "lines.txt has 200,001 lines; at most 200,000 are kept. Divide it."),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_in_a_sentence(name):
    make, said = HOSTILE[name]
    assert reading_process.answer(name, make(), "")["refused"].startswith(said)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_LZMA])
def test_word_document_may_be_packed_in_any_known_way(compression):
    assert reading_process.answer("a.docx", word_with(body(paragraph("Hello")), compression), "") == {
        "text": "Hello",
        "left_out": (),
        "turns": (),
        "pages": (),
    }


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_pdf_that_is_protected_but_opens_without_a_password_is_read(algorithm):
    file = pypdf.PdfWriter(clone_from=io.BytesIO(typst.compile(b"#set page(height: auto)\nHello", format="pdf")))
    file.encrypt("", "owner", algorithm=algorithm)
    written = io.BytesIO()
    file.write(written)

    assert read_in_limits("a.pdf", written.getvalue()) == TranscriptReading("Hello", pages=(0,))
    assert reading_process.answer("a.pdf", locked_pdf("x", algorithm), "")["refused"].startswith("a.pdf has a password")


def test_pdf_that_is_protected_in_an_unknown_way(monkeypatch):
    content = locked_pdf("", "RC4-128")
    monkeypatch.setattr("pypdf.PdfReader.decrypt", lambda *_: (_ for _ in ()).throw(read.DependencyError("no AES")))
    assert reading_process.answer("a.pdf", content, "") == {
        "refused": (
            "a.pdf is protected in a way that is not read here. Open it, print it to a PDF without protection, and "
            "give that."
        )
    }


def test_pages_and_cues_are_capped(monkeypatch):
    monkeypatch.setattr(read, "MOST_PAGES", 2)
    monkeypatch.setattr(read, "MOST_CUES", 1)
    cues = b"WEBVTT\n\n00:01.000 --> 00:02.000\nYes.\n\n00:03.000 --> 00:04.000\nNo.\n"

    assert reading_process.answer("a.pdf", pdf_of_pages(3), "") == {
        "refused": "a.pdf has 3 pages; at most 2 are read. Divide it."
    }
    assert reading_process.answer("a.vtt", cues, "") == {"refused": "a.vtt has 2 cues; at most 1 are read. Divide it."}


def test_error_that_nobody_foresaw_is_told_without_the_words_of_the_file(monkeypatch):
    monkeypatch.setattr(reading_process, "read_transcript", lambda *_: {}["secret"])
    assert reading_process.answer("a.odd", b"secret", "") == {
        "refused": f"a.odd{DAMAGED.replace('a Word document (.docx)', 'a transcript')}",
        "cause": "KeyError",
    }


@pytest.mark.parametrize("error", [MemoryError(), ValueError("Memory allocation failed")])
def test_want_of_memory_ends_the_process(monkeypatch, error):
    def failing(*_):
        raise error

    monkeypatch.setattr(reading_process, "read_transcript", failing)
    with pytest.raises(MemoryError):
        reading_process.answer("a.txt", b"", "")


def test_process_sets_its_limits_before_it_looks_at_the_file(monkeypatch, capsys):
    set_to = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, values: set_to.update({kind: values}))
    asked = {"name": "a.txt", "encoding": "cp1252", "memory": 5, "seconds": 7}
    monkeypatch.setattr(
        sys, "stdin", type("In", (), {"buffer": io.BytesIO(json.dumps(asked).encode() + b"\nd\xe9j\xe0\nvu")})
    )

    runpy.run_path(reading_process.__file__, run_name="__main__")

    assert json.loads(capsys.readouterr().out) == {"text": "déjà\nvu", "left_out": [], "turns": [], "pages": []}
    assert set_to == {resource.RLIMIT_AS: (5, 5), resource.RLIMIT_CPU: (7, 7), resource.RLIMIT_CORE: (0, 0)}


def test_file_is_read_in_a_process_of_its_own():
    assert read_in_limits("a.txt", "Élan 👩🏽‍🎓\r\n".encode()) == TranscriptReading("Élan 👩🏽‍🎓\n")
    notes = b"WEBVTT\n\nNOTE by Ada\n\n00:01.000 --> 00:02.000\nYes.\n"
    assert read_in_limits("a.vtt", notes) == TranscriptReading("Yes.", (LeftOut("notes", "line 3", "NOTE by Ada"),))
    assert read_in_limits("a.txt", b"\xc9lan", "cp1252") == TranscriptReading("Élan")
    with pytest.raises(TranscriptError, match=r"a\.doc ends in \.doc"):
        read_in_limits("a.doc", b"x")


def test_secrets_of_the_site_are_not_those_of_the_process(monkeypatch):
    seen = {}

    def run(*_, **options):
        seen.update(options["env"])
        return type(
            "Ended", (), {"returncode": 0, "stdout": b'{"text": "x", "left_out": [], "turns": [], "pages": []}'}
        )

    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setattr(limits.subprocess, "run", run)

    assert read_in_limits("a.txt", b"x") == TranscriptReading("x")
    assert seen["PATH"] == "/bin"
    assert set(seen) <= {*limits.KEPT_VARIABLES}


@pytest.mark.parametrize(
    ("limit", "value", "content"),
    [
        ("MOST_MEMORY", 150 * 1024**2, lambda: word_with(body(paragraph("a" * 90_000_000)))),
        ("MOST_SECONDS", 1, lambda: word_with(body("<w:p/>" * 400_000))),
        ("PATIENCE", 0.05, lambda: b"x"),
    ],
)
def test_what_takes_too_much_is_told_and_the_site_goes_on(monkeypatch, limit, value, content):
    monkeypatch.setattr(limits, limit, value)
    with pytest.raises(TranscriptError) as caught:
        read_in_limits("a.docx", content())
    said = TOO_MUCH.replace("30 s", "1 s") if limit == "MOST_SECONDS" else TOO_MUCH
    assert str(caught.value) == f"a.docx{said.replace('512 MB', '150 MB') if limit == 'MOST_MEMORY' else said}"


def test_too_many_bytes_start_no_process(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 3)
    monkeypatch.setattr(limits.subprocess, "run", None)
    with pytest.raises(TranscriptError, match="has 4 bytes"):
        read_in_limits("a.txt", b"abcd")


def test_log_tells_the_kind_of_error_alone(caplog):
    with caplog.at_level(logging.WARNING), pytest.raises(TranscriptError):
        read_in_limits("Sam's talk.docx", word_with("<w:secret"))
    assert caplog.messages == ["reading a file failed: XMLSyntaxError"]
