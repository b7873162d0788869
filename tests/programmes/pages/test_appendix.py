"""The appendix of a theory: the same in Word, PDF and workbook, for everybody or for the team, in chosen parts."""

import datetime as dt
import io
import re

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from programmes.models import CMOC, Quote, Study, Theory
from programmes.pages.appendix import NAMES
from programmes.pages.checklist import UNCONFIRMED, rameses_ii
from programmes.transcripts.read import checksum
from programmes.vocabulary import TeamRole
from tests.factories import (
    CaveatFactory,
    CMOCContextFactory,
    CMOCFactory,
    CMOCGroupFactory,
    CMOCLinkFactory,
    CMOCMechanismFactory,
    CMOCOutcomeFactory,
    EvidenceFactory,
    MembershipFactory,
    ParticipantFactory,
    PersonKindFactory,
    QuoteFactory,
    ReviewFactory,
    ServiceFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
)
from tests.queries import asks

pytestmark = pytest.mark.django_db
TALK = "INT: Why?\nP1: I went to Marlow with him.\nHe never looked at the clock."
FORMS = ("docx", "pdf", "xlsx")


@pytest.fixture
def theory():
    """A theory with two CMOCs, quotes of which one is private and one has a covered word, and what stands around."""
    study = StudyFactory(
        slug="walks", title="Walks", citation="Doe 2026.", aim="To walk.", analysis_steps=["Read.", "Code."]
    )
    theory = TheoryFactory(study=study, slug="walked", title="Walked in", form="cmo", stage="initial")
    heading = CMOCGroupFactory(theory=theory, number=1, heading="First steps")
    first = CMOCFactory(
        theory=theory,
        number=1,
        label="1a",
        title="Taken there",
        status="candidate",
        statement="Taken, they go.",
        group=heading,
    )
    CMOCContextFactory(cmoc=first, context__label="Somebody comes", wording="where somebody\ncomes out", position=1)
    CMOCContextFactory(cmoc=first, context__label="A second one", wording="", position=2)
    CMOCMechanismFactory(cmoc=first, mechanism__label="Trust", wording="")
    CMOCOutcomeFactory(cmoc=first, outcome__label="They go", wording="they go")
    second = CMOCFactory(
        theory=theory,
        number=2,
        title="Waiting",
        statement="",
        statement_reporting="not-stated",
        context_absence="unclear",
    )
    service = ServiceFactory(study=study, number="03", name="Link workers", service_type="Charity", location="")
    person = ParticipantFactory(study=study, pseudonym="p1", role="Guest", role_reporting="reported", service=service)
    talk = SourceFactory(study=study, key="lw03", title="Talk three", text=TALK, sha256=checksum(TALK))

    def quote(key, words, **fields):
        start = TALK.index(words)
        place = {"start": start, "end": start + len(words), "locator": ""}
        return QuoteFactory(study=study, key=key, text=words, source=talk, participant=person, **place, **fields)

    covered = quote("covered", "I went to Marlow with him.", masks=["10 16"])
    private = quote("private", "He never looked at the clock.", visibility="private")
    EvidenceFactory(cmoc=first, quote=covered, role="supports", slot="context", position=1)
    EvidenceFactory(cmoc=first, quote=private, role="counters", position=2)
    EvidenceFactory(cmoc=second, quote=covered, role="supports")
    CaveatFactory(theory=theory, number=1, cmoc=first, kind="scope", text="Not at night.")
    CaveatFactory(theory=theory, number=2, cmoc=None, kind="limitation", text="Nobody was asked.")
    CMOCLinkFactory(
        theory=theory,
        number=1,
        source_cmoc=first,
        target_cmoc=second,
        kind="opposes",
        reason="So it is.",
        target_text="",
    )
    ReviewFactory(cmoc=second, number=1, verdict="agree", signed_by="R. Viewer", signed_date=dt.date(2026, 2, 3))
    return theory


def answer(client, form, query="", slug="walked"):
    return client.get(f"/theories/{slug}/appendix.{form}{query}")


