"""Picture, table, page, files and API say the same of theories of every form."""

import csv
import io
import json
import re

import lxml.etree
import lxml.html
import networkx as nx
import pytest

from programmes.models import CMOC, Theory
from programmes.vocabulary import Reporting, Valence
from tests.factories import (
    CMOCActorFactory,
    CMOCContextFactory,
    CMOCFactory,
    CMOCInterventionFactory,
    CMOCLinkFactory,
    CMOCMechanismFactory,
    CMOCOutcomeFactory,
    CMOCStrategyFactory,
    ContextFactory,
    TheoryFactory,
)
from tests.views import every_view

pytestmark = pytest.mark.once  # what pages say of rows; that they work on both databases test_pages.py asks

PUBLIC = ("breakfast", "discharge", "audit-review", "gardens")
# The heads of the table, which are those of the form; in the picture outcomes stand last.
HEADS = {
    "breakfast": ["Context", "Mechanism", "Outcome"],
    "discharge": ["Intervention", "Context", "Actor", "Mechanism", "Outcome"],
    "audit-review": ["Context", "Intervention", "Mechanism", "Outcome"],
    "gardens": ["If", "Then", "Because"],
}
NAMES = {"If": "context", "Then": "outcome", "Because": "mechanism"}
PLAIN = {  # which come first in picture and table
    "In what circumstances": "Context",
    "Why": "Mechanism",
    "What follows": "Outcome",
    "What is done": "Intervention",
    "Who acts": "Actor",
    "What those who run it do": "Strategy",
}
ABSENCES = {"": "", **{value: label.lower() for value, label in Reporting.choices}}


def name_of(head):
    return NAMES.get(head, head.lower())


def plural(name):
    return "strategies" if name == "strategy" else f"{name}s"


def text_of(element):
    return " ".join(element.text_content().split())


def from_api(client, slug):
    """Return what stands in each slot, by the number of the CMOC: the labels, or the word for its absence."""
    rows = client.get(f"/api/v1/cmocs/?theory={slug}").json()["results"]
    return {row["number"]: {name_of(head): said_in(row, name_of(head)) for head in HEADS[slug]} for row in rows}


def said_in(row, name):
    labels = [part["label"] for part in row[plural(name)]]
    absence = ABSENCES[row.get(f"{name}_absence", "")]
    return labels or ([absence] if absence else [])


def head_in_table(head):
    """Return the word of the field for a column; where plain words come first, they are those of the picture."""
    of_the_field = head.xpath("string(./*[@class='of-field'])").strip()
    if not of_the_field:
        return text_of(head)
    plain = text_of(head).removesuffix(f" {of_the_field}")
    assert PLAIN[plain].lower() == of_the_field
    return PLAIN[plain]


def from_table(document):
    table = document.xpath("//section[@aria-labelledby='table']//table")[0]
    heads = [head_in_table(head) for head in table.xpath("./thead/tr/th")]
    found = {}
    for row in table.xpath("./tbody/tr[not(@class='group')]"):
        number = int(row.xpath("./th//a/@href")[0].split("/")[-2])
        cells = dict(zip(heads[1:], row.xpath("./td"), strict=True))
        found[number] = {name_of(head): words_in(cells[head]) for head in heads if name_of(head) in SLOTS}
    return heads, found


SLOTS = {"strategy", "intervention", "context", "actor", "mechanism", "outcome"}


def words_in(cell):
    """Return the labels in a cell without what is told of them besides, or the word for their absence."""
    for tag in cell.xpath(".//*[contains(@class, 'tag')]"):
        tag.drop_tree()
    return [text_of(entry).lower() if "missing" in (entry.get("class") or "") else text_of(entry) for entry in cell]


