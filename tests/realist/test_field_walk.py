"""A word of its own in every text of every record, everybody at every door: nobody reads a field that is not theirs.

The access walk asks for rows, this one for fields: whoever may see a record need not read all of it. Pages, rows of the
API, forms, histories and lists are read, and the lists are asked for every word by every filter, lookup and search:
neither may what is found tell a word, nor that there is one. In the full size every filter is asked for every word that
takes a role, and for the others those of their fields, by everybody.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import resolve, reverse

from programmes.integrity.access import NOBODY
from programmes.models import CMOC, Study
from programmes.models.field_table import least_role
from programmes.models.hidden_fields import role_of_path
from programmes.package.write import write_package
from programmes.pages.as_data import ending_of
from programmes.vocabulary import TeamRole
from realist.api import INNER_LISTS, RESOURCES
from tests import factories as make
from tests.planting import Mark, Planting, page_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = ("reader", "reviewer", "curator", "lead")
EVERYBODY = ("anonymous", "outsider", "elsewhere", *ROLES)
NOTHING = "zqnothing"  # that no record has


@dataclass
class Canaries:
    """The planted study, and what each word takes to be read."""

    planting: Planting
    roles: dict[Mark, TeamRole | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for (model, name), planted in self.planting.planted.items():
            if planted.mark and planted.mark.startswith("zq"):
                self.roles[planted.mark] = least_role(model, name)

    def forbidden_to(self, name: str, *, is_public: bool) -> set[Mark]:
        """Return the words that somebody may not read while the study is public, or private."""
        own = [role for role in TeamRole if name in ROLES and name in TeamRole.at_least(role)]
        return {
            mark
            for mark, role in self.roles.items()
            if (role is not None and role not in own) or (not is_public and not own)
        }

    def rows(self) -> list[Any]:
        found = {(type(one.row), one.row.pk): one.row for one in self.planting.planted.values()}
        return list(found.values())


@pytest.fixture
def canaries(db):
    return Canaries(Planting())


def client_of(name, canaries):
    """Return a browser of somebody: all but visitors have an account, and some a place in a team."""
    client = Client()
    if name != "anonymous":
        user = make.UserFactory()
        if name == "elsewhere":
            make.MembershipFactory(user=user, role="lead")
        elif name in ROLES:
            make.MembershipFactory(study=canaries.planting.study, user=user, role=name)
        client.force_login(user)
    return client


def screens(canaries) -> Iterator[str]:
    """Yield every screen of the admin that shows a planted record."""
    for row in canaries.rows():
        model = type(row)
        if model in admin.site._registry:
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield from (reverse(f"{base}_{screen}", args=[row.pk]) for screen in ("change", "history", "delete"))
        yield f"/admin/r/{ContentType.objects.get_for_model(model).pk}/{row.pk}/"
    for model, options in admin.site._registry.items():
        if hasattr(model, "access"):
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield from (reverse(f"{base}_add"), f"{reverse(f'{base}_changelist')}?_facets=True")
            for name in options.autocomplete_fields:
                yield (
                    f"{reverse('admin:autocomplete')}?app_label={model._meta.app_label}"
                    f"&model_name={model._meta.model_name}&field_name={name}&term="
                )


def answers(canaries) -> Iterator[str]:
    """Yield every page, and every list of the API in both forms."""
    yield from page_addresses(canaries.planting)
    theory = canaries.planting.theory
    yield reverse("earlier", args=[theory.slug])
    for name, arguments in (
        ("quote_table", [theory.slug, "csv"]),
        ("desk-quotes-csv", [theory.study.slug, theory.slug]),
    ):
        yield reverse(name, args=arguments)
        yield f"{reverse(name, args=arguments)}?copy=team"
    yield from data_addresses(canaries)
    for cmoc in CMOC.objects.filter(theory=theory):
        yield f"{cmoc.get_absolute_url()}history/"
    for name in (*RESOURCES, *INNER_LISTS):
        yield reverse(f"api-{name}-list")
        yield from (f"{reverse(f'api-{name}-list')}?format={form}" for form in ("csv", "jsonl"))


def data_addresses(canaries) -> Iterator[str]:
    """Yield every page as data, and the package of the theory in both copies."""
    theory = canaries.planting.theory
    for address in (*page_addresses(canaries.planting), reverse("earlier", args=[theory.slug])):
        path, _, question = address.partition("?")
        for ending in getattr(resolve(path).func, "endings", ()):
            yield ending_of(path, ending) + (f"?{question}" if question else "")
    yield from (f"{reverse('package', args=[theory.slug])}{copy}" for copy in ("", "?copy=team"))


def questions(canaries, *, sees_nothing: bool, everything: bool) -> Iterator[tuple[str, Mark]]:
    """Yield addresses that ask for a word, with the word, of the words that take a role; of all in the full size."""
    asked = {
        key: planted.mark
        for key, planted in canaries.planting.planted.items()
        if planted.mark in canaries.roles and (everything or canaries.roles[planted.mark] is not None)
    }
    if sees_nothing:  # otherwise a word is taken for a misspelling of others that are there
        yield from ((f"{reverse('search')}?q={mark}", mark) for mark in asked.values())
    for (model, name), mark in asked.items():
        if model in admin.site._registry:
            listing = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            yield from ((f"{listing}?{lookup}={mark}", mark) for lookup in (name, f"{name}__exact", "q"))
        for resource, viewset in RESOURCES.items() if everything else ():
            for one in viewset.filterset_class.base_filters:
                if canaries.roles[mark] is not None or one in {name, "q"}:
                    yield f"{reverse(f'api-{resource}-list')}?{one}={mark}", mark


def told(client, address) -> str:
    """Return what an address answers, and where it leads."""
    response = client.get(address)
    assert response.status_code in {200, 302, 400, 403, 404}, (address, response.status_code)
    body = b"".join(response) if response.streaming else response.content
    return body.decode("utf-8", "replace") + response.get("Location", "")


def leaks(client, addresses, forbidden) -> list[str]:
    """Return each address that tells a word which is not for this reader; repeating the address tells nothing."""
    found = []
    for address in addresses:
        text = told(client, address)
        found += [f"{address}: {mark}" for mark in forbidden if mark in text and mark not in address]
    return found


def differences(client, asked, forbidden) -> list[str]:
    """Return each question whose answer differs for a word that is there from that for a word which is nowhere."""
    found = []
    of_nothing: dict[str, str] = {}
    for address, mark in asked:
        if mark in forbidden:
            other = address.replace(str(mark), NOTHING)
            if other not in of_nothing:
                of_nothing[other] = without_echo(told(client, other), NOTHING)
            if without_echo(told(client, address), mark) != of_nothing[other]:
                found.append(address)
    return found


def found_by_search(client, forbidden) -> list[str]:
    """Return each word that a search does not call one that is nowhere, whatever it offers instead."""
    said = re.compile(r"Nothing (?:here )?has “")
    return [mark for mark in forbidden if not said.search(told(client, f"{reverse('search')}?q={mark}"))]


def without_echo(text: str, asked: str) -> str:
    """Return an answer without what it repeats of the question, and without what differs from one to the next.

    What may have been meant by a key is chosen from those that the reader sees: the nearest, so that it differs.
    """
    lines = re.sub(r"is not known here; .*", "", text.replace(asked, "")).splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line and "DJANGO_VERSION" not in line)


def walk(name, canaries, *, everything=False, is_public=True):
    """Let somebody walk over a public study or a private one; in the full size over pages and API too.

    Who reads what there, the test of the field table and the access walk ask each time.
    """
    client = client_of(name, canaries)
    if not is_public:
        Study.objects.filter(pk=canaries.planting.study.pk).update(visibility="private")
    forbidden = canaries.forbidden_to(name, is_public=is_public)
    sees_nothing = forbidden == {*canaries.roles}
    pages = answers(canaries) if everything else ()
    return [
        *leaks(client, itertools.chain(pages, screens(canaries)), forbidden),
        *differences(client, questions(canaries, sees_nothing=sees_nothing, everything=everything), forbidden),
        *(found_by_search(client, forbidden) if everything else ()),
    ]


@pytest.fixture
def light(monkeypatch):
    """Leaves out of an answer what nobody looks at."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_arguments, **_names: None)


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize("name", ["outsider", "reviewer"])
def test_nobody_reads_a_field_that_is_not_theirs(canaries, light, name):
    assert walk(name, canaries) == []


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize("name", ["anonymous", "reader", "reviewer"])
def test_nobody_reads_as_data_or_in_a_package_a_field_that_is_not_theirs(canaries, light, name):
    client = client_of(name, canaries)
    assert leaks(client, data_addresses(canaries), canaries.forbidden_to(name, is_public=True)) == []


