"""No page of any theory says something about what is not there: every page that a visitor reaches is read.

What is looked for is the kind of sentence that is untrue of some theory: counts of nothing, tables without rows, labels
and separators with nothing behind them, menus without a choice, legends of what is not drawn.
"""

import datetime as dt
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.test import Client
from django.urls import resolve

from programmes.models import CMOC, Evidence, Quote, Theory
from programmes.models.field_table import curated_models
from programmes.vocabulary import Offered, Reporting
from surveys.models import Survey
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    CMOCGroupFactory,
    CMOCOutcomeFactory,
    EvidenceFactory,
    ParticipantFactory,
    PopulationFactory,
    ServiceFactory,
    StudyFactory,
    SurveyFactory,
    TheoryFactory,
)
from tests.views import VIEWS, every_view

SEPARATOR = re.compile(r"(^\s*[·,;]|[·,;(]\s*$|·\s*·|\(\s*\)|\b0 of 0\b)")
SHARE = re.compile(r"\b(\d+) of (\d+)\b")
# The marks and lines of a web that its legend explains, by their classes.
EXPLAINED = {
    *("web-quoted", "web-stated", "web-ripple", "web-chain", "web-countered", "web-contested", "web-refuted"),
    *("web-chain-line", "web-retired", "web-positive", "web-negative", "web-mixed", "web-neither", "web-no-change"),
}
NOT_FOR_PEOPLE = re.compile(r"\w+\(\w+=|<\w+[.\w]* object|\{[{%]")  # how Python writes a value
# Whose words the key of a page names, and the marks of such words.
WORDS_OF = {
    "layer-quote": {"participant", "quoted"},
    "layer-document": {"document"},
    "layer-statement": {"authors"},
    "layer-reading": {"curator"},
}
# What is drawn where a sign of another legend is explained, by the end of its class.
EXPLAINS = {"pill": ("quoted",), "pill-stated": ("stated",), "dotted": ("undone",)}
BLOCKS = ("p", "li", "dd", "dt", "th", "td", "h1", "h2", "h3", "figcaption", "caption", "summary")


FEW = 3  # pages of a kind that are read of a theory or a study, where not all are


def kind_of(path):
    """Return what kind of page of which theory or study stands at an address."""
    found = resolve(path)
    return found.view_name, *[*found.kwargs.values()][:1]


def pages_reached(client, starts, most):
    """Yield the pages that links lead to, once for each address; of the same page under other choices only a few.

    Of each kind of page of each theory or study at most so many are read.
    """
    waiting, known = list(starts), set(starts)
    variants: dict[str, int] = {}
    read: Counter[tuple[str, ...]] = Counter()
    while waiting:
        address = waiting.pop()
        kind = kind_of(urlsplit(address).path)
        read[kind] += "?" not in address
        if read[kind] > most:
            continue
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        document = lxml.html.fromstring(answer.content.decode())
        yield address, document
        for link in document.xpath("//a/@href"):
            path = urlsplit(urljoin(address, link))
            target = f"{path.path}?{path.query}" if path.query else path.path
            outside = path.netloc or path.path.startswith(("/admin/", "/api/", "/static/"))
            if outside or target in known:
                continue
            if path.query:
                variants[path.path] = variants.get(path.path, 0) + 1
                if variants[path.path] > 4:
                    continue
            known.add(target)
            waiting.append(target)


def text_of(element):
    return " ".join(element.text_content().split())


def own_text(element):
    """Return the text of a block without that of blocks inside it."""
    pieces = [element.text or ""]
    for child in element:
        inner = "" if child.tag in (*BLOCKS, "ul", "ol", "dl", "table") else child.text_content()
        pieces += [inner, child.tail or ""]
    return " ".join("".join(pieces).split())


