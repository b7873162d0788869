"""The matrix of CMOCs by source and speaker in the admin."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from programmes.desk.evidence_matrix import PROPERTIES, evidence_matrix_page, quotes_of_cell
from programmes.models import Evidence, Membership, Quote, Theory
from tests.factories import CMOCFactory, EvidenceFactory, MembershipFactory, QuoteFactory, UserFactory
from tests.queries import asks


@pytest.fixture
def theory(demo):
    return Theory.objects.select_related("study").get(slug="thompson-2023")


def signed_in(client, theory, role):
    user = UserFactory(username=role, is_staff=True)
    user.groups.add(Group.objects.get(name=role.capitalize()))
    Membership.objects.create(study=theory.study, user=user, role=role)
    client.force_login(user)
    return user


def address(theory, query=""):
    return reverse("admin:programmes_theory_matrix", args=[theory.pk]) + query


def test_by_sector(theory, client):
    page = evidence_matrix_page(theory, signed_in(client, theory, "curator"), "sector")
    assert page.columns == [
        ("Charity", "Charity"),
        ("Health service", "Health service"),
        ("Local authority", "Local authority"),
        ("Private company", "Private company"),
        ("School", "School"),
    ]
    assert page.quotes == 22
    assert sum(row.quotes for row in page.rows) == Evidence.objects.filter(cmoc__theory=theory).count()
    assert sum(page.totals) == 22
    first = page.rows[0]
    assert sum(cell.quotes for cell in first.cells) == first.quotes == 2


@pytest.mark.once
@pytest.mark.slow(seconds=10, reason="follows every link of seven tables, a page of the admin each")
@pytest.mark.parametrize("by", PROPERTIES)
def test_every_number_leads_to_that_many_quotes(theory, client, by):
    signed_in(client, theory, "curator")
    page = client.get(address(theory, f"?by={by}")).content.decode()
    cells = re.findall(r'<a href="([^"]*\?cell=[^"]*)">(\d+)</a>', page)
    assert len(cells) >= 12
    for link, number in cells:
        assert client.get(link).context["cl"].result_count == int(number), link


def test_quotes_of_nobody_are_not_stated(theory, client):
    user = signed_in(client, theory, "curator")
    quote = QuoteFactory(study=theory.study, participant=None, consent="published")
    EvidenceFactory(cmoc=CMOCFactory(theory=theory, number=99), quote=quote, role="counters")
    for by in PROPERTIES:
        page = evidence_matrix_page(theory, user, by)
        assert page.columns[-1] == ("", "Not given")
        last = page.rows[-1].cells[-1]
        assert (last.quotes, last.counters) == (1, 1)
    listing = reverse("admin:programmes_quote_changelist")
    cell = f"{listing}?cell={Evidence.objects.get(quote=quote).cmoc_id}.role."
    assert client.get(cell).context["cl"].result_count == 1


def test_cell_is_for_those_who_may_open_the_matrix(db):
    """Of others nobody learns by it which quotes are of one participant."""
    cmoc = CMOCFactory(theory__visibility="public", theory__study__visibility="public")
    study = cmoc.theory.study
    for visibility in ("public", "private"):
        EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=study, key=visibility, visibility=visibility))
    found = {
        role: [*quotes_of_cell(MembershipFactory(study=study, role=role).user, cmoc.pk, "role", "").order_by("key")]
        for role in ("reader", "reviewer", "curator")
    }
    assert {role: [quote.key for quote in quotes] for role, quotes in found.items()} == {
        "reader": [],
        "reviewer": [],
        "curator": ["private", "public"],
    }
    assert not quotes_of_cell(UserFactory(), cmoc.pk, "role", "").exists()


def test_csv_says_what_the_page_says(theory, client):
    user = signed_in(client, theory, "curator")
    answer = client.get(address(theory, "?by=source&format=csv"))
    assert answer["Content-Disposition"] == 'attachment; filename="thompson-2023-by-source.csv"'
    lines = answer.content.decode().splitlines()
    page = evidence_matrix_page(theory, user, "source")
    assert len(lines) == 1 + len(page.rows)
    assert lines[0].split(",")[:4] == ["cmoc", "label", "title", page.columns[0][1]]


def test_a_theory_without_cmocs(theory, client):
    signed_in(client, theory, "curator")
    empty = Theory.objects.create(study=theory.study, slug="empty", title="Empty")
    assert "This theory has no CMOC yet." in client.get(address(empty)).content.decode()


def test_garbage(theory, client):
    signed_in(client, theory, "curator")
    assert client.get(address(theory, "?by=shoe-size")).status_code == 404
    assert client.get(reverse("admin:programmes_theory_matrix", args=[999_999])).status_code == 404
    listing = reverse("admin:programmes_quote_changelist")
    for cell in ("x", "1", "1.shoe-size.9", f"{'9' * 30}.role.x"):
        assert client.get(f"{listing}?cell={cell}").context["cl"].result_count == 0
    assert client.get(listing).context["cl"].result_count == Quote.objects.visible_to(UserFactory()).count()


@pytest.mark.parametrize("role", ["reader", "reviewer"])
def test_those_who_do_not_curate_see_no_sources(theory, client, role):
    signed_in(client, theory, role)
    assert client.get(address(theory)).status_code == 403


def test_queries(theory, client):
    user = signed_in(client, theory, "curator")
    for number in (90, 91):
        with asks("evidence, cmoc"):
            evidence_matrix_page(theory, user, "role")
        EvidenceFactory(cmoc=CMOCFactory(theory=theory, number=number), quote=QuoteFactory(study=theory.study))
