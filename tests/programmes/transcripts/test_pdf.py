"""PDF: what was typed into forms is text, and what stands on no page as text is told."""

import io

import pypdf
import typst
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from programmes.transcripts.read import read_transcript
from programmes.transcripts.reading import LeftOut, TranscriptReading


def objects(value):
    """Return a value as an object of a PDF: a word that begins with "/" is a name."""
    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): objects(entry) for key, entry in value.items()})
    if isinstance(value, list):
        return ArrayObject([objects(entry) for entry in value])
    if isinstance(value, str):
        return NameObject(value) if value.startswith("/") else TextStringObject(value)
    return NumberObject(value) if isinstance(value, int) else value


def pdf_with(words, *annotations, blank_pages=0, attached=()):
    """Return a PDF whose first page has these words and these annotations."""
    writer = pypdf.PdfWriter(
        clone_from=io.BytesIO(typst.compile(f"#set page(height: auto)\n{words}".encode(), format="pdf"))
    )
    for _ in range(blank_pages):
        writer.add_blank_page(width=100, height=100)
    references = []
    for annotation in annotations:
        group = annotation.get("/Parent")
        group = {"/Parent": writer._add_object(objects(group))} if group else {}
        references.append(writer._add_object(objects({**annotation, **group})))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([*references, NumberObject(3)])
    for name in attached:
        writer.add_attachment(name, b"x")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def widget(kind, **entries):
    return {"/Subtype": "/Widget", "/FT": kind, **{f"/{name}": value for name, value in entries.items()}}


def test_answers_in_forms_stand_after_the_words_of_their_page():
    reading = read_transcript(
        "a.pdf",
        pdf_with(
            "How was it?",
            widget("/Tx", T="q1", V="Good, on the whole"),
            widget("/Tx", T="q2", V=""),
            widget("/Tx", T="q3"),
            widget("/Btn", T="again", V="/Yes"),
            widget("/Btn", T="never", V="/Off"),
            widget("/Btn", T="again", V="/Yes"),
            widget("/Ch", T="who", V=["nurse", "friend"]),
            widget("/Sig", T="signed", V="x"),
            {"/Subtype": "/Widget", "/T": "town", "/Parent": {"/FT": "/Tx", "/T": "home", "/V": "Leeds"}},
            {"/Subtype": "/Widget", "/Parent": {"/FT": "/Tx", "/V": 7}},
        ),
    )
    assert reading == TranscriptReading(
        "How was it?\n[q1] Good, on the whole\n[again] Yes\n[who] nurse, friend\n[home.town] Leeds", pages=(0,)
    )


def test_what_is_no_text_of_a_page_is_told():
    reading = read_transcript(
        "a.pdf",
        pdf_with(
            "How was it?",
            {"/Subtype": "/Text", "/Contents": "Who says so?"},
            {"/Subtype": "/Highlight", "/Contents": "good"},
            {"/Subtype": "/Link"},
            blank_pages=1,
            attached=["notes.txt"],
        ),
    )
    assert reading == TranscriptReading(
        "How was it?\n",
        (
            LeftOut("comments", "page 1", "Who says so?"),
            LeftOut("marks on pages", "page 1", "good"),
            LeftOut("pages without text", "page 2", ""),
            LeftOut("attached files", "notes.txt", ""),
        ),
        pages=(0, len("How was it?\n")),
    )


def test_field_that_is_its_own_group_is_read_once():
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(width=100, height=100)
    field = writer._add_object(objects(widget("/Tx", T="q", V="yes")))
    field.get_object()[NameObject("/Parent")] = field
    page[NameObject("/Annots")] = ArrayObject([field])
    written = io.BytesIO()
    writer.write(written)

    assert read_transcript("a.pdf", written.getvalue()).text == "\n[q] yes"


def test_turns_of_a_pdf_know_their_page():
    reading = read_transcript("a.pdf", pdf_with("I: How was it? #pagebreak() P1: Good."))
    assert [(turn.speaker, turn.page, reading.text[turn.start : turn.end]) for turn in reading.spoken()] == [
        ("I", 1, "How was it?"),
        ("P1", 2, "Good."),
    ]
