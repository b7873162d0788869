"""Members of another study send forms to every address of the desk: with that study in the address, and in the fields.

New addresses of the desk take part by themselves, and so do the fields that its views read.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from programmes import desk
from programmes.desk.urls import urlpatterns
from programmes.models import BenchAct, Evidence, Invitation, Study
from tests import factories as make
from tests.realist.test_access_walk import AT_THE_DESK, people, quick  # noqa: F401  fixtures
from tests.realist.test_posted_walk import changed, faults_of, own, rows, rows_of, victims  # noqa: F401  a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.planting import Planting

READ = re.compile(r'(?:POST|GET|asked|sent)\.(?:get|getlist)\("([a-z_]+)"|name: str = "([a-z_]+)"')
ACTS = [  # what buttons and choices say, each of which leads elsewhere in a view
    {"act": "clean", "do": "status", "status": "accepted", "about": "cmoc"},
    {"act": "mask", "do": "group", "heading": "zz", "about": "passage", "mask": "0 7"},
    {"act": "private", "what": "whole", "do": "ask", "about": "source"},
    {"act": "publish", "do": "retire", "new_title": "zz"},
    {"do": "merge", "column": "title", "kind": "context", "act": "team-only"},
]

BUTTONS = ("give", "remove", "withdraw", "act")


def of_the_private_theory(lead: Client) -> dict[str, Any]:
    """Return what leads to records of the other study, by the fields that the desk reads; ids where nothing is said."""
    lead.post(reverse("desk-bench-memo", args=["thompson-2023", "interview-12"]), {"text": "zqmemo", "about": "source"})
    hidden = Evidence.objects.get(quote__key="q01", cmoc__theory__slug="zqtheory-draft")
    names = {name for path in Path(desk.__path__[0]).glob("*.py") for name in names_read(path.read_text("utf-8"))}
    of_theirs = Study.objects.get(slug="zqstudy")
    participant = make.ParticipantFactory(study=of_theirs, consent_scope="unknown")  # so that it may be said
    user, invitation = lead.session["_auth_user_id"], Invitation.objects.get(study=of_theirs)
    return dict.fromkeys(names, hidden.cmoc_id) | {
        "theory": "zqtheory-draft", "theories": ["zqtheory-draft", hidden.cmoc.theory_id], "study": "zqstudy",
        "number": 1, "open": 1, "chosen": [1, 2], "choice": hidden.cmoc_id, "cmoc": [1, hidden.cmoc_id],
        "evidence": hidden.pk, "version": 1, "quote": "hidden-quote", "quote_version": 1, "at": "interview-12",
        "act": BenchAct.objects.latest("pk").pk, "who": participant.pk, "who_version": 1, "start": 13, "end": 20,
        "role": "counters", "text": "zz", "reason": "zz because", "next": "https://elsewhere.example/",
        "words": "", "coding": "", "format": "", "give": user, f"role-{user}": "reader", "remove": user,
        "withdraw": invitation.pk,
    }  # fmt: skip


def names_read(code: str) -> set[str]:
    return {name for names in READ.findall(code) for name in names if name}


def addresses(**values: list[Any]) -> Iterator[str]:
    """Yield every address of the desk with these parts."""
    for place in urlpatterns:
        parts = re.findall(r"<\w+:(\w+)>", str(place.pattern))
        for given in itertools.product(*(values[AT_THE_DESK[part]] for part in parts)):
            yield reverse(place.name, args=given)


def sent_there(client: Client, places: list[str], fields: dict[str, Any], quote: str) -> Iterator[tuple[str, Any, Any]]:
    """Ask each address, send it a form of each act, on a quote of one's own too, and return the answers."""
    without = {name: value for name, value in fields.items() if name not in BUTTONS}
    pressed = [*({button: fields[button]} for button in BUTTONS), {"act": "team-only", "quote": quote}]
    for address in places:
        yield address, client.get(address, fields), fields
        for act in (*ACTS, *pressed):
            sent = {**without, **act}
            answer = client.post(address, sent)
            yield address, answer, sent
            if answer.status_code == 405:  # so it is for every form
                break


@pytest.fixture
def stranger(own: Planting) -> Client:  # noqa: F811
    client = Client()
    client.force_login(make.MembershipFactory(study=own.study, role="lead").user)
    return client


@pytest.fixture
def fields(people, own) -> dict[str, Any]:  # noqa: F811
    lead = Client()
    lead.force_login(people["lead"])
    return of_the_private_theory(lead)


THERE = {
    "study": ["thompson-2023", "zqstudy"],
    "theory": ["zqtheory-draft"],
    "source": ["interview-12"],
    "cmoc": [1],
    "quote": ["hidden-quote"],
    "report": [1],
}


@pytest.mark.once
@pytest.mark.untraced
def test_study_of_others_is_not_there_whatever_is_sent(own, fields, stranger, quick):  # noqa: F811
    places = [address for address in addresses(**THERE) if any(f"/{slug}/" in address for slug in THERE["study"])]
    before = rows()
    answers = [ask(address, fields).status_code for address in places for ask in (stranger.get, stranger.post)]
    assert {*answers} <= {404, 405}
    assert ([] if rows() == before else changed(before, set())) == []
    assert len(places) > 70


@pytest.mark.once
@pytest.mark.untraced
def test_ids_of_others_reach_nothing_from_ones_own_study(own, fields, stranger, quick):  # noqa: F811
    mine = {"study": [own.study.slug], "cmoc": [1], "report": [1]}
    home = {"source": [own.source.key], "theory": [own.theory.slug], "quote": [own.quote.key]}
    away = {"source": ["interview-12"], "theory": ["zqtheory-draft"], "quote": ["hidden-quote"]}
    places = list(dict.fromkeys([*addresses(**mine, **home), *addresses(**mine, **away)]))
    before, at_home = rows(), rows_of(own.study.pk)
    faults = [
        fault
        for address, answer, sent in sent_there(stranger, places, fields, own.quote.key)
        for fault in faults_of(answer, address, sent)
    ]
    assert faults + changed(before, at_home) == []
    assert BenchAct.objects.filter(study=own.study).exists()  # what is one's own was reached