def content(client, form, query="", slug="walked"):
    response = answer(client, form, query, slug)
    assert response.status_code == 200
    return io.BytesIO(response.content)


def sheets(client, query="", slug="walked"):
    book = openpyxl.load_workbook(content(client, "xlsx", query, slug))
    return {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}


def word(client, query="", slug="walked"):
    return docx.Document(content(client, "docx", query, slug))


def headings(client, query="", slug="walked"):
    return [entry.text for entry in word(client, query, slug).paragraphs if entry.style.name.startswith("Heading")]


def pdf_words(client, query="", slug="walked"):
    pages = PdfReader(content(client, "pdf", query, slug)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def tables(client, query="", slug="walked"):
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in word(client, query, slug).tables]


def sign_in(client, theory, role):
    client.force_login(MembershipFactory(study=theory.study, role=role).user)


def without_empty(rows):
    """Return a table without columns in which nothing stands."""
    kept = [place for place in range(len(rows[0])) if any(row[place] for row in rows[1:])]
    return [[row[place] for place in kept] for row in rows]


FIRST_CONTEXTS = "where somebody comes out\nA second one"
CMOCS = [
    *[["CMOC no.", "Group", "Title", "Statement", "Context", "Mechanism", "Outcome"]],
    [
        "1a",
        "First steps",
        "Taken there",
        "Taken, they go.",
        "where somebody comes out\nA second one",
        "Trust",
        "they go",
    ],
    ["2", None, "Waiting", "Not stated", "Unclear in source", None, None],
]
ENDS = {  # for whom, and how many quotes speak for the first CMOC and against it
    "": (1, 0),
    "?copy=team": (1, 1),
}


@pytest.mark.parametrize("query", ENDS)
def test_table_of_cmocs_has_parts_in_order_and_what_is_missing(client, theory, query):
    sign_in(client, theory, "curator")
    rows = sheets(client, query)["CMOCs"]
    assert [row[1] for row in rows] == ["Number", 1, None]  # where it has a printed label besides
    assert [[row[0], *row[2:8]] for row in rows] == CMOCS
    heads = ["Who acts", "Who benefits", "Services stated relevant", "Status", "For", "Against", "Address"]
    page = "http://testserver/theories/walked/cmocs/"
    assert [row[8:] for row in rows] == [
        heads,
        [None, None, None, "Candidate", *ENDS[query], f"{page}1/"],
        [None, None, None, None, 1, 0, f"{page}2/"],
    ]
    first, *_ = tables(client, query)
    said = [["" if value is None else str(value) for value in row] for row in rows]
    on_paper = without_empty(said) if query else without_empty([[row[0], *row[2:]] for row in said])
    assert first == [row[:-1] for row in on_paper]


def test_quotes_of_readers_are_those_that_everybody_reads(client, theory):
    sign_in(client, theory, "lead")
    heads, *rows = sheets(client)["Quotes"]
    assert heads[:8] == ["CMOC no.", "Role", "Part", "Quote", "Speaker", "Source", "Line", "Place"]
    said = "I went to […] with him."
    assert [row[:8] for row in rows] == [
        ["1a", "Supports", "Context", said, "Guest, Link workers", "Interview", None, None],
        ["2", "Supports", None, said, "Guest, Link workers", "Interview", None, None],
    ]
    words = pdf_words(client)
    assert said in words
    assert "Marlow" not in words
    assert "team’s copy" not in words
    assert answer(client, "docx").headers["Content-Disposition"] == 'attachment; filename="walked-appendix.docx"'


@pytest.mark.parametrize(
    ("role", "quotes", "source", "line"),
    [("reader", 2, "Interview", None), ("reviewer", 3, "Interview", None), ("curator", 3, "lw03", 2)],
)
def test_copy_of_the_team_has_what_the_role_reads_and_says_so_on_every_page(client, theory, role, quotes, source, line):
    sign_in(client, theory, role)
    rows = sheets(client, "?copy=team")["Quotes"][1:]
    assert len(rows) == quotes
    assert rows[0][3:7] == ["I went to Marlow with him.", "Guest, Link workers", source, line]
    pages = PdfReader(content(client, "pdf", "?copy=team")).pages
    assert all("The team’s copy: not for others" in page.extract_text() for page in pages)
    heads = {section.header.paragraphs[0].text for section in word(client, "?copy=team").sections}
    assert heads == {"The team’s copy: not for others"}
    book = openpyxl.load_workbook(content(client, "xlsx", "?copy=team"))
    assert {sheet.oddHeader.right.text for sheet in book} == {"The team’s copy: not for others"}
    name = answer(client, "pdf", "?copy=team").headers["Content-Disposition"]
    assert name == 'attachment; filename="walked-appendix-team.pdf"'


