"""Conditions about evidence hold of one piece of evidence, for whatever is looked for and wherever.

What they should find is worked out here piece by piece, from rows that are read without any filter.
"""

import csv
import io
import itertools
import json
import re
from dataclasses import dataclass

import lxml.html
import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client

from programmes.filtersets import CMOCFilterSet, EvidenceFilterSet, QuoteFilterSet
from programmes.models import CMOC, Evidence, Quote
from programmes.models.theory import not_retired
from tests.factories import EvidenceFactory, ServiceFactory

WORDS = ("letter", "porridge", "hope", "because")  # of which the quotes have no other form


@dataclass(frozen=True)
class Said:
    """One piece of evidence: the configuration, the quote, and the values by which it is looked for."""

    evidence: int
    cmoc: int
    quote: int
    number: int
    key: str
    values: frozenset[tuple[str, str]]


def evidence_that_is_public() -> list[Said]:
    found = []
    for entry in Evidence.objects.visible_to(AnonymousUser()).filter(not_retired("cmoc")).select_related("cmoc"):
        quote, speaker = entry.quote, entry.quote.participant
        service = speaker.service if speaker else None
        values = {"role": entry.role, "slot": entry.slot, "speaker_role": speaker.role if speaker else ""}
        of_a_document = speaker is None and quote.source is not None and quote.source.kind == "document"
        if quote.source and quote.source.reference:
            values["document"] = str(quote.source.reference.number)
        elif of_a_document:
            values["document"] = "not-given"
        if service:
            values["service"] = service.number
        elif not of_a_document:
            values["service"] = "not-given"
        pairs = {(name, value) for name, value in values.items() if value}
        if service:
            pairs |= {("sector", key) for key in service.sector_links.values_list("sector__key", flat=True)}
        pairs |= {("quote_q", word) for word in WORDS if word in re.findall(r"\w+", quote.text.lower())}
        found.append(Said(entry.pk, entry.cmoc_id, quote.pk, entry.cmoc.number, quote.key, frozenset(pairs)))
    return found


def chosen(filterset, model, conditions, rf):
    """Return the rows that a filter set keeps, for nobody in particular."""
    request = rf.get("/")
    request.user = AnonymousUser()
    data = QueryDict(mutable=True)
    data.update(conditions)
    asked = filterset(data, model.objects.visible_to(request.user), request=request)
    assert asked.is_valid(), asked.errors
    return set(asked.qs.values_list("pk", flat=True))


def assert_kept(conditions, said, rf):
    bearing = [entry for entry in said if entry.values.issuperset(conditions.items())]
    assert chosen(CMOCFilterSet, CMOC, conditions, rf) == {entry.cmoc for entry in bearing}, conditions
    assert chosen(EvidenceFilterSet, Evidence, conditions, rf) == {entry.evidence for entry in bearing}, conditions
    # A quote that bears on nothing has a speaker too.
    quotes = chosen(QuoteFilterSet, Quote, conditions, rf) & {entry.quote for entry in said}
    assert quotes == {entry.quote for entry in bearing}, conditions


def combinations(said, size):
    """Yield every combination of values of different conditions."""
    values = {}
    for name, value in sorted(set().union(*(entry.values for entry in said))):
        values.setdefault(name, []).append(value)
    for names in itertools.combinations(values, size):
        for combination in itertools.product(*(values[name] for name in names)):
            yield dict(zip(names, combination, strict=True))


@pytest.mark.untraced
@pytest.mark.once
def test_any_one_or_two_conditions_hold_of_one_piece_of_evidence(universe, rf):
    said = evidence_that_is_public()
    asked = [*combinations(said, 1), *combinations(said, 2)]
    assert {name for conditions in asked for name in conditions} == {
        *EvidenceFilterSet.of_quote,
        "role",
        "slot",
    }
    # Many are met by two pieces of evidence on one configuration, and by no single one.
    apart = [
        conditions
        for conditions in asked
        for cmoc in {entry.cmoc for entry in said}
        if set().union(*(entry.values for entry in said if entry.cmoc == cmoc)).issuperset(conditions.items())
        and not any(entry.values.issuperset(conditions.items()) for entry in said if entry.cmoc == cmoc)
    ]
    assert len(apart) > 5

    for conditions in [*apart, *asked[::6]]:  # all of them in the full size
        assert_kept(conditions, said, rf)


@pytest.mark.soak
@pytest.mark.parametrize("theories", ["universe", "demo"])
def test_any_three_conditions_hold_of_one_piece_of_evidence(request, rf, theories):
    request.getfixturevalue(theories)
    said = evidence_that_is_public()

    for conditions in itertools.chain.from_iterable(combinations(said, size) for size in (1, 2, 3)):
        assert_kept(conditions, said, rf)


PRINTED_ADDRESS = re.compile(rb'<p class="print-line".*?</p>')
ROLES = ["supports", "counters", "refines", "illustrates"]


