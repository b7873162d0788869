"""How to cite a configuration: as text in three styles, and for reference managers."""

import datetime as dt
import json

import pytest
import rispy
from django.utils import timezone
from pybtex.database import parse_string

from programmes.formats.citations import CITATION_FORMATS, STYLES, CitedWork, csl_item, in_style, works_of
from programmes.models.names import person_name
from tests.factories import AuthorFactory, CMOCFactory
from tests.queries import asks

CMOC = "/theories/thompson-2023/cmocs/2/"
TITLE = "Focusing a realist evaluation of peer support for paediatric mental health"
AUTHORS = (person_name("Dean M.", "Thompson", ""), person_name("Manmeet", "Bernard", ""))
PAGE = CitedWork(
    key="a-cmoc-2",
    kind="webpage",
    title="CMOC 2: Peer advocates for child",
    authors=AUTHORS,
    container="Realist",
    address="https://example.org/cmocs/2/",
    published="2023",
    seen=dt.date(2026, 11, 3),
)
ARTICLE = CitedWork(
    key="a",
    kind="article-journal",
    title=TITLE,
    authors=AUTHORS,
    container="Discover Mental Health",
    volume="3",
    issue="1",
    page="18",
    doi="10.1007/s44192-023-00045-2",
    published="2023-10-05",
)


def article(*authors, title="A title", **fields):
    """Return an article with these authors: organisations as texts, persons as given names, family name and suffix."""
    names = tuple(author if isinstance(author, str) else person_name(*author) for author in authors)
    return CitedWork("k", "article-journal", title, names, **{"container": "J", "published": "2021", **fields})


@pytest.mark.parametrize(
    ("work", "style", "text"),
    [
        (
            ARTICLE,
            "APA",
            f"Thompson, D. M., & Bernard, M. (2023). {TITLE}. Discover Mental Health, 3(1), Article 18. "
            "https://doi.org/10.1007/s44192-023-00045-2",
        ),
        (
            PAGE,
            "APA",
            "Thompson, D. M., & Bernard, M. (2023). CMOC 2: Peer advocates for child. Realist. "
            "https://example.org/cmocs/2/",
        ),
        (
            ARTICLE,
            "Harvard",
            f"Thompson, D.M. and Bernard, M. (2023) ‘{TITLE}’, Discover Mental Health, 3(1), article 18. "
            "Available at: https://doi.org/10.1007/s44192-023-00045-2.",
        ),
        (
            PAGE,
            "Harvard",
            "Thompson, D.M. and Bernard, M. (2023) CMOC 2: Peer advocates for child, Realist. "
            "Available at: https://example.org/cmocs/2/ (Accessed: 3 November 2026).",
        ),
        (
            ARTICLE,
            "Vancouver",
            f"Thompson DM, Bernard M. {TITLE}. Discover Mental Health. 2023;3(1):18. doi:10.1007/s44192-023-00045-2",
        ),
        (
            PAGE,
            "Vancouver",
            "Thompson DM, Bernard M. Realist [Internet]. 2023 [cited 2026 Nov 3]. "
            "CMOC 2: Peer advocates for child. Available from: https://example.org/cmocs/2/",
        ),
    ],
)
def test_styles(work, style, text):
    assert in_style(work, style) == text


@pytest.mark.parametrize(
    ("page", "shown", "bibtex", "ris", "csl"),
    [
        ("18", ["Article 18", "article 18", ":18"], {"eid": "18"}, {"custom7": "18"}, {"number": "18"}),
        (
            "e1234",
            ["Article e1234", "article e1234", ":e1234"],
            {"eid": "e1234"},
            {"custom7": "e1234"},
            {"number": "e1234"},
        ),
        ("p. 18", ["18", "p. 18", ":18"], {"pages": "18"}, {"start_page": "18"}, {"page": "18"}),
        (
            "S12–S19",
            ["S12–S19", "pp. S12–S19", ":S12–9"],
            {"pages": "S12--S19"},
            {"start_page": "S12", "end_page": "S19"},
            {"page": "S12–S19"},
        ),
        (
            "pp. 12 - 19",
            ["12–19", "pp. 12–19", ":12–9"],
            {"pages": "12--19"},
            {"start_page": "12", "end_page": "19"},
            {"page": "12–19"},
        ),
        ("", ["J, 3", "J, 3", ";3"], {}, {}, {}),
    ],
)
def test_pages_and_article_numbers(page, shown, bibtex, ris, csl):
    work = article(("Jan", "Berg", ""), volume="3", page=page)
    for style, words in zip(STYLES, shown, strict=True):
        assert in_style(work, style).rstrip(".").endswith(words)
    (entry,) = parse_string(CITATION_FORMATS["bib"].write([work]).decode(), "bibtex").entries.values()
    (row,) = rispy.loads(CITATION_FORMATS["ris"].write([work]).decode())
    (item,) = json.loads(CITATION_FORMATS["json"].write([work]))
    assert {name: entry.fields[name] for name in ("eid", "pages") if name in entry.fields} == bibtex
    assert {name: row[name] for name in ("custom7", "start_page", "end_page") if name in row} == ris
    assert {name: item[name] for name in ("number", "page") if name in item} == csl