@pytest.mark.parametrize("form", FORMS)
def test_copy_of_the_team_is_for_the_team(client, theory, form):
    assert answer(client, form, "?copy=team").status_code == 403
    client.force_login(MembershipFactory(role="lead").user)
    assert answer(client, form, "?copy=team").status_code == 403
    Theory.objects.update(visibility="private")
    assert answer(client, form).status_code == 404


def test_team_of_a_private_theory_gets_what_everybody_would_read(client, theory):
    Theory.objects.update(visibility="private")
    sign_in(client, theory, "lead")
    found = sheets(client)
    assert [row[13] for row in found["CMOCs"][1:]] == [0, 0]
    assert len(found["Quotes"]) == 3
    assert "The theory is not public yet" in pdf_words(client)
    assert "Marlow" not in pdf_words(client)


def test_word_and_pdf_have_the_same_parts_in_order(client, theory):
    expected = [
        "Walked in",
        *["CMOCs", "Quotes", "Caveats", "Relations", "Services", "Methods", "Reviews"],
        "Reporting checklist",
    ]
    assert headings(client) == expected
    words = pdf_words(client)
    places = [words.index(f" {said} ", 9) for said in ("Taken there", "Not at night.", "opposes".title(), "To walk.")]
    assert places == sorted(places)
    for row in (row for table in tables(client) for row in table):
        for cell in row:
            for line in cell.split("\n"):
                assert " ".join(line.split()).replace(" ", "") in words.replace(" ", "")


def test_other_parts_have_their_rows(client, theory):
    found = {name: rows[1:] for name, rows in sheets(client).items()}
    assert found["Caveats"] == [
        [1, "1a", None, "Scope", "Not at night.", None, None],
        [2, None, None, "Limitation of the study", "Nobody was asked.", None, None],
    ]
    assert found["Relations"] == [["CMOC 1a", "Opposes", "CMOC 2", None, "So it is."]]
    assert found["Services"] == [["03", "Link workers", "Charity", None, None, "One to one"]]
    assert found["Methods"] == [["Aim", "To walk."], ["Steps of the analysis", "1. Read.\n2. Code."]]
    assert found["Reviews"] == [
        ["2", "R. Viewer", dt.datetime(2026, 2, 3), "Agrees", "earlier", None]  # noqa: DTZ001  a day has no zone
    ]


def test_parts_are_chosen_and_put_in_order(client, theory):
    query = "?part=methods&part=cmocs&part=&part=methods&part=decisions"
    assert headings(client, query) == ["Walked in", "Methods", "CMOCs", "Decisions"]
    assert list(sheets(client, query)) == ["Methods", "CMOCs", "Decisions", "About"]
    assert "None is here." in pdf_words(client, query)
    assert "None is here." not in pdf_words(client)
    as_offered = "&".join(f"part={name}" for name in NAMES)
    assert headings(client, f"?{as_offered}") == headings(client)


@pytest.mark.parametrize(
    ("query", "found"), [("", 3), ("quotes=1", 2), ("quotes=2", 3), ("quotes=all", 3), ("quotes=", 3)]
)
def test_so_many_quotes_for_and_against(client, theory, query, found):
    for number in (1, 2):
        quote = QuoteFactory(study=theory.study, key=f"more{number}")
        EvidenceFactory(cmoc=CMOC.objects.get(number=1), quote=quote, role="supports", position=8 + number)
    rows = sheets(client, f"?part=quotes&{query}")["Quotes"][1:]
    expected = {"": 4, "quotes=1": 2, "quotes=2": 3}.get(query, 4)
    assert len(rows) == expected
    said = f"{expected} of 4 quotes, the first for and against each CMOC."
    assert (said in pdf_words(client, f"?part=quotes&{query}")) == (expected < 4)
    assert found


