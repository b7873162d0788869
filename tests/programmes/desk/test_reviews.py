"""Reviewing in the admin: put to reviewers, read, judged, kept."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from programmes.actions.code import Coding, code_passage
from programmes.models import CMOC, Membership, Review, Study
from programmes.transcripts.read import checksum
from programmes.vocabulary import EvidenceRole
from tests.factories import CMOCFactory, ParticipantFactory, SourceFactory, UserFactory
from tests.queries import asks


@pytest.fixture
def people(demo):
    study = Study.objects.get(slug="thompson-2023")
    found = {}
    for name, role in {"ada": "curator", "ben": "reviewer", "dan": "reader"}.items():
        user = UserFactory(username=name, is_staff=True, first_name=name.capitalize())
        user.groups.add(Group.objects.get(name=role.capitalize()))
        Membership.objects.create(study=study, user=user, role=role)
        found[name] = user
    return found


def cmoc():
    return CMOC.objects.get(theory__slug="thompson-2023", number=5)


def address():
    return reverse("admin:programmes_cmoc_review", args=[cmoc().pk])


def test_a_configuration_is_put_to_reviewers_and_reviewed(people, client):
    client.force_login(people["ada"])
    assert "Its curators still work on it." in client.get(address()).content.decode()
    client.post(address(), {"ask": "yes"})
    assert cmoc().review_asked_date is not None

    client.force_login(people["ben"])
    page = client.get(address())
    assert "Put it to reviewers" not in page.content.decode()
    read = page.context["form"]["read"].value()
    refused = client.post(address(), {"verdict": "disagree", "read": read})
    assert (refused.status_code, dict(refused.context["form"].errors)) == (
        400,
        {"comment": ["Say why, or what should change."]},
    )
    done = client.post(address(), {"verdict": "disagree", "comment": "Trust is an outcome.", "read": read})
    assert done.headers["Location"] == address()
    given = Review.objects.get()
    assert (given.verdict, given.comment, given.signed_by, given.reviewer) == (
        "disagree",
        "Trust is an outcome.",
        "Ben",
        people["ben"],
    )
    text = client.get(address()).content.decode()
    assert "You reviewed what it says now." in text
    assert "Disputed." in text

    client.logout()
    public = client.get(cmoc().get_absolute_url()).content.decode()
    assert '<strong>Disagrees</strong>: <bdi class="lines" data-words="curator">Trust is an outcome.</bdi>' in public
    assert "1 reviewer is asked for; 0 agree with the present wording as it is." in public


def test_who_wrote_it_is_told_that_somebody_else_reviews(people, client):
    client.force_login(people["ada"])
    row = cmoc()
    row._history_user = people["ada"]
    row.title = "Shared interests"
    row.save()
    client.post(address(), {"ask": "yes"})
    assert "You wrote some of what it says" in client.get(address()).content.decode()


def test_a_verdict_on_another_wording_is_refused_and_the_new_one_shown(people, client):
    client.force_login(people["ada"])
    client.post(address(), {"ask": "yes"})
    client.force_login(people["ben"])
    read = client.get(address()).context["form"]["read"].value()
    row = cmoc()
    row.title = "Shared interests"
    row.save()

    refused = client.post(address(), {"verdict": "agree", "read": read})
    assert dict(refused.context["form"].errors) == {
        "__all__": ["CMOC 5 was changed after you opened it; read what it says now and judge that."]
    }
    again = refused.context["form"]["read"].value()
    assert client.post(address(), {"verdict": "agree", "read": again}).status_code == 302
    assert "title: Shared interests" in Review.objects.get().wording


def test_garbage_is_refused(people, client):
    client.force_login(people["ada"])
    client.post(address(), {"ask": "yes"})
    client.force_login(people["ben"])
    refused = client.post(address(), {"verdict": "agree", "read": "forged"})
    assert dict(refused.context["form"].errors) == {
        "__all__": ["Open the page again; it cannot be told what you read."]
    }
    refused = client.post(address(), {"verdict": "splendid"})
    assert sorted(refused.context["form"].errors) == ["__all__", "read", "verdict"]


def test_it_is_taken_back_from_reviewers(people, client):
    client.force_login(people["ada"])
    client.post(address(), {"ask": "yes"})
    client.post(address(), {"ask": "no"})
    assert cmoc().review_asked_date is None
    assert cmoc().history.latest().history_change_reason == "Taken back from reviewers"


def test_a_retired_one_is_not_put_to_reviewers(people, client):
    CMOC.objects.filter(pk=cmoc().pk).update(status="retired")
    client.force_login(people["ada"])
    answer = client.post(address(), {"ask": "yes"}, follow=True)
    assert [str(entry) for entry in answer.context["messages"]] == ["CMOC 5 is retired."]


def test_who_may_do_what(people, client):
    client.force_login(people["dan"])
    assert client.get(address()).status_code == 403
    client.force_login(people["ben"])
    assert client.post(address(), {"ask": "yes"}).status_code == 403
    assert client.get(reverse("admin:programmes_cmoc_review", args=[999_999])).status_code == 404


def test_reviews_are_read_and_stand(people, client):
    given = Review.objects.create(
        cmoc=cmoc(), number=1, verdict="agree", signed_by="B", signed_date="2026-01-02", wording=["title: A"]
    )
    client.force_login(people["ada"])
    form = client.get(reverse("admin:programmes_review_change", args=[given.pk])).content.decode()
    assert 'name="_save"' not in form
    assert client.get(reverse("admin:programmes_review_add")).status_code == 403
    assert client.get(reverse("admin:programmes_review_delete", args=[given.pk])).status_code == 403
    assert "title: A" in form


def test_queries_of_the_review_screen(people, client):
    client.force_login(people["ben"])
    screen = address()
    client.get(screen)
    with asks(
        "session, user, cmoc, any cmoc, study, cmoccontext + 8, evidence, editorialmark, cmocbeneficiary, caveat, "
        "reading, "
        "substantivetheorylink, cmoclink, memo, review, lineageevent, count evidence, "
        "permission, permission, membership, "
        "cmoc, "  # what awaits next
        "historicalcmoc, "
        "historicalcmoccontext, historicalcmocmechanism, historicalcmocoutcome, historicalcmocactor, "
        "historicalcmocbeneficiary, historicalcmocservice, historicalcmocstrategy, "
        "historicalcmocintervention, study"
    ):
        client.get(screen)


TEXT = (
    "Interviewer: How was it with Ada Byron?\nP3: It was good. She lent me her trust, and I went.\nGP: So it was.\n"
    "P3: And then I stayed."
)


def test_reviewers_read_each_quote_in_its_turn_and_nobody_s_label(people, client):
    study = Study.objects.get(slug="thompson-2023")
    who = ParticipantFactory(study=study)
    source = SourceFactory(study=study, text=TEXT, sha256=checksum(TEXT), participant=who)
    coding = Coding(EvidenceRole.SUPPORTS, [cmoc()])
    for words in ("She lent me her trust", "So it was.\nP3: And then"):
        start = TEXT.index(words)
        code_passage(source=source, span=(start, start + len(words)), coding=coding, by=people["ada"])
    client.force_login(people["ben"])
    assert not any(turns for _, rows in client.get(address()).context["heard"] for _, turns in rows)
    CMOC.objects.filter(pk=cmoc().pk).update(review_asked_date="2026-01-02")
    ((_, rows),) = (group for group in client.get(address()).context["heard"] if group[0] == "Supports")
    heard = [
        [(turn.who, [(piece.words, piece.is_quoted) for piece in turn.pieces]) for turn in turns] for _, turns in rows
    ]
    assert heard[-2:] == [
        [
            ("Interviewer", [("How was it with Ada Byron?", False)]),
            (
                "Participant",
                [("It was good. ", False), ("She lent me her trust", True), (", and I went.", False)],
            ),
        ],
        [("Participant", [("So it was.", True)]), ("Participant", [("And then", True), (" I stayed.", False)])],
    ]
    assert not any(heard[:-2])  # quotes of which nobody has the transcript stand by themselves
    text = client.get(address()).content.decode()
    assert "<b>Participant</b> It was good. <mark" in text
    assert "GP:" not in text


def test_of_a_long_text_without_speakers_what_stands_near_is_shown(people, client):
    study = Study.objects.get(slug="thompson-2023")
    text = "a" * 700 + " The words. " + "z" * 700
    source = SourceFactory(study=study, text=text, sha256=checksum(text), kind="document")
    start = text.index("The words.")
    code_passage(
        source=source, span=(start, start + 10), coding=Coding(EvidenceRole.COUNTERS, [cmoc()]), by=people["ada"]
    )
    client.force_login(people["ada"])
    (rows,) = (rows for role, rows in client.get(address()).context["heard"] if role == "Counters")
    ((turn,),) = (turns for _, turns in rows)
    assert (turn.who, [(piece.words, piece.is_quoted) for piece in turn.pieces]) == (
        "",
        [
            ("…", False),
            ("a" * 599 + " ", False),
            ("The words.", True),
            (" " + "z" * 599, False),
            ("…", False),
        ],
    )


def test_next_to_review_follows(people, client):
    asked = CMOC.objects.filter(theory=cmoc().theory, number__in=[2, 5, 9])
    CMOC.objects.filter(pk__in=asked).update(review_asked_date="2026-01-02")
    CMOCFactory(review_asked_date="2026-01-02")  # of another study
    client.force_login(people["ben"])
    seen = []
    at = address()
    for _ in range(3):
        page = client.get(at)
        seen.append((page.context["title"], str(page.context["next_to_review"])))
        read = page.context["form"]["read"].value()
        done = client.post(at, {"verdict": "agree", "read": read}, follow=True)
        said = [str(message) for message in done.context["messages"]]
        at = done.redirect_chain[-1][0]
        seen.append(said[0])
    assert seen == [
        ("Review CMOC 5", "CMOC 9"),
        "Your verdict on CMOC 5 is recorded. Next is CMOC 9.",
        ("Review CMOC 9", "CMOC 2"),
        "Your verdict on CMOC 9 is recorded. Next is CMOC 2.",
        ("Review CMOC 2", "None"),
        "Your verdict on CMOC 2 is recorded. Nothing else awaits you in this study.",
    ]
    assert at.endswith(f"/{CMOC.objects.get(theory=cmoc().theory, number=2).pk}/review/")
