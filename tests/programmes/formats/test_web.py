"""The web of CMOCs as files of other programs: each holds exactly what the page shows."""

import io
import json
from xml.etree import ElementTree as ET

import networkx as nx
import pypdf
import pytest

from programmes.diagrams.graph import CMO, CMOCNode, ElementNode, Head, Mark, Web
from programmes.diagrams.layout import pictures_of
from programmes.formats.web import WEB_FORMATS, Sheet, WebFile, resolution
from tests.factories import CMOCFactory, CMOCMechanismFactory, CMOCOutcomeFactory, TheoryFactory

THEORY = "/theories/thompson-2023/"
SITE = "http://testserver"
WEB = Web(
    contexts=(ElementNode("matched", 'A "matched" peer', "/c/"),),
    cmocs=(
        CMOCNode(
            3,
            ("Trust", "Hope"),
            "/3/",
            ("matched",),
            ("wellbeing",),
            (Mark("04"), Mark("07", kind="stated")),
            ("Young person",),
            counters=1,
            caveats=2,
            missing=("context: unclear in source",),
            cells=(("actor", ("Peers",)),),
            further=(("strategy", ("pairing",)),),
            status="contested",
            stands="contested",
            absent=("Context: unclear in source",),
        ),
    ),
    outcomes=(
        ElementNode(
            "wellbeing",
            "Well\\being",
            "/o/",
            links=(
                Mark(
                    "→ A peer (inferred)", kind="ripple", target="context:matched", relation="ripple", status="inferred"
                ),
            ),
        ),
    ),
    further=(("strategy", (ElementNode("pairing", "Pairing", "/s/"),)),),
    heads=(Head("strategy", "Strategy"), CMO[0], Head("actor", "Actor"), *CMO[1:]),
)
SOURCE = WebFile("A theory", "1 of 1 CMOCs.", "Source: somebody", WEB, pictures_of(WEB))


def test_dot():
    assert WEB_FORMATS["dot"].write(SOURCE).decode() == (
        'digraph "A theory" {\n'
        "  rankdir=LR;\n"
        "  // Source: somebody\n"
        "  { rank=same; node [shape=box];\n"
        '    "strategy:pairing" [label="Pairing", URL="/s/"];\n'
        "  }\n"
        "  { rank=same; node [shape=box];\n"
        '    "context:matched" [label="A \\"matched\\" peer", URL="/c/"];\n'
        "  }\n"
        "  { rank=same; node [shape=box];\n"
        '    "cmoc:3" [label="CMOC 3 (contested): Actor: Peers; Trust; Hope; Context: unclear in source; '
        "for: Young person; services quoted: 04; services stated relevant: 07; quotes that counter: 1; "
        'caveats: 2", URL="/3/", style="dashed"];\n'
        "  }\n"
        "  { rank=same; node [shape=oval];\n"
        '    "outcome:wellbeing" [label="Well\\\\being", URL="/o/"];\n'
        "  }\n"
        '  "strategy:pairing" -> "cmoc:3";\n'
        '  "context:matched" -> "cmoc:3";\n'
        '  "outcome:wellbeing" -> "context:matched" [label="ripple, inferred", constraint=false];\n'
        '  "cmoc:3" -> "outcome:wellbeing";\n'
        "}\n"
    )


def test_graphml_and_json_hold_the_same_graph():
    from_xml = nx.read_graphml(io.BytesIO(WEB_FORMATS["graphml"].write(SOURCE)))
    from_json = nx.node_link_graph(json.loads(WEB_FORMATS["json"].write(SOURCE)), edges="links")

    assert dict(from_xml.nodes(data=True)) == dict(from_json.nodes(data=True))
    assert [*from_xml.edges(data=True)] == [*from_json.edges(data=True)]
    assert [*from_json.edges(data=True)] == [
        ("strategy:pairing", "cmoc:3", {"relation": "part"}),
        ("context:matched", "cmoc:3", {"relation": "part"}),
        ("outcome:wellbeing", "context:matched", {"relation": "ripple", "status": "inferred"}),
        ("cmoc:3", "outcome:wellbeing", {"relation": "part"}),
    ]
    assert from_xml.nodes["cmoc:3"] == {
        "kind": "cmoc",
        "label": "Trust; Hope",
        "words": "",
        "url": "/3/",
        "number": 3,
        "name": "CMOC 3",
        "group": "",
        "status": "contested",
        "missing": "Context: unclear in source",
        "actor": "Peers",
        "strategy": "Pairing",
        "who_acts": "",
        "links": "",
        "for_whom": "Young person",
        "services_quoted": "04",
        "services_stated": "07",
        "quotes_that_counter": 1,
        "caveats": 2,
    }


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize("query", ["", "outcome=wellbeing", "role=counters", "status=refuted"])
def test_files_hold_what_the_page_shows(demo, client, query):
    shown = {row["number"] for row in client.get(f"/api/v1/cmocs/?theory=thompson-2023&{query}").json()["results"]}

    graph = nx.node_link_graph(json.loads(client.get(f"{THEORY}web.json?{query}").content), edges="links")
    picture = ET.fromstring(client.get(f"{THEORY}web.svg?{query}").content)  # noqa: S314  our own answer

    numbers = [
        node.text for node in picture.iter("{http://www.w3.org/2000/svg}text") if node.get("class") == "web-number"
    ]
    assert {data["number"] for _, data in graph.nodes(data=True) if data["kind"] == "cmoc"} == shown
    assert {int(text.removeprefix("CMOC ")) for text in numbers} == shown


