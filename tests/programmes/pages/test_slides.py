"""Slides of a theory: what is on them, as files, and the pages that lead to them."""

import io
import re
import struct
import xml.etree.ElementTree as ET

import pytest
from pypdf import PdfReader

from tests.factories import CMOCFactory, CMOCOutcomeFactory, OutcomeFactory, TheoryFactory

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks

THEORY = "/theories/thompson-2023/"
SVG = "{http://www.w3.org/2000/svg}"


def words_on(client, address):
    """Return every line of text on a slide."""
    drawing = ET.fromstring(client.get(address).content)  # noqa: S314  our own answer
    return ["".join(node.itertext()).strip() for node in drawing.iter(f"{SVG}text")]


def test_slide_of_an_outcome_says_who_speaks_against_and_where_it_comes_from(demo, client):
    words = words_on(client, f"{THEORY}slides/3.svg")
    for line in (
        "How is peer support thought to work for young people’s mental health?",
        "What may lead to",
        "Service engagement",
        "4 of 12 claims · not asked: Child or young person, Peer, Parent or carer",
        "Against CMOC 2",
        "Services quoted",
        "Psychosis service, Birmingham",
        "https://doi.org/10.1007/s44192-023-00045-2 Licence: CC BY 4.0. Underlined: the curators’ words.",
    ):
        assert line in words
    assert any("testserver/theories/thompson-2023/, " in line for line in words)
    assert any("“We definitely see it with statutory services" in line for line in words)


def test_slide_of_the_whole_theory_names_its_services(demo, client):
    words = words_on(client, f"{THEORY}slides/1.svg")
    assert {"The whole theory", "Services quoted", "Psychosis service, Birmingham", "CMOC 12"} <= set(words)


def test_filters_are_said_and_kept(demo, client):
    words = words_on(client, f"{THEORY}slides/1.svg?outcome=hope")
    assert any(line.startswith("1 of 12 claims · only some are shown: outcome: Hope") for line in words)
    assert any("/theories/thompson-2023/?outcome=hope, " in line for line in words)


def test_letters_are_large_enough_for_the_last_row(demo, client):
    drawing = client.get(f"{THEORY}slides/1.svg").content.decode()
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", drawing)]
    assert len(sizes) > 8
    assert min(sizes) >= 24
    assert 'viewBox="0 0 1920 1080"' in drawing


def test_files(demo, client):
    png = client.get(f"{THEORY}slides/1.png")
    assert (png["Content-Type"], struct.unpack(">II", png.content[16:24])) == ("image/png", (1920, 1080))
    assert png["Content-Disposition"] == 'attachment; filename="thompson-2023-slide-1.png"'
    one, every = (PdfReader(io.BytesIO(client.get(f"{THEORY}{name}.pdf").content)) for name in ("slides/2", "slides"))
    assert (len(one.pages), len(every.pages)) == (1, 6)
    assert [float(side) for side in every.pages[0].mediabox[2:]] == [1920, 1080]
    assert "Empowered to control own recovery" in every.pages[0].extract_text()


@pytest.mark.untraced
@pytest.mark.parametrize("name", ["slides/0.svg", "slides/7.svg", "slides/1.gif", "slides.svg", "slides/x.pdf"])
def test_what_is_no_slide(demo, client, name):
    assert client.get(f"{THEORY}{name}").status_code == 404


def test_wrong_filters_are_refused(demo, client):
    assert client.get(f"{THEORY}slides.pdf?outcome=hop").status_code == 400
    assert client.get(f"{THEORY}slides.pdf?shoe=9").status_code == 400
    assert client.get(f"{THEORY}slides/?outcome=hop").status_code == 400


def test_page_shows_each_slide_with_its_files(demo, client):
    page = client.get(f"{THEORY}slides/?outcome=hope").content.decode()
    assert re.findall(r'<img src="([^"]*)"', page) == [f"{THEORY}slides/1.svg?outcome=hope"]
    assert re.findall(r'href="([^"]*)" download', page) == [
        f"{THEORY}slides.pdf?outcome=hope",
        *(f"{THEORY}slides/1.{form}?outcome=hope" for form in ("svg", "png", "pdf")),
    ]
    assert f'href="{THEORY}slides/"' in client.get(THEORY).content.decode()


@pytest.mark.untraced
def test_many_claims_are_chosen_outcome_by_outcome(db, client):
    theory = TheoryFactory(question="")
    hope, rest = (OutcomeFactory(theory=theory, key=key, label=key) for key in ("hope", "rest"))
    for number in range(1, 82):
        CMOCOutcomeFactory(cmoc=CMOCFactory(theory=theory, number=number), outcome=hope if number % 2 else rest)
    address = theory.get_absolute_url()
    page = client.get(f"{address}slides/").content.decode()
    assert re.findall(r'href="(\?outcome=\w+)"', page) == ["?outcome=hope", "?outcome=rest"]
    refused = client.get(f"{address}slides.pdf")
    assert (refused.status_code, "outcome by outcome" in refused.content.decode()) == (400, True)
    chosen = client.get(f"{address}slides/?outcome=hope")
    slides = chosen.context["slides"].slides
    assert [number for slide in slides for number in slide.cmocs] == list(range(1, 61, 2))
    assert "here 1 to 30 of 41" in chosen.content.decode()
    following = re.search(r'href="([^"]*)" rel="next"', chosen.content.decode())[1].replace("&amp;", "&")
    rest = client.get(f"{address}slides/{following}")
    assert [number for slide in rest.context["slides"].slides for number in slide.cmocs] == list(range(61, 82, 2))
    assert f'href="{address}slides.pdf?outcome=hope&amp;after=59"' in rest.content.decode()
    last = words_on(client, f"{address}slides/1.svg?outcome=hope&after=59")
    assert "CMOC 61" in last
    assert f" · 2 of {len(slides)}" in " ".join(words_on(client, f"{address}slides/2.svg?outcome=hope"))
    assert chosen.content.decode().count("<img") == len(slides)


def test_bare_theory_is_as_calm(universe, client):
    words = words_on(client, "/theories/gardens/slides/1.svg")
    assert [line for line in words if "against" in line.lower() or line.startswith("Services")] == []
    assert client.get("/theories/gardens/slides/").status_code == 200


def test_theory_without_claims_has_no_slide(db, client):
    theory = TheoryFactory()
    page = client.get(f"{theory.get_absolute_url()}slides/").content.decode()
    assert "<strong>0</strong> slides" in page
    assert client.get(f"{theory.get_absolute_url()}slides.pdf").status_code == 404