def from_picture(document):
    """Return the same of what is drawn: lines are followed from box to box by the places of their ends."""
    boxes = []
    for link in document.xpath("//a[@class='web-element']"):
        x, y, width, height = (float(link.xpath("./rect/@" + name)[0]) for name in ("x", "y", "width", "height"))
        label = text_of(link.xpath("./title")[0]).partition(" (")[0]
        boxes.append((link.get("href").split("-")[1], label, x, x + width, y, y + height))
    shown = ["".join(head.itertext()) for head in document.xpath("//*[@class='web-head']")]
    heads = [PLAIN.get(head, head) for head in shown]
    found = {}
    for group in document.xpath("//svg[not(@aria-hidden)]//g[contains(@class, 'web-cmoc')]"):
        said = {}
        for line, tip in zip(
            group.xpath("./path[@class='web-edge']/@d"), group.xpath("./path[@class='web-arrow']/@d"), strict=True
        ):
            start, end = (tuple(map(float, re.match(r"M(\S+) ([-\d.]+)", path).groups())) for path in (line, tip))
            for kind, label, left, right, top, bottom in boxes:
                if (start[0] == right and top <= start[1] <= bottom) or (
                    end[0] == left - 1 and top <= end[1] <= bottom
                ):
                    said.setdefault(kind, []).append(label)
        inside = text_of(group.xpath("./a/title")[0]) + " ".join(group.xpath("./a/text[not(@class)]//text()"))
        notes = " ".join(group.xpath(".//text[@class='web-tag-words']//text()"))
        found[int(group.xpath("./a/@href")[0].split("-")[-1])] = (said, inside, notes)
    return heads, found


@pytest.mark.untraced
@pytest.mark.parametrize("slug", PUBLIC)
def test_table_says_what_the_api_says(universe, client, slug):
    document = lxml.html.fromstring(client.get(f"/theories/{slug}/?view=table").content.decode())
    heads, table = from_table(document)

    assert [head for head in heads if name_of(head) in SLOTS] == HEADS[slug]
    assert table == from_api(client, slug)


@pytest.mark.untraced
@pytest.mark.parametrize("slug", PUBLIC)
def test_picture_says_what_the_api_says(universe, client, slug):
    document = lxml.html.fromstring(client.get(f"/theories/{slug}/?view=picture").content.decode())
    heads, picture = from_picture(document)

    expected = from_api(client, slug)
    names = [name_of(head) for head in HEADS[slug]]
    assert [name_of(head) for head in heads] == sorted(names, key=lambda name: name == "outcome")
    assert picture.keys() == expected.keys()
    boxes = {*names[: names.index("context") + 1], "outcome"}
    for number, (drawn, inside, notes) in picture.items():
        said = expected[number]
        labels = [word for name in names if name not in boxes for word in said[name]]
        missing = {name: words[0] for name, words in said.items() if words and words[0] in ABSENCES.values()}
        joined = {name: words for name, words in said.items() if name in boxes and name not in missing and words}
        assert {name: sorted(words) for name, words in drawn.items()} == {
            name: sorted(words) for name, words in joined.items()
        }
        assert all(word in inside for word in labels)
        assert all(f": {word}" in f"{inside} {notes}" for word in missing.values())


@pytest.mark.untraced
@pytest.mark.parametrize("slug", PUBLIC)
@pytest.mark.parametrize("form", ["json", "graphml"])
def test_graph_says_what_the_api_says(universe, client, slug, form):
    content = client.get(f"/theories/{slug}/web.{form}").content
    graph = (
        nx.node_link_graph(json.loads(content), edges="links")
        if form == "json"
        else nx.read_graphml(io.BytesIO(content))
    )
    found = {}
    for name, data in graph.nodes(data=True):
        if data["kind"] == "cmoc":
            ends = [end for end in graph.predecessors(name) if graph.edges[end, name]["relation"] == "part"]
            ends += [end for end in graph.successors(name) if graph.edges[name, end]["relation"].startswith("part")]
            said = {"mechanism": data["label"].split("; ")}
            for end in ends:
                said.setdefault(graph.nodes[end]["kind"], []).append(graph.nodes[end]["label"])
            for column in ("intervention", "strategy", "actor"):
                if data.get(column):
                    said[column] = data[column].split("; ")
            found[data["number"]] = {kind: sorted(words) for kind, words in said.items()}

    expected = {
        number: {
            name: sorted(words) if name != "mechanism" or words[0] not in ABSENCES.values() else None
            for name, words in said.items()
            if words and (name == "mechanism" or words[0] not in ABSENCES.values())
        }
        for number, said in from_api(client, slug).items()
    }
    for number, said in expected.items():
        if said["mechanism"] is None:
            said["mechanism"] = found[number]["mechanism"]
    assert found == expected


@pytest.mark.untraced
@pytest.mark.parametrize("slug", PUBLIC)
def test_csv_and_dot_name_every_part(universe, client, slug):
    def table(name):
        answer = client.get(f"/api/v1/cmocs.{plural(name)}/?theory={slug}&format=csv")
        rows = csv.DictReader(io.StringIO(answer.getvalue().decode()))
        return [(row["of"], list(row.values())) for row in rows]

    dot = client.get(f"/theories/{slug}/web.dot").content.decode()

    for number, said in from_api(client, slug).items():
        for name, words in said.items():
            for word in words:
                if word not in ABSENCES.values():
                    assert word in [cell for of, cells in table(name) if of == f"{slug}:{number}" for cell in cells]
                    assert word in dot