@pytest.mark.once
@pytest.mark.untraced
def test_the_team_copy_of_a_package_has_every_field_that_packages_have(canaries, light):
    package = f"{reverse('package', args=[canaries.planting.theory.slug])}?copy=team"
    whole = write_package(canaries.planting.theory).decode()
    told_to_lead = told(client_of("lead", canaries), package)
    assert told_to_lead == whole
    assert len([mark for mark in canaries.roles if canaries.roles[mark] is not None and mark in whole]) > 8


@pytest.mark.soak
@pytest.mark.parametrize("is_public", [True, False], ids=["public study", "private study"])
@pytest.mark.parametrize("name", EVERYBODY)
def test_nobody_reads_anywhere_a_field_that_is_not_theirs(canaries, light, name, is_public):
    assert walk(name, canaries, everything=True, is_public=is_public) == []


@pytest.mark.once
def test_the_walk_finds_what_is_told(canaries, light):
    """A walk that finds nothing is itself tested: the lead reads what others may not, and questions tell it."""
    client = client_of("lead", canaries)
    restricted = {mark for mark, role in canaries.roles.items() if role is not None}
    around = canaries.planting.planted[type(canaries.planting.quote), "prefix"].mark
    form = reverse("admin:programmes_quote_change", args=[canaries.planting.quote.pk])
    assert f"{form}: {around}" in leaks(client, [form], restricted)
    listing = f"{reverse('admin:programmes_quote_changelist')}?prefix={around}"
    assert differences(client, [(listing, around)], restricted) == [listing]
    assert canaries.forbidden_to("curator", is_public=True) == set()
    assert len(canaries.forbidden_to("reader", is_public=True)) > 8
    assert {*canaries.roles} == canaries.forbidden_to("elsewhere", is_public=False)
    assert role_of_path(type(canaries.planting.source), "title") == TeamRole.CURATOR
    assert type(canaries.planting.source).access.public_if == NOBODY
