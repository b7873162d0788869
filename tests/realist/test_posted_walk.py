"""Members of another study send forms to every address of this one: nothing changes, and nothing shows.

They send what a lead of this study would send, as if they had its forms, and the forms of their own study with ids of
this one in every field; they choose rows of it in lists, carry the marks (ETags) of answers that others got, and ask to
be led elsewhere. The access walk and the field walk only read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from programmes.integrity.access import AccessQuerySet
from programmes.models import CMOC, Participant, Programme, Quote, Source, Study, Theory
from tests import factories as make
from tests.planting import Planting
from tests.realist.test_access_walk import (  # noqa: F401  fixtures
    MORE_SCREENS,
    admin_addresses,
    api_addresses,
    page_addresses,
    people,
    quick,
    words_in,
)
from tests.sent_forms import sent_untouched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

ELSEWHERE = "https://elsewhere.example/"
DOORS_BACK = (
    *("/admin/login/", "/admin/logout/", "/admin/password_change/"),
    *("/desk/sign-in/", "/desk/sign-out/", "/desk/password/", "/desk/tokens/", "/desk/at-hand/"),
)
FIELD_OF_FORM = re.compile(r"(?:.*-)?([a-z_]+)")
# What a form needs to be more than looked at, and what buttons say.
PRESSED = {"_save": "Save", "post": "yes", "erase": "yes", "ask": "yes", "reason": "zz because", "next": ELSEWHERE}
OF_NOBODY = {"user", "user_groups", "group", "permission", "group_permissions"}  # of no study
FEW = 7  # of so many screens and kinds of record one takes part in the small walk
HISTORY = ("programmes.Historical", "surveys.Historical")
SHARED = {Programme, User}  # by all studies


@pytest.fixture
def own(people):  # noqa: F811  the study of the access walk is planted first
    """A study of its own, in which the ones who walk are at home."""
    return Planting()


def stranger(own: Planting, role: str) -> Client:
    client = Client()
    client.force_login(make.MembershipFactory(study=own.study, role=role).user)
    return client


def rows() -> dict[tuple[str, Any], str]:
    """Return every row of every table that holds something of studies, those of histories too."""
    return {
        (model._meta.label, pk): repr(values)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in {"programmes", "surveys", "auth"} and model._meta.model_name not in OF_NOBODY
        for pk, *values in model._base_manager.values_list(
            "pk", *(field.attname for field in model._meta.concrete_fields)
        )
    }


def changed(before: dict[tuple[str, Any], str], own: set[tuple[str, Any]]) -> list[str]:
    """Return what became of rows that were there before, but for one's own, and to which of them new ones lead."""
    after = rows()
    faults = [
        f"{key}: {row} became {after.get(key)}"
        for key, row in before.items()
        if after.get(key) != row and key not in own
    ]
    for label, pk in after.keys() - before.keys():
        model = apps.get_model(label)
        row = model._base_manager.get(pk=pk)
        leads = [
            (relation.related_model._meta.label, getattr(row, relation.attname))
            for relation in model._meta.concrete_fields
            if relation.is_relation and relation.related_model not in SHARED
        ]
        if label.startswith(HISTORY):
            leads = [(label.replace("Historical", ""), row.id)]
        faults += [f"new {label} {pk} is of {other}" for other in leads if other in before and other not in own]
    return faults


def rows_of(study: int) -> set[tuple[str, Any]]:
    """Return the keys of the rows of a study."""
    found = set()
    for model in apps.get_models():
        if isinstance(model._default_manager.all(), AccessQuerySet):
            there = model._base_manager.filter(**{model.access.path("pk"): study}) if model.access.study else []
            found |= {(model._meta.label, row.pk) for row in there}
    return found | {("programmes.Study", study)}


def victims() -> dict[type[Model], int]:
    """Return the id of a private row of each kind, or of the newest."""
    found: dict[type[Model], int] = {}
    for model in admin.site._registry:
        there = model._base_manager.order_by("pk").values_list("pk", flat=True)
        found[model] = list(there)[-1] if there else 0
    hidden = CMOC.objects.get(theory__slug="zqtheory-draft", number=1)
    found |= {CMOC: hidden.pk, Theory: hidden.theory_id, Study: Study.objects.get(slug="zqstudy").pk}
    found |= {Quote: Quote.objects.get(key="hidden-quote").pk, Source: Source.objects.get(key="interview-12").pk}
    return found | {Participant: Participant.objects.get(study__slug="zqstudy").pk}


def relations() -> dict[str, type[Model]]:
    """Return what the relations of records lead to, by the names of their fields; what several call so, the last."""
    return {
        field.name: field.related_model
        for model in apps.get_models()
        if model._meta.app_label in {"programmes", "surveys"}
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in admin.site._registry
    } | {"cmocs": CMOC, "into": CMOC, "target": CMOC, "quotes": Quote, "new_theory": Theory}


def with_ids(sent: dict[str, Any], of: dict[type[Model], int]) -> dict[str, Any]:
    """Return a form in which every field that leads to a record leads to one of the other study."""
    leads = relations()
    return {
        name: of[leads[found[1]]] if (found := FIELD_OF_FORM.fullmatch(name)) and found[1] in leads else values
        for name, values in sent.items()
    }


def form_at(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address)
    page = b"" if response.status_code != 200 or response.streaming else response.content
    return {name: value for name, value in sent_untouched(page.decode("utf-8", "replace")).items() if value}


