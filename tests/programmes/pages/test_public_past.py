"""The public history of a theory begins with its publication: what it said while it was private is for its team."""

import datetime as dt
import json
import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from programmes.models import CMOC, Context, PublicSpan, Theory
from programmes.package.read import read_package
from programmes.package.write import theory_document, write_package
from tests.factories import (
    CMOCContextFactory,
    CMOCFactory,
    CMOCGroupFactory,
    EvidenceFactory,
    LineageEventFactory,
    MembershipFactory,
    MemoFactory,
    ReviewFactory,
    TheoryFactory,
)

SECRET = "zqperson"


@pytest.fixture
def theory(db):
    """A private theory of a public study, of which everything was corrected once."""
    theory = TheoryFactory(visibility="private", study__visibility="public")
    group = CMOCGroupFactory(theory=theory, heading=f"Of {SECRET}")
    cmoc = CMOCFactory(theory=theory, number=1, title="Trust", statement=f"When {SECRET} listens.", group=group)
    link = CMOCContextFactory(cmoc=cmoc, wording=f"as {SECRET} said")
    ReviewFactory(cmoc=cmoc, number=1, comment="Fine.", wording=[f"statement: When {SECRET} listens."])
    gone = CMOCContextFactory(cmoc=cmoc, position=2, wording=f"{SECRET} again")
    change(link.context, label=f"The school of {SECRET}")
    for row, values in (
        (link.context, {"label": "A school"}),
        (group, {"heading": "Of a peer"}),
        (cmoc, {"statement": "When a peer listens."}),
        (link, {"wording": "as a peer said"}),
    ):
        change(row, f"{SECRET} was named", **values)
    change(gone.context, label=f"{SECRET} label")
    gone.delete()
    gone.context.delete()
    return theory


def change(row, reason="Corrected", **values):
    row = type(row).objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(row, name, value)
    row.set_change_reason(reason)
    row.save()


def publish(theory, visibility="public"):
    change(theory, visibility=visibility)


def read_by(client, theory, *days):
    """Return all that pages and API tell of the past of a theory."""
    cmoc = theory.cmocs.get()
    today = timezone.localdate()
    asked = [reverse("earlier", args=[theory.slug])]
    asked += [f"{asked[0]}?day={today - dt.timedelta(days=ago)}" for ago in (0, *days)]
    asked += [f"{cmoc.get_absolute_url()}history/", cmoc.get_absolute_url(), reverse("api-cmocs-list")]
    asked += [f"{reverse('api-cmocs-list')}?format=csv", reverse("lineage", args=[theory.slug])]
    found = ""
    for address in asked:
        response = client.get(address)
        assert response.status_code == 200, address
        found += (b"".join(response) if response.streaming else response.content).decode()
    return found


def told(client, theory):
    """Return what the history of its CMOC tells, latest first."""
    page = client.get(f"{theory.cmocs.get().get_absolute_url()}history/")
    return [str(event.what) for event in page.context["events"]]


def member_of(theory):
    client = Client()
    client.force_login(MembershipFactory(study=theory.study, role="reader").user)
    return client


@pytest.mark.untraced
@pytest.mark.parametrize("ahead", [0, 3])
def test_what_was_corrected_before_publication_is_for_the_team(theory, client, ahead):
    for model in (CMOC, Context):  # a clock that was wrong while it was written
        for state in model.history.all():
            model.history.filter(pk=state.pk).update(history_date=state.history_date + dt.timedelta(days=ahead))
    publish(theory)

    assert SECRET not in read_by(client, theory, 1, 30)
    outsider = MembershipFactory().user
    client.force_login(outsider)
    assert SECRET not in read_by(client, theory, 1, 30)
    assert told(client, theory) == ["Context: A school: made public", "CMOC 1: made public"] or told(
        client, theory
    ) == ["CMOC 1: made public", "Context: A school: made public"]
    assert SECRET in read_by(member_of(theory), theory, 1)
    assert "CMOC 1: added" in told(member_of(theory), theory)