def hanging_words(document):
    """Yield separators and labels with nothing behind them, and empty paragraphs."""
    for block in (found for part in document.xpath("//main | //footer") for found in part.iter(*BLOCKS)):
        words = own_text(block)
        printed = block.xpath(
            "ancestor-or-self::*[contains(@class, 'as-printed')] | ancestor::blockquote | .//*[@class='as-printed']"
        )
        if not printed and SEPARATOR.search(words):
            yield f"hanging: {words[:80]!r}"
        follows = block.getnext()
        lists = [*block, *([follows] if follows is not None else [])]
        if not printed:
            yield from (f"more than there are: {found[0]!r}" for found in SHARE.finditer(words) if too_many(found))
        if not printed and NOT_FOR_PEOPLE.search(words):
            yield f"not for people: {words[:80]!r}"
        if words.endswith(":") and not any(child.tag in ("ul", "ol", "dl", "p", "table", "div") for child in lists):
            yield f"label without anything: {words[:80]!r}"
        if block.tag in ("dd", "h1", "h2", "h3", "p") and not text_of(block) and not block.xpath(".//img | .//input"):
            yield f"empty <{block.tag}> in {text_of(block.getparent())[:60]!r}"


def too_many(share):
    return int(share[1]) > int(share[2])


def hanging_descriptions(document):
    """Yield what is said in place of a picture or a sign, and begins or ends with nothing."""
    said = document.xpath("//svg//desc/text() | //svg//title/text() | //@aria-label | //@title | //@alt")
    yield from (f"hanging: {words[:80]!r}" for words in said if SEPARATOR.search(words) or words.startswith(":"))


def empty_columns(table):
    """Yield the heads of columns in which nothing stands; in a matrix that says that nobody was heard."""
    heads = [] if "matrix" in (table.get("class") or "") else table.xpath("./thead/tr[1]/*")
    for position, head in enumerate(heads):
        cells = [row[position] for row in table.xpath("./tbody/tr") if len(row) > position]
        if cells and not any(text_of(cell) or len(cell) for cell in cells):
            yield f"column without anything: {text_of(head)!r}"


def empty_wholes(document):
    """Yield tables without rows or with empty columns, menus without a choice and lists without entries."""
    for table in document.xpath("//table[thead]"):
        yield from empty_columns(table)
        if not table.xpath("./tbody/tr[not(td[@colspan])]") and not document.xpath("//form//option[@selected]"):
            yield f"table without rows: {text_of(table)[:80]!r}"
    yield from (
        f"menu without a choice: {menu.get('name')}"
        for menu in document.xpath("//main//select[option][not(option[@value!=''])]")
    )
    yield from (
        f"list without anything: {text_of(entry.getparent())[:60]!r}"
        for entry in document.xpath("//main//ul[not(*)] | //main//ol[not(*)] | //main//dl[not(*)]")
    )


def wrong_legends(document):
    """Yield what a legend explains and the picture does not show, and the reverse."""
    legends = document.xpath("//*[contains(@class, 'web-legend')]")
    pictures = document.xpath("//svg[not(ancestor::*[contains(@class, 'web-legend')])]//*[@class]")
    drawn = {name for element in pictures for name in element.get("class").split()}
    samples = {
        name for legend in legends for sign in legend.xpath(".//svg//*[@class]") for name in sign.get("class").split()
    }
    signs = {sign.get("class").split()[-1] for legend in legends for sign in legend.xpath("./li/span[1]")}
    yield from (f"legend of what is not drawn: {name}" for name in sorted((samples & EXPLAINED) - drawn))
    for kind in sorted(signs & set(EXPLAINS)):
        if not any(drawing in name for name in drawn for drawing in EXPLAINS[kind]):
            yield f"legend of what is not drawn: {kind}"
    if legends and not signs & set(EXPLAINS):
        yield from (f"drawn and not explained: {name}" for name in sorted((drawn & EXPLAINED) - samples))


def absence_words(document):
    """Yield each word of absence that stands alone in a block or behind the name of what is missing."""
    words = {str(label).lower(): str(label) for terms in (Reporting, Offered) for label in terms.labels}
    for block in document.xpath("//main//*[not(*)] | //svg//*[local-name()='tspan' or local-name()='text']"):
        for piece in re.split(r" · ", text_of(block)):
            word = piece.rpartition(": ")[2].lower()
            if word in words and word not in {"yes", "no", "reported"}:
                yield words[word]