@pytest.mark.untraced
def test_page_of_a_cmoc_and_that_of_an_earlier_day_say_the_same(universe, client):
    for cmoc in CMOC.objects.filter(theory__slug="discharge").exclude(status="retired").select_related("theory"):
        page = client.get(cmoc.get_absolute_url()).context["page"]
        earlier = client.get("/theories/discharge/earlier/").context["page"]
        slots = next(row.slots for row in earlier.rows if row.cmoc.number == cmoc.number)

        assert [slot.label for slot in page.slots] == HEADS["discharge"]
        assert [slot for slot in page.slots if slot.words] == slots


CMO = (CMOCContextFactory, CMOCMechanismFactory, CMOCOutcomeFactory)


def theory_with(form, *factories):
    theory = TheoryFactory(form=form)
    cmoc = CMOCFactory(theory=theory, number=1)
    for factory in factories:
        factory(cmoc=cmoc)
    return theory


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("form", "factories", "heads"),
    [
        ("scmo", [CMOCStrategyFactory, *CMO], ["Strategy", "Context", "Mechanism", "Outcome"]),
        ("cmo", [CMOCInterventionFactory, *CMO], ["Intervention", "Context", "Mechanism", "Outcome"]),
        (
            "cimo",
            [CMOCStrategyFactory, CMOCInterventionFactory, *CMO],
            ["Strategy", "Context", "Intervention", "Mechanism", "Outcome"],
        ),
        ("if-then", [CMOCInterventionFactory, *CMO], ["Intervention", "If", "Then", "Because"]),
        # Of what nothing is said there is no column.
        ("scmo", [CMOCContextFactory], ["Context"]),
        ("cmo", [CMOCInterventionFactory, CMOCMechanismFactory], ["Intervention", "Mechanism"]),
        ("if-then", [CMOCContextFactory, CMOCOutcomeFactory], ["If", "Then"]),
        ("cmo", [], ["Statement"]),
        ("icamo", [], ["Statement"]),
        ("narrative", [CMOCOutcomeFactory, CMOCContextFactory], ["Context", "Outcome"]),
        ("narrative", [CMOCInterventionFactory], ["Intervention"]),
        ("narrative", [CMOCStrategyFactory, CMOCOutcomeFactory], ["Strategy", "Outcome"]),
        ("cmo", [CMOCActorFactory, *CMO], ["Context", "Mechanism", "Outcome", "Who acts"]),
        ("cmo", [CMOCActorFactory], ["Statement", "Who acts"]),
        ("narrative", [], ["Statement"]),
    ],
)
def test_slots_of_the_form_and_those_used_besides(db, client, form, factories, heads):
    theory = theory_with(form, *factories)
    document = lxml.html.fromstring(every_view(client, theory.get_absolute_url()))

    assert from_table(document)[0][1:] == heads
    drawn = from_picture(document)[0]
    assert sorted(drawn) == sorted(head for head in heads if head not in {"Who acts", "Statement"})


@pytest.mark.untraced
def test_configuration_without_parts_stands_in_the_table_with_its_statement(db, client):
    theory = theory_with("cmo", *CMO)
    CMOCFactory(theory=theory, number=2, statement="A text without parts.")
    CMOCFactory(theory=theory, number=3, statement="A text with a word.", mechanism_absence="unclear")
    table = lxml.html.fromstring(every_view(client, theory.get_absolute_url(), ["table"])).xpath("//table")[0]
    cells = [
        [(cell.get("data-head"), cell.get("colspan", "1"), " ".join(cell.text_content().split())) for cell in row]
        for row in table.xpath("./tbody/tr")
    ][1:]

    assert [row[1:] for row in cells] == [
        [("Statement", "3", "A text without parts.")],
        [
            ("In what circumstances (context)", "1", ""),
            ("Why (mechanism)", "1", "Unclear in source"),
            ("What follows (outcome)", "1", ""),
        ],
    ]