def test_what_is_changed_afterwards_is_told(theory, client):
    publish(theory)
    change(theory.cmocs.get(), "Two more interviews.", statement="When a peer listens well.")
    page = read_by(client, theory)
    assert told(client, theory)[0] == "CMOC 1: changed"
    assert "<ins> well</ins>" in page
    assert "Two more interviews." in page
    assert SECRET not in page


@pytest.mark.parametrize("of_study", [False, True])
def test_what_was_said_while_it_was_private_again_is_for_the_team(theory, client, of_study):
    publish(theory)
    holder = theory.study if of_study else theory
    publish(holder, "private")
    assert client.get(reverse("earlier", args=[theory.slug])).status_code == 404
    change(theory.cmocs.get(), statement=f"When {SECRET} listens again.")
    change(theory.cmocs.get(), statement="When peers listen.")
    link = theory.cmocs.get().context_links.get()
    link.delete()
    publish(holder)

    assert SECRET not in read_by(client, theory, 1)
    assert sorted(told(client, theory)[:2]) == ["CMOC 1: changed", "Context: A school: removed"]
    assert SECRET in read_by(member_of(theory), theory)
    assert [str(span.ended_at is None) for span in PublicSpan.objects.filter(theory=theory)] == ["False", "True"]


def test_what_was_changed_and_changed_back_while_it_was_private_leaves_no_trace(theory, client):
    publish(theory)
    before = told(client, theory)
    publish(theory, "private")
    change(theory.cmocs.get(), statement=f"When {SECRET} listens again.")
    change(theory.cmocs.get(), statement="When a peer listens.")
    publish(theory)
    assert told(client, theory) == before


def test_part_that_was_never_public_leaves_no_trace(theory, client):
    publish(theory)
    assert told(client, theory).count("CMOC 1: made public") == 1
    assert len(told(client, theory)) == 2
    change(theory.cmocs.get().context_links.get(), wording="as peers said")
    assert len(told(client, theory)) == 3


def test_part_that_was_deleted_is_called_what_it_was_called_publicly(theory, client):
    publish(theory)
    link = theory.cmocs.get().context_links.select_related("context").get()
    context = link.context
    publish(theory, "private")
    change(context, label=f"{SECRET} again")
    link.delete()
    context.delete()
    publish(theory)
    assert SECRET not in read_by(client, theory)
    assert "Context: A school: removed" in told(client, theory)


def test_day_on_which_it_was_private_is_told_as_such(theory, client):
    publish(theory)
    span = PublicSpan.objects.get()
    now = timezone.now()
    address = reverse("earlier", args=[theory.slug])
    long_ago = now - dt.timedelta(days=20)
    PublicSpan.objects.filter(pk=span.pk).update(began_at=long_ago, ended_at=now - dt.timedelta(days=10))
    PublicSpan.objects.create(theory=theory, began_at=now, began_after=span.began_after)
    text = client.get(f"{address}?day={timezone.localdate() - dt.timedelta(days=5)}").content.decode()
    assert "The theory was not public on that day. What it was then is for its team." in text
    text = client.get(f"{address}?day={timezone.localdate() - dt.timedelta(days=15)}").content.decode()
    assert "When a peer listens." in text
    text = client.get(f"{address}?day={timezone.localdate() - dt.timedelta(days=25)}").content.decode()
    assert f"The theory was made public on {long_ago.day} " in text


def test_review_of_a_wording_of_before_is_told_without_it(theory, client):
    publish(theory)
    [row] = client.get(reverse("api-cmocs-list")).json()["results"]
    assert [(entry["comment"], entry["wording"]) for entry in row["reviews"]] == [("Fine.", [])]
    [row] = member_of(theory).get(reverse("api-cmocs-list")).json()["results"]
    assert row["reviews"][0]["wording"] == [f"statement: When {SECRET} listens."]
    ReviewFactory(cmoc=theory.cmocs.get(), number=2, wording=["statement: When a peer listened."])
    [row] = client.get(reverse("api-cmocs-list")).json()["results"]
    assert [entry["wording"] for entry in row["reviews"]] == [[], ["statement: When a peer listened."]]
    page = client.get(theory.cmocs.get().get_absolute_url()).content.decode()
    assert re.search(r"<del[^>]*>listened", page)
    publish(theory, "private")
    publish(theory)
    [row] = client.get(reverse("api-cmocs-list")).json()["results"]
    assert [len(entry["wording"]) for entry in row["reviews"]] == [0, 1]


