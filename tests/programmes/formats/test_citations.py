"""How to cite a configuration: as text in three styles, and for reference managers."""

import datetime as dt
import json

import pytest
import rispy
from django.utils import timezone
from pybtex.database import parse_string

from programmes.formats.citations import CITATION_FORMATS, STYLES, CitedWork, csl_item, in_style
from tests.factories import CMOCFactory
from tests.queries import asks

CMOC = "/theories/thompson-2023/cmocs/2/"
TITLE = "Focusing a realist evaluation of peer support for paediatric mental health"
PAGE = CitedWork(
    key="a-cmoc-2",
    kind="webpage",
    title="CMOC 2: Peer advocates for child",
    authors=(("Dean M.", "Thompson"), ("Manmeet", "Bernard")),
    container="Realist",
    address="https://example.org/cmocs/2/",
    published=dt.date(2023, 9, 1),
    seen=dt.date(2026, 11, 3),
)
ARTICLE = CitedWork(
    key="a",
    kind="article-journal",
    title=TITLE,
    authors=(("Dean M.", "Thompson"), ("Manmeet", "Bernard")),
    container="Discover Mental Health",
    volume="3",
    issue="1",
    page="18",
    doi="10.1007/s44192-023-00045-2",
    published=dt.date(2023, 9, 1),
)


@pytest.mark.parametrize(
    ("work", "style", "text"),
    [
        (
            ARTICLE,
            "APA",
            f"Thompson, D. M., & Bernard, M. (2023). {TITLE}. Discover Mental Health, 3(1), 18. "
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
            f"Thompson, D.M. and Bernard, M. (2023) ‘{TITLE}’, Discover Mental Health, 3(1), p. 18. "
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


def test_what_is_not_known_is_left_out():
    assert csl_item(CitedWork("k", "report", "A report", (("", "Somebody"),))) == {
        "id": "k",
        "type": "report",
        "title": "A report",
        "author": [{"family": "Somebody", "given": ""}],
    }


def test_page_shows_every_style_of_both_works(demo, client):
    page = client.get(f"{CMOC}cite/").content.decode()
    assert page.count('<p class="citation">') == 2 * len(STYLES)
    assert f'href="{CMOC}cite/"' in client.get(CMOC).content.decode()


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
    assert [entry.fields["title"] for entry in entries.values()] == [row["title"] for row in rows] == titles
    authors = [author["family"] for author in items[0]["author"]]
    assert authors == ["Thompson", "Bernard", "Maxfield", "Halsall", "Mathers"]
    assert [person.last_names[0] for person in entries["thompson-2023"].persons["author"]] == authors
    assert [name.split(", ")[0] for name in rows[0]["authors"]] == authors
    assert entries["thompson-2023"].fields["doi"] == rows[1]["doi"] == items[1]["DOI"] == ARTICLE.doi


def test_study_that_is_in_no_journal_is_a_report(db, client):
    cmoc = CMOCFactory(theory__study__container_title="")
    items = json.loads(client.get(f"{cmoc.get_absolute_url()}cite.json").content)
    assert [item["type"] for item in items] == ["webpage", "report"]
    assert client.get(f"{cmoc.get_absolute_url()}cite/").status_code == 200


def test_what_is_not_there(demo, client):
    assert client.get(f"{CMOC}cite.endnote").status_code == 404
    assert client.get("/theories/thompson-2023/cmocs/99/cite/").status_code == 404