@pytest.mark.parametrize(
    ("published", "bibtex", "ris", "csl"),
    [
        ("", {}, {}, None),
        ("2021", {"year": "2021"}, {"year": "2021", "date": "2021//"}, [2021]),
        ("2021-03", {"year": "2021", "month": "March"}, {"year": "2021", "date": "2021/03//"}, [2021, 3]),
        (
            "2021-03-04",
            {"year": "2021", "month": "March", "day": "4"},
            {"year": "2021", "date": "2021/03/04"},
            [2021, 3, 4],
        ),
    ],
)
def test_dates_are_read_back_as_far_as_they_are_known(published, bibtex, ris, csl):
    work = article(("Jan", "Berg", ""), published=published)
    (entry,) = parse_string(CITATION_FORMATS["bib"].write([work]).decode(), "bibtex").entries.values()
    (row,) = rispy.loads(CITATION_FORMATS["ris"].write([work]).decode())
    (item,) = json.loads(CITATION_FORMATS["json"].write([work]))
    assert {name: entry.fields[name] for name in ("year", "month", "day") if name in entry.fields} == bibtex
    assert {name: row[name] for name in ("year", "date") if name in row} == ris
    assert item.get("issued", {"date-parts": [None]})["date-parts"] == [csl]


@pytest.mark.parametrize(
    ("container", "texts"),
    [
        (
            "mHealth: ageing and iPad use",
            [
                "Berg, J. (2021). A title. mHealth: ageing and iPad use.",
                "Berg, J. (2021) ‘A title’, mHealth: ageing and iPad use.",
                "Berg J. A title. mHealth: ageing and iPad use. 2021.",
            ],
        ),
        (
            "J. Clin. Nurs.",
            [
                "Berg, J. (2021). A title. J. Clin. Nurs.",
                "Berg, J. (2021) ‘A title’, J. Clin. Nurs.",
                "Berg J. A title. J. Clin. Nurs. 2021.",
            ],
        ),
        (
            "Why not?",
            [
                "Berg, J. (2021). A title. Why not?",
                "Berg, J. (2021) ‘A title’, Why not?",
                "Berg J. A title. Why not? 2021.",
            ],
        ),
    ],
)
def test_name_of_a_journal_keeps_its_letters(container, texts):
    assert [in_style(article(("Jan", "Berg", ""), container=container), style) for style in STYLES] == texts


def test_work_without_a_date():
    texts = [in_style(article(("Jan", "Berg", ""), published=""), style) for style in STYLES]
    assert texts == ["Berg, J. (n.d.). A title. J.", "Berg, J. (no date) ‘A title’, J.", "Berg J. A title. J."]


def test_what_is_not_known_is_left_out():
    work = CitedWork("k", "report", "A report", (person_name("", "Somebody", ""),), page="18")
    assert csl_item(work) == {
        "id": "k",
        "type": "report",
        "title": "A report",
        "author": [{"family": "Somebody"}],
        "page": "18",
    }


def test_page_shows_every_style_of_both_works(demo, client):
    page = client.get(f"{CMOC}cite/").content.decode()
    assert page.count('<p class="citation"') == 2 * len(STYLES)
    assert f'href="{CMOC}cite/"' in client.get(CMOC).content.decode()


def test_organisation_is_cited_by_its_name(db, client):
    cmoc = CMOCFactory(theory__study__title="A report", theory__study__published_date="2021-03")
    AuthorFactory(study=cmoc.theory.study, family="", organisation="Health for All, Leeds")
    assert [in_style(work, "APA") for work in works_of(cmoc, "https://example.org/")] == [
        f"Health for All, Leeds. (2021). CMOC {cmoc.number}: {cmoc.title}. Realist. https://example.org/",
        "Health for All, Leeds. (2021). A report.",
    ]


def test_queries(demo, client):
    with asks("cmoc, author"):
        assert client.get(f"{CMOC}cite/").status_code == 200


@pytest.mark.parametrize("form", CITATION_FORMATS)
def test_files_say_what_they_are(demo, client, form):
    response = client.get(f"{CMOC}cite.{form}")
    assert response["Content-Type"] == CITATION_FORMATS[form].media_type
    assert response["Content-Disposition"] == f'attachment; filename="thompson-2023-cmoc-2.{form}"'


def test_files_are_read_back_by_others(demo, client):
    today = timezone.localdate()
    items = json.loads(client.get(f"{CMOC}cite.json").content)
    entries = parse_string(client.get(f"{CMOC}cite.bib").content.decode(), "bibtex").entries
    rows = rispy.loads(client.get(f"{CMOC}cite.ris").content.decode())

    assert [item["type"] for item in items] == ["webpage", "article-journal"]
    assert items[0]["accessed"] == {"date-parts": [[today.year, today.month, today.day]]}
    assert [entry.type for entry in entries.values()] == ["misc", "article"]
    assert [row["type_of_reference"] for row in rows] == ["ELEC", "JOUR"]
    titles = [item["title"] for item in items]
    assert titles == ["CMOC 2: Peer advocates for child, navigating barriers to service", TITLE]
    assert [entry.fields["title"] for entry in entries.values()] == [f"{{{title}}}" for title in titles]
    assert [row["title"] for row in rows] == titles
    authors = [author["family"] for author in items[0]["author"]]
    assert authors == ["Thompson", "Bernard", "Maxfield", "Halsall", "Mathers"]
    assert [person.last_names[0] for person in entries["thompson-2023"].persons["author"]] == authors
    assert [name.split(", ")[0] for name in rows[0]["authors"]] == authors
    assert entries["thompson-2023"].fields["doi"] == rows[1]["doi"] == items[1]["DOI"] == ARTICLE.doi
    assert items[1]["issued"] == {"date-parts": [[2023, 10, 5]]}


def test_study_that_is_in_no_journal_is_a_report(db, client):
    cmoc = CMOCFactory(theory__study__container_title="")
    items = json.loads(client.get(f"{cmoc.get_absolute_url()}cite.json").content)
    assert [item["type"] for item in items] == ["webpage", "report"]
    assert client.get(f"{cmoc.get_absolute_url()}cite/").status_code == 200


def test_what_is_not_there(demo, client):
    assert client.get(f"{CMOC}cite.endnote").status_code == 404
    assert client.get("/theories/thompson-2023/cmocs/99/cite/").status_code == 404