def test_filter_leaves_a_part_of_the_theory(client, theory):
    found = sheets(client, "?q=waiting")
    assert [row[0] for row in found["CMOCs"][1:]] == ["2"]
    assert [row[0] for row in found["Quotes"][1:]] == ["2"]
    assert [row[0] for row in found["Caveats"][1:]] == [2]
    assert "1 of 2 CMOCs, with the words: waiting." in pdf_words(client, "?q=waiting")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("copy=teem", '“teem” is no copy; did you mean "team"?'),
        ("part=quote", '"quote" is not known here; did you mean "quotes"?'),
        ("paper=a3", '"a3" is not known here; known are portrait, landscape'),
        ("quotes=9", '"9" is not known here; known are all, 1, 2, 3'),
        (
            "status=gone",
            '"gone" is not known here; known are candidate, supported, refined, contested, refuted, retired',
        ),
        ("colour=red", '"colour" is not known to this page and was left out; known are'),
    ],
)
def test_address_that_asks_for_what_is_not_there_is_refused(client, theory, query, said):
    for form in FORMS:
        response = answer(client, form, f"?{query}")
        assert response.status_code == 400
        assert response.content.decode().startswith(said)


@pytest.mark.parametrize(("query", "lying"), [("", True), ("?paper=portrait", False), ("?part=methods", False)])
def test_paper_lies_on_its_side_where_the_table_needs_it(client, theory, query, lying):
    section = word(client, query).sections[0]
    assert (section.page_width > section.page_height) == lying
    box = PdfReader(content(client, "pdf", query)).pages[0].mediabox
    assert (box.width > box.height) == lying


@pytest.mark.once
def test_every_theory_has_an_appendix_without_what_it_has_not(client, universe):
    for study in Study.objects.all():
        client.force_login(MembershipFactory(study=study, role=TeamRole.LEAD).user)
        for theory in study.theories.all():
            found = {
                form: content(client, form, "?copy=team&status=retired&status=candidate", theory.slug) for form in FORMS
            }
            assert all(found.values())
            parts = headings(client, "?copy=team", theory.slug)
            assert parts[0] == theory.title
            quoted = Quote.objects.filter(evidence__cmoc__theory=theory).exists()
            assert ("Quotes" in parts) == quoted
            assert ("Services" in parts) == study.services.exists()
            first = " ".join(entry.text for entry in word(client, "", theory.slug).paragraphs)
            assert re.search(r"\b(None|nan)\b", first) is None


@pytest.mark.once
def test_large_theory_is_not_drawn_in_one(client, load_theory):
    load_theory("audit-review", cmocs=40)
    words = " ".join(entry.text for entry in word(client, "", "audit-review").paragraphs)
    address = "http://testserver/theories/audit-review/?view=picture"
    assert f"40 CMOCs are too many for one picture; each outcome has its own at {address}" in words
    assert len(word(client, "?outcome=o1", "audit-review").inline_shapes) == 1


def test_picture_is_in_word_with_words(client, theory):
    (shape,) = word(client).inline_shapes
    assert shape._inline.docPr.get("descr").startswith("2 of 2 CMOCs. Context, Mechanism, Outcome")
    assert "Nothing is drawn of it." not in pdf_words(client)
    CMOC.objects.update(status="retired")
    assert len(word(client).inline_shapes) == 0
    assert "Nothing is drawn of it." in pdf_words(client, "?part=figure")