@pytest.mark.once
@pytest.mark.parametrize(("form", "said"), [("", ""), ("cmo", "form: context, mechanism, outcome")])
def test_form_that_nobody_named_is_not_named(db, client, form, said):
    theory = theory_with(form, *CMO)
    page = every_view(client, theory.get_absolute_url())

    assert ("form:" in page, said in page) == (bool(form), True)
    assert from_table(lxml.html.fromstring(page))[0][1:] == ["Context", "Mechanism", "Outcome"]
    assert client.get("/api/v1/theories/").json()["results"][0]["form"] == form


def test_theory_without_parts_says_that_nothing_is_drawn(db, client):
    theory = theory_with("cmo")
    address = theory.get_absolute_url()

    assert "Nothing is drawn of this" in every_view(client, address, ["picture"])
    assert "1 of 1 CMOC. Nothing is drawn of it" in client.get(f"{address}web.svg").content.decode()
    CMOCContextFactory(cmoc=theory.cmocs.get())
    assert "Nothing is drawn" not in every_view(client, address, ["picture"])
    assert "Nothing is drawn" not in client.get(f"{address}web.svg").content.decode()


def test_narrative_without_parts_is_its_text(db, client):
    theory = theory_with("narrative")
    CMOCFactory(theory=theory, number=2, statement="", statement_reporting="not-loaded")
    CMOCFactory(theory=theory, number=3, statement="", statement_reporting="")
    page = every_view(client, theory.get_absolute_url())

    assert "Where a peer is matched, hope grows." in page
    assert '<p class="missing">Not loaded</p>' in page
    assert "web-head" not in page
    assert "Take this picture with you" not in page
    assert client.get(f"{theory.get_absolute_url()}web.svg").status_code == 200
    assert client.get(f"{theory.get_absolute_url()}cmocs/1/").context["page"].slots == []


def test_nobody_said_why_a_slot_is_empty(db, client):
    theory = theory_with("cmo", CMOCOutcomeFactory)
    page = every_view(client, theory.get_absolute_url())

    assert [words for words in ("Not stated", "not stated", "Mechanism:") if words in page] == []


@pytest.mark.untraced
def test_what_authors_count_as_context_stands_where_the_column_is_explained(db, client):
    theory = theory_with("cmo", CMOCContextFactory, CMOCMechanismFactory)
    assert ">In what circumstances<" in every_view(client, theory.get_absolute_url())
    Theory.objects.filter(pk=theory.pk).update(context_meaning="What was there before.")
    page = every_view(client, theory.get_absolute_url())
    own = client.get(f"{theory.get_absolute_url()}cmocs/1/").content.decode()
    file = client.get(f"{theory.get_absolute_url()}web.svg").content.decode()

    assert ">in what circumstances<" not in page.lower()
    assert "as the authors define it" in page
    assert 'aria-describedby="context-meaning"' in page
    assert all("“What was there before.”" in re.sub(r"<[^>]*>", "", text) for text in (page, own, file))


def test_circle_of_outcomes_and_contexts_is_drawn(db, client):
    theory = TheoryFactory()
    of = {"theory": theory, "kind": "outcome-becomes-context", "source_cmoc": None, "target_text": ""}
    one = CMOCFactory(theory=theory, number=1)
    outcome = CMOCOutcomeFactory(cmoc=one).outcome
    context = CMOCContextFactory(cmoc=one).context
    other = CMOCOutcomeFactory(cmoc=CMOCFactory(theory=theory, number=2)).outcome
    nowhere = ContextFactory(theory=theory)
    CMOCLinkFactory(**of, source_outcome=outcome, target_context=context)
    CMOCLinkFactory(**of, source_outcome=outcome, target_context=nowhere)
    CMOCLinkFactory(**of, source_outcome=outcome, target_cmoc=one)
    CMOCLinkFactory(**{**of, "kind": "distal-outcome"}, source_outcome=outcome, target_outcome=other)
    CMOCLinkFactory(**{**of, "source_cmoc": one, "source_outcome": None}, target_cmoc=other.cmoc_links.get().cmoc)
    CMOCLinkFactory(
        **{**of, "source_cmoc": one, "source_outcome": None, "kind": "distal-outcome"}, target_outcome=other
    )
    CMOCLinkFactory(**{**of, "target_text": "more"}, source_outcome=other)
    page = client.get(f"{theory.get_absolute_url()}?view=picture")
    picture = page.context["drawn"].picture
    document = page.content.decode()

    assert len(picture.chains) == 5
    for chain in picture.chains:
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", chain.path)]
        assert all(0 <= number <= max(picture.width, picture.height) for number in numbers)
    assert document.count('class="web-chain-line"') == 6  # one of them explains the others
    told = [text_of(entry) for entry in lxml.html.fromstring(document).xpath("//ul[@class='web-relations']/li")]
    assert "Hope: outcome becomes context: more" in told  # to a text no link leads
    graph = nx.node_link_graph(json.loads(client.get(f"{theory.get_absolute_url()}web.json").content), edges="links")
    relations = {(start, end): data["relation"] for start, end, data in graph.edges(data=True)}
    assert relations[f"outcome:{outcome.key}", f"context:{context.key}"] == "outcome-becomes-context"
    assert relations["cmoc:1", "cmoc:2"] == "outcome-becomes-context"
    assert relations["cmoc:1", f"outcome:{other.key}"] == "distal-outcome"
    assert "outcome becomes context" in client.get(context.get_absolute_url()).content.decode()
    assert "may lead on to" in client.get(other.get_absolute_url()).content.decode()