def words_said(study):
    """Return the words of absence that some record of a study says."""
    said = set()
    for model in curated_models():
        for entry in model._meta.concrete_fields:
            if entry.choices and {"not-reported", "unclear"} & {value for value, _ in entry.flatchoices}:
                path = model.access.path("slug")
                labels = dict(entry.flatchoices)
                rows = model.objects.filter(**{path: study}).values_list(entry.name, flat=True).distinct()
                said |= {str(labels[value]) for value in rows if value}
    return said


def study_of(address):
    """Return the study that a page is about, or nothing."""
    found = re.match(r"/(theories|studies|surveys)/([^/]+)/", address)
    if not found:
        return ""
    kind, slug = found.groups()
    if kind == "studies":
        return slug
    model = Theory if kind == "theories" else Survey
    return model.objects.filter(slug=slug).values_list("study__slug", flat=True).first() or ""


def layers_without_words(document):
    """Yield the layers that a page names though it has none of their words, and those that it has and does not name."""
    marks = set(document.xpath("//main//@data-words"))
    named = document.xpath("//main//ul[@class='layers']/li/@class")
    yield from (f"layer of words that are not there: {sign}" for sign in named if not WORDS_OF[sign] & marks)
    known = set().union(*(WORDS_OF[sign] for sign in named))
    yield from (f"words without a key: {mark}" for mark in sorted(marks - known))


def phrases(document):
    wrong = (hanging_words, hanging_descriptions, empty_wholes, wrong_legends, layers_without_words)
    return [phrase for find in wrong for phrase in find(document)]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<main><p>the study · </p></main>", ["hanging: 'the study ·'"]),
        ("<main><p>Ethics ()</p></main>", ["hanging: 'Ethics ()'"]),
        ("<main><p>0 of 0 quotes</p></main>", ["hanging: '0 of 0 quotes'"]),
        ("<footer><p>Source:</p></footer>", ["label without anything: 'Source:'"]),
        ("<main><p>CMOC 8 of 6 · Refined</p><p>6 of 6</p></main>", ["more than there are: '8 of 6'"]),
        ("<main><svg><desc>: from left to right</desc></svg></main>", ["hanging: ': from left to right'"]),
        ("<main><a aria-label='CMOC 1 · '>1</a></main>", ["hanging: 'CMOC 1 · '"]),
        ("<main><p></p></main>", ["empty <p> in ''"]),
        ("<main><p>Row(number=2)</p></main>", ["not for people: 'Row(number=2)'"]),
        (
            "<main><ul class='layers'><li class='layer-quote'>x</li><li class='layer-statement'>y</li></ul>"
            "<p data-words='authors'>z</p><p data-words='curator'>R</p></main>",
            ["layer of words that are not there: layer-quote", "words without a key: curator"],
        ),
        ("<main><table><thead><tr><th>A</th></tr></thead><tbody></tbody></table></main>", ["table without rows: 'A'"]),
        (
            "<main><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><th>1</th><td></td></tr></tbody>"
            "</table></main>",
            ["column without anything: 'B'"],
        ),
        (
            "<main><select name='sector'><option value=''>Any</option></select></main>",
            ["menu without a choice: sector"],
        ),
        ("<main><ul></ul></main>", ["list without anything: ''"]),
        (
            "<main><ul class='web-legend'><li><span class='pill'>04</span> quoted</li></ul></main>",
            ["legend of what is not drawn: pill"],
        ),
        (
            "<main><svg><a class='web-pill web-quoted'/></svg><ul class='web-legend'><li>Labels</li></ul></main>",
            ["drawn and not explained: web-quoted"],
        ),
        ("<main><p>Services: 04</p><p class='as-printed'>and then,</p></main>", []),
    ],
)
def test_phrase_about_nothing_is_found(page, said):
    assert phrases(lxml.html.fromstring(f"<html><body>{page}</body></html>")) == said


def test_word_of_absence_that_nobody_says_is_found(db):
    page = "<main><dl><dt>Dates</dt><dd>Not stated</dd></dl><svg><text>Context: not loaded · 1 counter</text></svg>"
    document = lxml.html.fromstring(f"<html><body>{page}<p>It was not stated.</p></main></body></html>")
    service = ServiceFactory(location="", location_reporting="not-stated", sector_reporting="unclear")

    assert list(absence_words(document)) == ["Not stated", "Not loaded"]
    assert words_said(service.study.slug) == {"Not stated", "Unclear in source"}
    assert study_of(f"/studies/{service.study.slug}/services/") == service.study.slug
    assert (study_of("/about/"), study_of("/theories/none/")) == ("", "")