@pytest.mark.untraced
@pytest.mark.once
@pytest.mark.parametrize(
    "together",
    [
        pytest.param(lambda values: zip(values, itertools.cycle(ROLES), strict=False), id="some"),
        pytest.param(lambda values: itertools.product(values, ROLES), id="all", marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("name", ["service", "sector", "speaker_role"])
def test_page_picture_list_of_quotes_and_files_keep_the_same(demo, client, name, together):
    said = evidence_that_is_public()
    values = sorted({value for entry in said for known, value in entry.values if known == name})
    for value, role in together(values):
        conditions = {name: value, "role": role}
        bearing = [entry for entry in said if entry.values.issuperset(conditions.items())]
        numbers = sorted({entry.number for entry in bearing})

        page = client.get("/theories/thompson-2023/", {"view": "table", **conditions})
        assert [row.cmoc.number for row in page.context["page"].rows] == numbers, conditions
        answer = client.get("/theories/thompson-2023/", conditions).context["page"]
        claims = [claim for group in answer.groups for claim in group.claims]
        assert sorted(claim.cmoc.number for claim in claims) == numbers, conditions
        said_so = {entry.key for entry in bearing}
        for claim in claims:  # the voice that was asked for is shown, on its side
            voice = claim.countering if role == "counters" else claim.supporting
            assert (voice.chosen, voice.quote.key in said_so) == (True, True), conditions
        picture = json.loads(client.get("/theories/thompson-2023/web.json", conditions).content)
        assert sorted(node["number"] for node in picture["nodes"] if node["kind"] == "cmoc") == numbers, conditions
        quotes = client.get("/theories/thompson-2023/evidence/", conditions)
        assert [row.quote.key for row in quotes.context["page"].rows] == sorted({entry.key for entry in bearing})
        table = client.get("/api/v1/cmocs/", {"theory": "thompson-2023", "format": "csv", **conditions}).getvalue()
        assert sorted(int(row["number"]) for row in csv.DictReader(io.StringIO(table.decode()))) == numbers


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("address", "now"),
    [
        ("/api/v1/cmocs/?fields=id&service_quoted=04&evidence_role=counters", "service=04&role=counters"),
        ("/theories/breakfast/?service_quoted=04&evidence_role=counters", "service=04&role=counters"),
        ("/theories/breakfast/web.json?service_quoted=04&evidence_role=counters", "service=04&role=counters"),
        ("/theories/breakfast/evidence/?q=letter", "quote_q=letter"),
    ],
)
def test_former_names_of_filters_still_work(universe, address, now):
    path, _, asked = address.partition("?")
    fields = "fields=id&" if "fields=id" in asked else ""

    before, after, whole = (
        PRINTED_ADDRESS.sub(b"", Client().get(f"{path}?{query}").content)
        for query in (asked, f"{fields}{now}", fields.rstrip("&"))
    )

    assert before == after != whole


@pytest.mark.once
def test_what_has_no_service_or_document_is_asked_for_beside_those_that_have(universe, rf):
    said = evidence_that_is_public()
    for name, values in (("service", ("01", "not-given")), ("document", ("2", "not-given"))):
        either = [entry for entry in said if {(name, value) for value in values} & entry.values]
        request = rf.get("/")
        request.user = AnonymousUser()
        data = QueryDict("&".join(f"{name}={value}" for value in values))
        kept = CMOCFilterSet(data, CMOC.objects.visible_to(request.user), request=request).qs

        assert set(kept.values_list("pk", flat=True)) == {entry.cmoc for entry in either}
        assert {entry.values & {(name, value)} for entry in either for value in values} > {frozenset()}


@pytest.mark.once
@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("service=not-givn", 404, 'did you mean "not-given"?'),
        ("document=not-givn", 400, "Enter a whole number."),
        ("service_stated=not-given", 404, '"not-given" is not known here'),
    ],
)
def test_word_for_what_is_not_given_belongs_to_conditions_about_evidence(universe, client, query, status, said):
    answer = client.get(f"/api/v1/cmocs/?{query}")

    assert (answer.status_code, said in answer.json()["errors"][0]["message"]) == (status, True), answer.json()


@pytest.mark.untraced
@pytest.mark.once
@pytest.mark.parametrize("theory", ["breakfast", "audit-review"])
def test_every_count_of_a_matrix_leads_to_as_many_quotes(universe, client, theory):
    page = lxml.html.fromstring(client.get(f"/theories/{theory}/matrix/").content.decode())
    links = page.xpath("//td/a[contains(@href, '/evidence/')]")
    led = []
    for link in links:
        found = client.get(link.get("href")).context["page"].found
        led.append((link.get("href"), int(link.text_content()) == found))

    assert [address for address, equal in led if not equal] == []
    counted = [cell for cell in page.xpath("//table[contains(@class, 'matrix')]//td") if cell.text_content().strip()]
    assert all(cell.xpath("./a") for cell in counted)
    asked = {name for name in ("service", "document") if f"{name}=not-given" in str(led)}
    assert asked == ({"service", "document"} if theory == "breakfast" else {"document"})


@pytest.mark.once
def test_facets_offer_what_has_no_service_where_others_have_one(universe, client):
    def offered(theory, query=""):
        facets = client.get(f"/theories/{theory}/evidence/{query}").context["page"].facets
        return {
            facet.name: [option.quotes for option in facet.options if option.value == "not-given"] for facet in facets
        }

    asked = {name: offered("breakfast")[name] for name in ("service", "document")}
    for name, quotes in asked.items():
        found = client.get(f"/theories/breakfast/evidence/?{name}=not-given").context["page"]
        assert quotes == [found.found]
        assert [option.label for _, option in found.chosen] == [
            {"service": "No service given", "document": "Document without a reference"}[name]
        ]
    assert "service" not in offered("audit-review")
    assert len(offered("audit-review")["document"]) == 1
    table = client.get("/theories/breakfast/?view=table&service=not-given").content.decode()
    assert '<option value="not-given" selected>No service given</option>' in table


def test_matrix_without_a_column_is_left_out(db, client):
    evidence = EvidenceFactory()
    address = f"{evidence.cmoc.theory.get_absolute_url()}matrix/"
    before = client.get(address).content.decode().partition("<body")[2]
    ServiceFactory(study=evidence.cmoc.theory.study)
    after = client.get(address).content.decode().partition("<body")[2]

    assert ("CMOCs by services" in before, "matrix.csv" in before) == (False, False)
    assert ("CMOCs by services" in after, "matrix.csv" in after) == (True, True)
    assert "1 quote bears on this theory" in before