def faults_of(response: Any, address: str, sent: object = "") -> list[str]:
    """Return what is wrong with an answer: its status, words of others that were not sent, or where it leads."""
    faults = [f"{address}: {word}" for word in words_in(response, f"{address} {sent}")]
    if response.status_code not in {200, 302, 400, 403, 404, 405, 409}:
        faults.append(f"{address}: {response.status_code}")
    host = urlsplit(response.get("Location", "")).netloc
    return faults + [f"{address}: leads to {host}"] * bool(host)


def stolen_forms(lead: Client, client: Client, addresses: list[str]) -> Iterator[str]:
    """Send to each address what a lead of the other study would send."""
    for address in addresses:
        sent = {**form_at(lead, address), **PRESSED}
        yield from faults_of(client.post(address, sent), address, sent)


def chosen_rows(client: Client, kinds: list[type[Model]], of: dict[type[Model], int]) -> Iterator[str]:
    """Choose rows of the other study in every list, for everything that can be done with chosen ones."""
    for model in kinds:
        options = admin.site._registry[model]
        listing = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        pks = [of[model], *model._base_manager.order_by("pk").values_list("pk", flat=True)[:3]]
        for name in {"delete_selected", *(getattr(one, "__name__", one) for one in options.actions or ())}:
            sent = {"action": name, "_selected_action": pks, "select_across": "1", **PRESSED}
            yield from faults_of(client.post(listing, sent), f"{listing} {name}")


def forms_of_ones_own(
    client: Client, own: Planting, kinds: list[type[Model]], of: dict[type[Model], int]
) -> Iterator[str]:
    """Send the forms of one's own records, and of new ones, with ids of the other study in every field."""
    of_own = {type(planted.row): planted.row for planted in own.planted.values()}
    for model in kinds:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = of_own.get(model)
        there = (
            [reverse(f"{base}_{screen}", args=[row.pk]) for screen in ("change", *MORE_SCREENS.get(model, ()))]
            if row
            else []
        )
        for address in (reverse(f"{base}_add"), *there):
            sent = {**with_ids(form_at(client, address), of), **PRESSED}
            yield from faults_of(client.post(address, sent), f"own {address}")


def marks_of_answers(lead: Client, client: Client, addresses: list[str]) -> Iterator[str]:
    """Ask with the mark of what a lead was answered: it is no answer to somebody else."""
    for address in addresses:
        theirs, ours = lead.get(address), client.get(address)
        if not (mark := theirs.get("ETag")) or mark == ours.get("ETag"):
            continue
        for name, tells in (("If-None-Match", 304), ("If-Match", 200)):
            response = client.get(address, headers={name: mark})
            if response.status_code == tells:
                yield f"{address}: {tells} with {name} of a lead"


def off_site(client: Client) -> Iterator[str]:
    """Ask every door that leads back to lead elsewhere."""
    for target in (
        ELSEWHERE,
        "//elsewhere.example/",
        "https:elsewhere.example",
        "/\\elsewhere.example",
        "javascript:0",
    ):
        for address in DOORS_BACK:
            response = Client().post(f"{address}?next={target}", {"next": target})
            yield from faults_of(response, address)
            yield from faults_of(client.get(f"{address}?next={target}"), f"{address} {target}")


def posted_walk(own: Planting, lead: Any, role: str, *, everywhere: bool) -> list[str]:
    """Return what somebody of another study could change, read or be led to by sending forms."""
    of, client, owner = victims(), stranger(own, role), Client()
    owner.force_login(lead)
    screens = list(admin_addresses(everywhere=everywhere))
    screens = [address for address in screens if "autocomplete" not in address and "?q=" not in address]
    kinds = list(admin.site._registry)
    if not everywhere:
        screens, kinds = screens[::FEW], kinds[::FEW]
    read = [*page_addresses(), *api_addresses(owner)] if everywhere else []
    before, at_home = rows(), rows_of(own.study.pk)
    faults = [
        *stolen_forms(owner, client, [*screens, *read]),
        *chosen_rows(client, kinds, of),
        *forms_of_ones_own(client, own, kinds, of),
        *marks_of_answers(owner, client, read or [f"/api/v1/{name}/" for name in ("quotes", "memos", "theories")]),
        *off_site(client),
    ]
    return faults + changed(before, at_home)


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.slow(seconds=6, reason="sends forms to many screens")
def test_curators_of_another_study_change_and_read_nothing_by_forms(own, people, quick):  # noqa: F811
    assert posted_walk(own, people["lead"], "curator", everywhere=False) == []


@pytest.mark.soak
@pytest.mark.parametrize("role", ["reader", "reviewer", "curator", "lead"])
def test_nobody_of_another_study_changes_or_reads_anything_by_forms(own, people, quick, role):  # noqa: F811
    assert posted_walk(own, people["lead"], role, everywhere=True) == []


@pytest.mark.once
def test_the_walk_finds_what_is_changed(own, people):  # noqa: F811
    """A walk that finds nothing is itself tested: what a lead of the study does, it finds."""
    before = rows()
    client = Client()
    client.force_login(people["lead"])
    cmoc = CMOC.objects.get(theory__slug="zqtheory-draft", number=1)
    address = reverse("admin:programmes_cmoc_rename", args=[cmoc.pk])
    response = client.post(address, {**form_at(client, address), "title": "zqtheory again", **PRESSED})
    assert response.status_code == 302
    assert {re.search(r"\w+\.\w+", fault)[0] for fault in changed(before, rows_of(own.study.pk))} == {
        "programmes.CMOC",
        "programmes.LineageEvent",
        "programmes.LineageStep",
        "programmes.HistoricalCMOC",
    }
    # The head of the screen offers all studies of the lead, a private one too.
    assert {*faults_of(client.get(address), "")} == {": zqtheory", ": zqstudy"}
