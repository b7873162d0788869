"""The one picker of CMOCs: what it finds, in which order, and as a field of forms."""

import re

import pytest
from django.urls import reverse

from programmes.models import CMOC, Evidence
from programmes.vocabulary import TeamRole
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    CMOCMechanismFactory,
    CMOCOutcomeFactory,
    ContextFactory,
    EvidenceFactory,
    MechanismFactory,
    MembershipFactory,
    OutcomeFactory,
    QuoteFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def theory():
    """A theory with four configurations that stand and one that is retired."""
    theory = TheoryFactory(study=StudyFactory(slug="links", visibility="private"), slug="refined", visibility="private")
    five = CMOCFactory(theory=theory, number=5, title="A name on the wall", statement="")
    eight = CMOCFactory(theory=theory, number=8, title="Walked in by the GP", statement="")
    CMOCFactory(theory=theory, number=9, title="", label="3.2", statement="Relief follows where Zoë walks beside them.")
    CMOCFactory(theory=theory, number=12, title="Walk before talk", statement="")
    CMOCFactory(theory=theory, number=10, title="Walked no more", status="retired")
    CMOCContextFactory(cmoc=eight, context=ContextFactory(theory=theory, label="GP walks to the door"))
    CMOCMechanismFactory(cmoc=eight, mechanism=MechanismFactory(theory=theory, label="Borrows trust"))
    CMOCOutcomeFactory(cmoc=eight, outcome=OutcomeFactory(theory=theory, label="Attends"))
    CMOCOutcomeFactory(cmoc=five, outcome=OutcomeFactory(theory=theory, label="Asks at the desk"))
    EvidenceFactory(cmoc=eight, role="supports")
    EvidenceFactory(cmoc=eight, role="counters")
    return theory


@pytest.fixture
def curator(theory, client):
    user = UserFactory(username="ada", is_staff=True)
    MembershipFactory(study=theory.study, user=user, role=TeamRole.CURATOR)
    client.force_login(user)
    return user


def choices(client, **query):
    html = client.get(reverse("desk-picker", args=["links"]), query).content.decode()
    return [re.sub(r"<.*?>", "", found) for found in re.findall(r'class="choice-title"[^>]*>(.*?)</span> ', html)], html


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (
            "",
            [
                "A name on the wall",
                "Walked in by the GP",
                "Relief follows where Zoë walks beside them.",
                "Walk before talk",
            ],
        ),
        ("8", ["Walked in by the GP"]),
        ("CMOC 8", ["Walked in by the GP"]),
        ("3.2", ["Relief follows where Zoë walks beside them."]),
        (
            "wal",
            [
                "Walked in by the GP",
                "Walk before talk",
                "A name on the wall",
                "Relief follows where Zoë walks beside them.",
            ],
        ),
        ("WALK  gp", ["Walked in by the GP"]),
        ("trust", ["Walked in by the GP"]),
        ("gp trus att", ["Walked in by the GP"]),
        ("zoe", ["Relief follows where Zoë walks beside them."]),
        ("rust", []),
        ("walked no", []),
        (
            "…",
            [
                "A name on the wall",
                "Walked in by the GP",
                "Relief follows where Zoë walks beside them.",
                "Walk before talk",
            ],
        ),
    ],
)
def test_it_finds_standing_cmocs_by_number_label_title_parts_and_statement(client, curator, question, found):
    titles, html = choices(client, q=question)
    assert titles == found
    assert f'data-found="{len(found)}" data-of="4"' in html


def test_it_shows_what_leads_to_what_with_counts_and_marks_what_was_asked(client, curator):
    _, html = choices(client, q="wal gp")
    assert "<mark>GP</mark> <mark>wal</mark>ks to the door → Borrows trust → Attends" in html
    assert "<mark>Wal</mark>ked in by the <mark>GP</mark>" in html
    assert re.findall(r"</span>(\d+)</i>", html) == ["1", "1"]


def test_it_is_of_one_study_and_theory(client, theory, curator):
    older = TheoryFactory(study=theory.study, slug="initial")
    CMOCFactory(theory=older, number=8, title="Another eight")
    CMOCFactory(theory=TheoryFactory(slug="foreign"), number=8, title="A foreign eight")
    assert choices(client, q="8", theory="initial")[0] == ["Another eight"]
    assert choices(client, q="8")[0] == ["Another eight"]  # the last choice is kept
    assert choices(client, q="8", theory="refined")[0] == ["Walked in by the GP"]
    assert choices(client, q="8", theory="foreign")[0] == ["Walked in by the GP"]
    client.force_login(UserFactory())
    assert client.get(reverse("desk-picker", args=["links"])).status_code == 404


def test_without_a_theory_it_offers_nothing(client):
    study = StudyFactory(slug="links")
    user = UserFactory()
    MembershipFactory(study=study, user=user, role=TeamRole.READER)
    client.force_login(user)
    assert choices(client, q="8")[0] == []


def options(html, name):
    select = re.search(rf'<select name="{name}".*?</select>', html, re.DOTALL)[0]
    return [
        re.sub(r"\s+", " ", text)
        for text in re.findall(r'<opt(?:ion|group)[^>]*?(?:label="([^"]*)")?>', select)
        if text
    ], [re.sub(r"\s+", " ", text).strip() for text in re.findall(r"<option[^>]*>(.*?)</option>", select, re.DOTALL)]


def test_forms_offer_the_standing_cmocs_of_the_study_by_theory(client, theory, curator):
    other = TheoryFactory(study=theory.study, slug="initial", title="Initial theory")
    CMOCFactory(theory=other, number=1, title="First thought", statement="")
    CMOCFactory(theory=TheoryFactory(slug="foreign"), number=8, title="A foreign eight")
    quote = QuoteFactory(study=theory.study, key="q01")
    retired = CMOC.objects.get(number=10)
    EvidenceFactory(cmoc=retired, quote=quote)
    html = client.get(reverse("admin:programmes_quote_change", args=[quote.pk])).content.decode()
    groups, offered = options(html, "evidence-0-cmoc")
    assert groups == ["Initial theory", theory.title]
    assert offered == [
        "Choose a CMOC",
        "1 First thought",
        "5 A name on the wall: Asks at the desk",
        "8 Walked in by the GP: GP walks to the door → Borrows trust → Attends",
        "3.2 Relief follows where Zoë walks beside them.",
        "12 Walk before talk",
        "CMOC 10 Walked no more, retired",
    ]
    assert f'<option value="{retired.pk}" selected' in html
    assert "js/picker_field" in html
    assert Evidence.objects.get(quote=quote).cmoc == retired


def test_quotes_are_moved_to_what_the_picker_offers(client, theory, curator):
    eight = CMOC.objects.get(number=8)
    html = client.get(reverse("admin:programmes_cmoc_move", args=[eight.pk])).content.decode()
    assert "data-cmoc-picker" in html
    assert "js/picker_field" in html