def test_picture_says_what_was_chosen_and_whose_words_it_shows(demo, client):
    response = client.get(f"{THEORY}web.svg?outcome=hope&q=peer")
    words = response.content.decode()
    assert "1 of 12 CMOCs, outcome: Hope; with the words: peer." in words
    assert "https://doi.org/10.1007/s44192-023-00045-2" in words
    assert "https://creativecommons.org/licenses/by/4.0/" in words
    assert f'href="{SITE}/theories/thompson-2023/cmocs/1/"' in words
    assert response["Content-Disposition"] == 'attachment; filename="thompson-2023-web.svg"'


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG\r\n\x1a\n"), ("pdf", b"%PDF-1.7")])
def test_pictures_for_slides_and_print(demo, client, form, start):
    first, second = (client.get(f"{THEORY}web.{form}") for _ in range(2))
    assert (first.status_code, first["Content-Type"]) == (200, WEB_FORMATS[form].media_type)
    assert first.content.startswith(start)
    assert len(first.content) > 20_000
    assert first.content == second.content


@pytest.mark.parametrize(("width", "height", "expected"), [(1000, 800, 144), (2000, 3000, 144), (4000, 24000, 36)])
def test_a_large_sheet_has_fewer_pixels_to_the_inch(width, height, expected):
    assert resolution(Sheet([], [], [], [], [], [], width, height)) == expected


def fonts_in(document):
    """Return every font that a PDF holds."""
    objects = [document.get_object(number) for number in range(1, document.trailer["/Size"])]
    return [entry for entry in objects if isinstance(entry, dict) and "/BaseFont" in entry]


# typst sets a whole line in another font where its font lacks one letter of it.
@pytest.mark.parametrize("label", ["Žádná škola", "Łódź, Győr, İzmir", "Ålesund, Þórr, Œuvre", "Ķemeri, Šiauliai"])
def test_letters_of_europe_are_in_the_font_of_the_picture(db, client, label):
    cmoc = CMOCFactory()
    CMOCOutcomeFactory(cmoc=cmoc, outcome__label=label)
    document = pypdf.PdfReader(io.BytesIO(client.get(f"{cmoc.theory.get_absolute_url()}web.pdf").content))
    fonts = {str(font["/BaseFont"]).partition("+")[2] for font in fonts_in(document)}
    assert fonts == {"AtkinsonHyperlegibleNext-Regular", "AtkinsonHyperlegibleNext-Bold"}


def test_large_theory_has_its_panels_on_one_sheet(db, client):
    theory = TheoryFactory()
    for _ in range(31):
        cmoc = CMOCFactory(theory=theory)
        CMOCMechanismFactory(cmoc=cmoc)
        outcome = CMOCOutcomeFactory(cmoc=cmoc).outcome
    words = client.get(f"{theory.get_absolute_url()}web.svg").content.decode()
    assert words.count('class="panel-title"') == 31
    assert f">{outcome.label}</text>" in words


def test_what_cannot_be_shown(demo, client):
    response = client.get(f"{THEORY}web.svg?outcome=hop")
    assert (response.status_code, response.content.decode()) == (400, '"hop" is not known here; did you mean "hope"?')
    assert client.get(f"{THEORY}web.gif").status_code == 404
    assert client.get("/theories/nothing/web.svg").status_code == 404


def test_page_leads_to_the_files_of_what_it_shows(demo, client):
    page = client.get(f"{THEORY}?view=picture&outcome=hope").content.decode()
    for form in WEB_FORMATS:
        assert f'href="{THEORY}web.{form}?outcome=hope"' in page
