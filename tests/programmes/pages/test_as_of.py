"""A theory as it stood on a day."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.utils import timezone
from django.utils.dateformat import format as written

from programmes.actions.decisions import Decision
from programmes.actions.retire import retire
from programmes.models import CMOC, Context, PublicSpan, Quote, Theory
from tests.factories import CMOCFactory, CMOCGroupFactory, MembershipFactory, UserFactory

ADDRESS = "/theories/thompson-2023/earlier/"


@pytest.fixture
def theory(demo):
    """The demo theory, loaded ten days ago."""
    past = timezone.now() - dt.timedelta(days=10)
    for model in apps.get_app_config("programmes").get_models():
        if model.__name__.startswith("Historical"):
            model.objects.update(history_date=past)
    PublicSpan.objects.update(began_at=past)
    return Theory.objects.get(slug="thompson-2023")


def cmoc(number):
    return CMOC.objects.get(theory__slug="thompson-2023", number=number)


def text_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def day(ago):
    return (timezone.localdate() - dt.timedelta(days=ago)).isoformat()


def test_what_changed_since_is_marked(theory, client):
    first = cmoc(1)
    first.title = "Another title"
    first.save()
    context = Context.objects.get(theory=theory, key="matched-peer")
    context.label = "A new label"
    context.save()
    retire(cmoc=cmoc(2), decision=Decision("Why not.", UserFactory()))
    CMOCFactory(theory=theory, number=13)
    cmoc(12).delete()

    page = client.get(f"{ADDRESS}?day={day(5)}").context["page"]

    assert [row.cmoc.number for row in page.rows] == list(range(1, 12))
    assert ([entry.number for entry in page.later], page.deleted) == ([13], 1)
    rows = {row.cmoc.number: row for row in page.rows}
    assert rows[1].cmoc.title == "Presence of matched peer, role-model of recovery"
    assert [part.label for part in rows[1].parts["contexts"]] == ["Child is matched with a similar peer"]
    assert ["".join(piece.text for piece in pieces if piece.change != "removed") for pieces in rows[1].changes] == [
        "title: Another title"
    ]
    assert (rows[2].stood, rows[3].stood, rows[3].changes) == ("today retired", "", [])
    assert rows[1].evidence == [("support", 2)]
    text = text_of(client, f"{ADDRESS}?day={day(5)}")
    assert "11 CMOCs stood then. Made since: CMOC 13. 1 that stood then was deleted since." in text


def test_cmocs_stand_under_the_headings_of_that_day(theory, client):
    group = CMOCGroupFactory(theory=theory, heading="For peers")
    CMOC.objects.get(pk=cmoc(1).pk).history.update(group_id=group.pk)
    CMOC.objects.filter(pk=cmoc(1).pk).update(group=group)
    group.history.update(history_date=timezone.now() - dt.timedelta(days=10))
    group.heading = "For all"
    group.save()

    page = text_of(client, f"{ADDRESS}?day={day(5)}")

    assert (page.count("For peers"), "For all" in page) == (1, False)
    assert "For all" in text_of(client, ADDRESS)


def test_today_is_the_theory_as_it_stands(theory, client):
    page = client.get(ADDRESS).context["page"]
    assert ([row.cmoc.number for row in page.rows], page.later, page.deleted) == (list(range(1, 13)), [], 0)
    assert [row.changes for row in page.rows] == [[]] * 12
    labels = {row.cmoc.number: [part.label for part in row.parts["beneficiaries"]] for row in page.rows}
    assert labels[1] == ["Young person"]


def test_before_it_was_loaded_there_was_nothing(theory, client):
    text = text_of(client, f"{ADDRESS}?day={day(20)}")
    assert f"The theory was made public on {written(timezone.localdate() - dt.timedelta(days=10), 'j F Y')}." in text
    client.force_login(MembershipFactory(study=theory.study).user)
    text = text_of(client, f"{ADDRESS}?day={day(20)}")
    assert "Nothing is known here of that day: what this theory was is kept since" in text
    assert "CMOCs stood then" not in text


def test_quotes_that_are_private_today_are_not_counted(theory, client):
    Quote.objects.filter(evidence__cmoc=cmoc(5)).update(visibility="private")
    page = client.get(f"{ADDRESS}?day={day(5)}").context["page"]
    assert {row.cmoc.number: row.evidence for row in page.rows}[5] == []


def test_elements_that_were_deleted_leave_no_gap(theory, client):
    Context.history.all().delete()
    page = client.get(f"{ADDRESS}?day={day(5)}").context["page"]
    assert page.rows[0].parts["contexts"] == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("yesterday", "“yesterday” is no day of the calendar; write it as"),
        ("2999-01-01", "2999-01-01 is still to come. Today is shown."),
    ],
)
def test_days_that_are_none_are_refused(theory, client, asked, sentence):
    assert sentence in text_of(client, f"{ADDRESS}?day={asked}", status=400)