@pytest.mark.untraced
@pytest.mark.once
@pytest.mark.parametrize("theories", ["universe", "demo"])
@pytest.mark.parametrize(
    "most", [pytest.param(FEW, id="few of a kind"), pytest.param(10**6, id="every page", marks=pytest.mark.soak)]
)
def test_no_page_speaks_of_what_is_not_there(request, theories, most):
    request.getfixturevalue(theories)
    pages = 0
    found = []
    said: dict[str, set[str]] = {}
    for address, document in pages_reached(Client(), ["/"], most):
        pages += 1
        found += [f"{address}: {phrase}" for phrase in phrases(document)]
        if (study := study_of(address)) and study not in said:
            said[study] = words_said(study)
        if study:
            found += [f"{address}: nobody says {word!r}" for word in {*absence_words(document)} - said[study]]

    assert pages > 90
    assert not found, "\n".join(found)


@pytest.mark.once
@pytest.mark.parametrize(
    ("address", "said", "unsaid"),
    [
        # A number says which of them a CMOC is only where none is missing.
        ("/theories/breakfast/cmocs/8/", "CMOC 8 · Not yet put to reviewers", "Candidate"),
        ("/theories/audit-review/cmocs/4/", "· Candidate ·", "Supported"),
        ("/theories/gardens/cmocs/2/", "CMOC 2 of 6", ""),
        ("/theories/breakfast/", "6 of 6 claims (CMOCs). 2 retired left out.", ""),
        ("/theories/audit-review/", "What was read", "Who was asked"),
        ("/theories/breakfast/?view=table", "6 of 6 CMOCs shown. 2 retired left out.", ""),
        ("/theories/breakfast/?view=table&status=retired", "2 of 8 CMOCs shown.", "left out"),
        ("/theories/breakfast/?status=retired", "2 of 8 claims (CMOCs).", "retired left out"),
        ("/theories/gardens/?view=table", "6 of 6 CMOCs shown.", "left out"),
        # Of a service users may be quoted as well as staff.
        ("/studies/breakfast-2024/services/06/", "What its people said", "staff"),
        ("/studies/breakfast-2024/services/", "01 people are quoted", "staff"),
        ("/studies/discharge-2023/services/", "“Stated for” means that the service", "“Quoted for”"),
        ("/theories/breakfast/evidence/", "Part it speaks to", "Intervention 0 quotes"),
        ("/theories/breakfast/matrix/", "Document without a reference", "No document given"),
        ("/theories/discharge/matrix/", "The source of this theory has no quotes.", "Numbers count quotes"),
        ("/theories/discharge/evidence/", "The source of this theory has no quotes.", "exactly"),
        # Nobody said how it is known who benefits, and how the speakers’ services are.
        ("/theories/discharge/cmocs/1/", "Patient", "(stated in the source)"),
        ("/theories/breakfast/cmocs/2/", "Pupils (implied by the source)", ""),
        # Labels keep their letters.
        (
            "/theories/breakfast/",
            "It may do harm, on Children are teased negative outcome, caveat 5",
            "on children are teased",
        ),
        ("/theories/breakfast/?view=picture", "Who acts: Teachers and kitchen staff", "Who acts: teachers"),
        # What nobody can tell is no number.
        ("/theories/audit-review/?view=sources", "Declined", "Declined by participants"),
        ("/theories/audit-review/matrix/", "What is said on which explanation", "Roles of speakers"),
        ("/theories/discharge/cmocs/4/", "It stays here as it stood.", "with its quotes"),
        # A speaker whose service is ambiguous is perhaps of a setting like the reader’s.
        ("/theories/breakfast/setting/?sector=health", "Perhaps described in a setting like yours 1", ""),
        ("/studies/audit-review/", "What it holds", "From people to theory"),
        ("/studies/breakfast-2024/", "From people to theory", "What it holds"),
        ("/studies/discharge-2023/memos/", "No memo of this study is shown.", "memos found"),
        ("/theories/breakfast/earlier/?day=2020-01-01", "What it was before is for its team.", "CMOCs stood then"),
        ("/theories/discharge/?service=99", "known are A, B", "01"),
        ("/theories/gardens/?service=01", "there is none to choose from", "The quotes that fit"),
        ("/cite/", "Quotes (CSV)", ""),
        # Who says only whom they think of has said nothing of their service.
        (
            "/theories/breakfast/setting/?who=pupils",
            "For the people you think of",
            "services in the study are like yours",
        ),
        ("/theories/breakfast/setting/?sector=school&who=pupils", "are like yours (School)", "For others only"),
        ("/theories/gardens/lineage/", "No decision is kept here", "stand as they were made"),
        # A search tells words of documents from those of people.
        ("/search/?q=kitchens+report", "Words of documents", "Participants’ words"),
        ("/search/?q=rumbling", "Participants’ words", "Words of documents"),
        # What a study does not tell of its services is no order and no choice.
        ("/studies/breakfast-2024/services/", "Sort by numbertypelocationsector", ""),
        ("/studies/breakfast-2024/services/", "People quoted Any", ""),
        ("/studies/discharge-2023/services/", "Sort by numbertype", "People quoted"),
        ("/theories/audit-review/evidence/", "printed orderCMOC", "CMOCservice"),
        ("/theories/breakfast/evidence/", "printed orderCMOCservice", ""),
        ("/theories/breakfast/", "Read it from your own setting", ""),
        ("/theories/gardens/", "Sources and notes", "Read it from your own setting"),
        (
            "/theories/gardens/setting/",
            "Nothing here says what kinds of service or people there are",
            "what was heard in which service",
        ),
        # Documents are told as services are, and counted as all that the study has.
        ("/studies/audit-review/", "Audit and feedback 4 documents 12 quotes", ""),
        ("/theories/audit-review/matrix/", "1 of 4", "1 of 3"),
        # Who has no statement and no publication is not said to have one.
        ("/theories/breakfast/cmocs/1/cite/", "The words are the authors’. Cite the publication", "The study"),
        ("/theories/breakfast/cmocs/8/cite/", "Cite the publication", "The words are"),
        ("/theories/gardens/cmocs/1/cite/", "may still change. Cite the study", "publication"),
    ],
)
@pytest.mark.untraced
def test_page_says_what_is_true_of_its_theory(universe, address, said, unsaid):
    words = text_of(lxml.html.fromstring(Client().get(address).content.decode()).xpath("//main")[0])

    assert said in words
    assert not unsaid or unsaid not in words