@pytest.mark.parametrize("rows", [1, 3])
def test_number_of_queries_does_not_grow_with_rows(client, rows):
    theory = TheoryFactory(slug="walked")
    for number in range(1, rows + 1):
        cmoc = CMOCFactory(theory=theory, number=number, title="A title")
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=theory.study))
        CaveatFactory(theory=theory, number=number, cmoc=cmoc)
        ServiceFactory(study=theory.study, number=f"0{number}")
        ReviewFactory(cmoc=cmoc, number=1)
    # the theory's page under its filters; evidence of this copy, twice: counted, and row by row; then each part
    page = "theory, cmoc, cmoccontext + 8, evidence, caveat, cmoclink, theory, substantivetheory, memo, any service"
    parts = "cmoc, evidence, evidence, caveat, service, servicesector, personkind, evidence, service, count source"
    checklist = "any personkind, any caveat, reportinganswer"
    with asks(f"{page}, theory, cmocgroup, evidence, {parts}, lineageevent, review, publicspan, {checklist}"):
        content(client, "xlsx")


def test_choices_lead_to_each_form(client, theory):
    page = client.get("/theories/walked/appendix/?status=candidate").content.decode()
    for form in FORMS:
        assert f'formaction="/theories/walked/appendix.{form}"' in page
    assert '<input type="hidden" name="status" value="candidate">' in page
    assert re.findall(r'<option value="(\w+)" selected>', page) == list(NAMES)
    assert 'name="copy"' not in page
    sign_in(client, theory, "reader")
    assert 'name="copy"' in client.get("/theories/walked/appendix/").content.decode()
    assert client.get("/theories/walked/appendix/?status=gone").status_code == 400


def test_table_of_a_theory_leads_to_its_appendix(client, theory):
    page = client.get("/theories/walked/?view=table&status=candidate").content.decode()
    assert 'href="/theories/walked/appendix/?status=candidate"' in page


KNOWN = {  # of the items of the standard, what the study above says itself
    4: "the CMOCs of the theory",
    5: "the aim of the study or the question of the theory",
    13: "the analysis of the study",
    15: "the statements of the CMOCs",
    17: "caveats that are limitations",
}


def test_checklist_has_every_item_with_what_is_known_filled_in_and_marked(client, theory):
    rows = sheets(client, "?part=checklist")["Reporting checklist"][1:]
    items = rameses_ii().items
    assert [tuple(row[:3]) for row in rows] == [(item.number, item.section, item.title) for item in items]
    for row, item in zip(rows, items, strict=True):
        said = KNOWN.get(item.number)
        assert (row[3], bool(row[4])) == ("Yes" if said else None, bool(said))
        filled = f"Filled in by Realist, from {said}." if said else ""
        assert (row[5] or "") == " ".join(filter(None, (filled, "" if item.confirmed else UNCONFIRMED)))


def test_checklist_says_what_is_known_of_a_whole_study(client, theory):
    reported = dict.fromkeys(("setting", "design", "data_collection", "analysis", "ethics_body", "funding"), "Told.")
    Study.objects.update(**reported, interviews=3)
    theory.study.programme.description = "Somebody comes."
    theory.study.programme.save()
    PersonKindFactory(study=theory.study, asked="yes")
    CaveatFactory(theory=theory, number=3, kind="sample-limit")
    rows = sheets(client, "?part=checklist")["Reporting checklist"][1:]
    assert [row[0] for row in rows if row[3]] == [4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 17, 20]
    assert all(client.get(row[4].removeprefix("http://testserver")).status_code == 200 for row in rows if row[4])


@pytest.mark.once
def test_checklist_claims_nothing_of_a_study_that_says_nothing(client):
    study = StudyFactory(slug="bare", aim="", setting="", programme__description="", programme__setting="")
    theory = TheoryFactory(study=study, slug="walked", question="")
    rows = sheets(client, "?part=checklist")["Reporting checklist"][1:]
    assert [row[3] for row in rows] == [None] * 20
    heads = tables(client, "?part=checklist")[0][0]
    assert heads == ["Item", "Section", "What to report", "Reported", "Where", "Note"]
    assert theory.cmocs.count() == 0
    assert "RAMESES II reporting standards for realist evaluations: Wong G et al. 2016" in pdf_words(client)


def test_program_knows_an_appendix_of_ours(client, theory):
    assert word(client).core_properties.keywords == "realist-appendix-1"
    assert openpyxl.load_workbook(content(client, "xlsx")).properties.keywords == "realist-appendix-1"