def test_relation_beside_a_part_is_told_with_it(db, client):
    cmoc = CMOCFactory(theory=TheoryFactory(), number=1)
    outcome = CMOCOutcomeFactory(cmoc=cmoc).outcome
    CMOCLinkFactory(theory=cmoc.theory, kind="reinforces", source_cmoc=cmoc, target_outcome=outcome, target_text="")
    graph = json.loads(client.get(f"{cmoc.theory.get_absolute_url()}web.json").content)

    assert [edge["relation"] for edge in graph["links"]] == ["part; reinforces"]


@pytest.mark.untraced
@pytest.mark.parametrize("status", ["contested", "refuted", "retired"])
def test_what_no_longer_stands_is_told_in_word_and_line(db, client, status):
    theory = theory_with("cmo", CMOCOutcomeFactory)
    CMOC.objects.filter(theory=theory).update(status=status)
    page = every_view(client, f"{theory.get_absolute_url()}?status={status}")

    assert 'class="web-tag-words" x="' in page
    assert re.search(rf'class="web-tag-words"[^>]*>{status}</text>', page)
    assert (
        f">CMOC 1 · {status}</text>"
        in client.get(f"{theory.get_absolute_url()}web.svg?status={status}").content.decode()
    )
    assert f'class="web-cmoc web-{status}"' in page
    assert f'<span class="tag status-{status}">{status}</span>' in page
    assert f"{status} CMOC" in page
    assert f"CMOC 1 ({status})" in client.get(f"{theory.get_absolute_url()}web.dot?status={status}").content.decode()


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("valence", "sign", "word"),
    [
        ("positive", "+", "positive"),
        ("negative", Valence.NEGATIVE.sign, "negative"),
        ("mixed", "±", "mixed"),
        ("neither", "○", "neither welcome nor harmful"),
        ("no-change", "=", "no change"),
    ],
)
def test_outcome_tells_what_it_is_wherever_it_is_shown(db, client, valence, sign, word):
    outcome = CMOCOutcomeFactory(cmoc=CMOCFactory(theory=TheoryFactory(), number=1)).outcome
    outcome.valence, outcome.intention, outcome.distance = valence, "unintended", "distal"
    outcome.save()
    theory = outcome.theory.get_absolute_url()
    said = f"{sign} {word} · unintended · distal"
    pages = [
        f"{theory}?view=picture",
        f"{theory}?view=table",
        f"{theory}cmocs/1/",
        outcome.get_absolute_url(),
        f"{theory}earlier/",
    ]
    for address in pages:
        document = lxml.html.fromstring(client.get(address).content.decode())
        assert said in text_of(document), address
    picture = client.get(f"{theory}?view=picture").content.decode()
    assert f'class="web-outcome web-{valence}"' in picture
    assert said in client.get(f"{theory}web.dot").content.decode()
    (row,) = client.get(f"/api/v1/cmocs/?theory={outcome.theory.slug}").json()["results"][0]["outcomes"]
    assert (row["valence"], row["intention"], row["distance"]) == (valence, "unintended", "distal")
    nodes = json.loads(client.get(f"{theory}web.json").content)["nodes"]
    assert [node["qualities"] for node in nodes if node["kind"] == "outcome"] == [said]


def test_outcome_of_which_nobody_said_what_it_is(db, client):
    outcome = CMOCOutcomeFactory(cmoc=CMOCFactory(theory=TheoryFactory(), number=1)).outcome
    page = every_view(client, outcome.theory.get_absolute_url())

    assert "nspecified" not in page
    assert "Not specified" not in page
    assert "positive outcome" not in page