def test_heading_of_the_source_is_shown_where_no_cmoc_stands_under_it(universe, client):
    CMOCGroupFactory(theory=Theory.objects.get(slug="gardens"), number=9, heading="Cities", text="As printed.")
    table = text_of(
        lxml.html.fromstring(client.get("/theories/gardens/?view=table").content.decode()).xpath("//table")[0]
    )

    assert "CitiesAs printed. No CMOC under this heading is here" in table
    assert "Cities" not in every_view(client, "/theories/gardens/?status=retired")


def test_people_alone_can_be_what_a_setting_is_chosen_by(db, client):
    theory = TheoryFactory()
    speaker = ParticipantFactory(study=theory.study, service=ServiceFactory(study=theory.study))
    EvidenceFactory(cmoc__theory=theory, quote__participant=speaker)
    address = f"{theory.get_absolute_url()}setting/"
    assert "kinds of service or people" in client.get(address).content.decode()
    PopulationFactory(study=theory.study)

    page = client.get(address).content.decode()
    assert "Say whom you think of, and see which explanations are meant for them." in page
    assert "Choose one and press Show" in page
    assert "Say what kind of service you run" not in page


def test_words_on_a_retired_cmoc_are_found_where_it_is_named(universe):
    quote = Quote.objects.get(key="head-table")
    retired = CMOC.objects.get(theory__slug="breakfast", number=7)
    Evidence.objects.filter(quote=quote).update(cmoc=retired)

    def found(query):
        page = lxml.html.fromstring(Client().get(f"/theories/breakfast/evidence/{query}").content.decode())
        return text_of(page.get_element_by_id("found"))

    assert found("") == "6 of 6 quotes found."
    assert {found(f"?cmoc=7&sort={sort}") for sort in ("printed", "cmoc", "service")} == {"1 of 7 quotes found."}