def test_package_that_publishes_and_corrects_in_one_act(theory, client):
    change(theory.cmocs.get(), statement=f"When {SECRET} listens.")
    package = theory_document(theory)
    package["theory"]["visibility"] = "public"
    package["cmocs"][0]["statement"] = "When peers listen."
    read_package(json.dumps(package).encode())
    assert "When peers listen." in read_by(client, theory)
    assert SECRET not in read_by(client, theory)


def test_package_of_a_theory_that_is_new_tells_how_it_came(theory, client):
    publish(theory)
    document = write_package(Theory.objects.get())
    theory.study.delete()
    read_package(document)
    loaded = Theory.objects.get()
    assert [what.rpartition(": ")[2] for what in told(client, loaded)] == ["added", "added"]


def test_theory_that_is_deleted_takes_its_public_times_along(theory):
    publish(theory)
    Theory.objects.get(pk=theory.pk).delete()
    assert not PublicSpan.objects.exists()


def test_public_time_is_written_in_words(theory):
    publish(theory)
    today = timezone.now().date().isoformat()
    assert str(PublicSpan.objects.get()) == today
    publish(theory, "private")
    assert str(PublicSpan.objects.get()) == f"{today} to {today}"


@pytest.fixture
def curator(theory, client):
    user = MembershipFactory(study=theory.study, role="curator", user__is_staff=True).user
    user.groups.add(Group.objects.get(name="Lead"))
    client.force_login(user)
    return client


def form_of(client, row):
    page = client.get(reverse(f"admin:programmes_{row._meta.model_name}_change", args=[row.pk])).content.decode()
    return re.sub("</?bdi[^>]*>", "", page)


def test_form_says_what_of_the_past_would_show(theory, curator):
    cmoc = theory.cmocs.get()
    LineageEventFactory(theory=theory, kind="rename", title_before="Old title", title_after="Trust", reason="Clearer.")
    EvidenceFactory(cmoc=cmoc)
    MemoFactory(study=theory.study, theory=theory, visibility="public")
    CMOCFactory(theory=theory, number=2, title="Left", status="retired")

    page = " ".join(form_of(curator, theory).split())

    assert "2 CMOCs, 1 quote whose disclosure check and consent hold, 1 public memo." in page
    assert "the 3 states of its CMOCs before it, the reasons, and the names of who changed them" in page
    for told_one in ("CMOC 2, retired: Left", "“Old title” became “Trust”. Clearer.", "Fine."):
        assert told_one in page
    assert "What everybody reads once this is public" not in form_of(curator, theory.study)  # it is public
    publish(theory)
    assert "What everybody reads once this is public" not in form_of(curator, theory)


def test_form_of_a_private_study_says_it_of_its_public_theories(theory, curator):
    publish(theory)
    change(theory.study, visibility="private")
    TheoryFactory(study=theory.study, visibility="private", title="Stays private")
    page = form_of(curator, theory.study)
    assert len(re.findall(r"<h3[^>]*>A theory</h3>", page)) == 1
    assert "Stays private" not in page
    assert "decisions." not in page


def test_many_decisions_are_counted(theory, curator, monkeypatch):
    monkeypatch.setattr("programmes.desk.publication.MOST", 1)
    LineageEventFactory(theory=theory)
    LineageEventFactory(theory=theory)
    assert "These are the first of 2 decisions." in form_of(curator, theory)
    assert "once this is public" not in curator.get(reverse("admin:programmes_theory_add")).content.decode()