@pytest.mark.untraced
@pytest.mark.once
@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            "own",
            {
                "This theory has no quotes.",
                "This study has no documents.",
                "The services of this study are not loaded here.",
            },
        ),
        (
            "printed",
            {
                "The source of this theory has no quotes.",
                "The source of this study has no documents.",
                "The services of this study stand in its source; they are not loaded here.",
            },
        ),
    ],
)
def test_study_of_a_team_has_no_source_beside_it(db, client, statements, said):
    absences = {"documents_absence": "none", "services_absence": "not-loaded"}
    study = StudyFactory(statements=statements, visibility="public", **absences)
    theory = TheoryFactory(study=study, quotes_absence="none", form="if-then", context_meaning="What we met.")
    CMOCContextFactory(cmoc=CMOCFactory(theory=theory))
    address = theory.get_absolute_url()
    page = " ".join(text_of(lxml.html.fromstring(every_view(client, address, [view]))) for view in VIEWS)
    about = text_of(lxml.html.fromstring(client.get(study.get_absolute_url()).content.decode()))

    assert {sentence for sentence in said if sentence in page + about} == said
    whose = "team" if statements == "own" else "authors"
    assert f"as the {whose} define" in page
    assert f"What the {whose} count" in client.get(f"{theory.get_absolute_url()}web.svg").content.decode()
    assert ("What the team counts" in page, "What the authors count" in page) == (whose == "team", whose == "authors")


@pytest.mark.once
def test_slot_of_which_nothing_is_said_has_no_heading_of_its_own(universe, client):
    page = lxml.html.fromstring(client.get("/theories/gardens/cmocs/6/").content.decode())
    listed = page.xpath("//ol[@class='configuration']")[0]

    assert [text_of(heading) for heading in listed.xpath(".//h3")] == ["Then", "Because"]
    assert listed.get("aria-label") == "Then, Because"


@pytest.mark.once
def test_large_theory_names_its_cmocs_by_their_labels(db, client):
    theory = TheoryFactory()
    for number in range(1, 32):
        cmoc = CMOCFactory(theory=theory, number=number, label="1a" if number == 1 else "")
        CMOCContextFactory(cmoc=cmoc)
        CMOCOutcomeFactory(cmoc=cmoc)
    page = lxml.html.fromstring(client.get(f"{theory.get_absolute_url()}?view=picture").content.decode())
    names = [text_of(link) for link in page.xpath("//section[@aria-labelledby='matrix-heading']//td/a")]

    assert sorted(names) == sorted(["1a", *(str(number) for number in range(2, 32))])


@pytest.mark.once
def test_survey_that_did_not_close_has_a_first_day(db, client):
    survey = SurveyFactory(opened_date=dt.date(2024, 2, 3), closed_date=None, dates_reporting="", visibility="public")
    page = lxml.html.fromstring(client.get(survey.get_absolute_url()).content.decode())

    assert "From 3 February 2024" in text_of(page)


@pytest.mark.once
def test_downloads_are_offered_of_what_is_there(universe, client):
    page = lxml.html.fromstring(client.get("/cite/").content.decode())
    offered = {
        section.get("aria-labelledby"): [text_of(link).split()[0] for link in section.xpath(".//ul[@class='tools']//a")]
        for section in page.xpath("//section")
    }

    assert offered["gardens"] == ["CMOCs", "CMOCs", "All", "its"]
    assert offered["breakfast"] == ["CMOCs", "CMOCs", "Quotes", "Services", "References", "All", "its"]


@pytest.mark.once
def test_files_of_a_picture_count_what_is_known(universe, client):
    def counts(theory):
        graph = client.get(f"/theories/{theory}/web.json").json()
        nodes = [node for node in graph["nodes"] if node["kind"] == "cmoc"]
        return [(node.get("quotes_that_counter"), node.get("caveats")) for node in nodes]

    assert counts("breakfast") == [(0, 1), (0, 1), (0, 0), (1, 2), (1, 0), (0, 0)]
    assert set(counts("gardens")) == set(counts("discharge")) == {(None, None)}
