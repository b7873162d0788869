"""What changed for whom, in an order in which nothing comes before what was shown; feeds, and when rows changed."""

import datetime as dt
import re
import sqlite3
import threading
import time

import httpx
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from programmes.api import telling
from programmes.api.dependencies import dependencies, resources
from programmes.api.moments import at_moment
from programmes.api.rows import build_rows
from programmes.integrity.touches import watched_models
from programmes.models import Membership, RowToTell, Study, Telling, ToldRow, Touch
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    MembershipFactory,
    MemoFactory,
    ProgrammeFactory,
    QuoteFactory,
    RestorationFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)
from tools import mirror

ADDRESS = "/api/v1/changes/"
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00")


def asked(client, **parameters):
    response = client.get(ADDRESS, parameters)
    assert response.status_code == 200, response.content
    return response.json()


def told(client, since=None, **parameters):
    """Return the changes up to now, and the cursor for the next time."""
    changes = []
    while True:
        page = asked(client, **({"since": since} if since else {}), **parameters)
        changes += [f"{change['change']} {change['resource']} {change['id']}" for change in page["results"]]
        since = page["since"]
        if not page["more"]:
            return changes, since


def refused(client, **parameters):
    response = client.get(ADDRESS, parameters)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    return error["parameter"], error["message"]


@pytest.fixture
def study(db):
    """A small public study with a theory of one CMOC and a quote."""
    study = StudyFactory(slug="s1", programme=ProgrammeFactory(slug="p1"))
    cmoc = CMOCFactory(theory=TheoryFactory(study=study, slug="t1"), number=1)
    EvidenceFactory(cmoc=cmoc, quote=QuoteFactory(study=study, key="q1", visibility="public"))
    return study


OF_STUDY = ["programmes p1", "studies s1", "theories t1", "cmocs t1:1", "quotes s1:q1", "evidence t1:1:q1"]


def each(change, *keys):
    return sorted(f"{change} {key}" for key in keys)


@pytest.mark.django_db
def test_all_that_one_may_see_comes_first_then_what_is_new(client, study):
    first, since = told(client)
    again, since_again = told(client, since)
    memo = MemoFactory(study=study, quote=study.quotes.get(), key="m1")
    page = asked(client, since=since, rows="true")
    row = client.get("/api/v1/memos/s1:m1/").json()
    (change,) = [change for change in page["results"] if change["resource"] == "memos"]
    memo.delete()

    assert (sorted(first), again, since_again) == (each("added", *OF_STUDY), [], since)
    assert WHEN.fullmatch(change.pop("when"))
    assert change == {
        "resource": "memos",
        "id": "s1:m1",
        "change": "added",
        **{name: row[name] for name in ("url", "modified", "version")},
        "row": row,
    }
    assert page["next"] == f"http://testserver{ADDRESS}?rows=true&since={page['since']}"
    after = ["changed quotes s1:q1", "changed studies s1", "removed memos s1:m1"]
    assert sorted(told(client, page["since"])[0]) == after


@pytest.mark.django_db
def test_a_row_changes_with_all_that_is_told_with_it(client, study):
    _, since = told(client)
    study.citation = "Cited otherwise"
    study.save()

    assert sorted(told(client, since)[0]) == each("changed", *OF_STUDY)


@pytest.mark.django_db
def test_what_is_hidden_is_removed_and_added_again_and_nothing_else_of_it_is_told(client, study):
    _, since = told(client)
    study.visibility = "private"
    study.save()
    CMOCFactory(theory=study.theories.get(), number=2)  # nobody but the team ever hears of it
    hidden, since_hidden = told(client, since)
    study.visibility = "public"
    study.save()

    assert sorted(hidden) == each("removed", *OF_STUDY)
    assert sorted(told(client, since_hidden)[0]) == each("added", *OF_STUDY, "cmocs t1:2")
    assert sorted(told(client, since)[0]) == sorted([*each("changed", *OF_STUDY), "added cmocs t1:2"])


@pytest.mark.django_db
def test_who_gets_and_loses_a_role_is_told_of_all_that_it_opened(client, study):
    other = StudyFactory(slug="s2", programme=ProgrammeFactory(slug="p2"), visibility="private")
    QuoteFactory(study=other, key="q2", visibility="private", disclosure_checked_date=None)
    client.force_login(user := UserFactory())
    before, since = told(client)
    membership = MembershipFactory(study=other, user=user, role="reader")
    as_reader, since_reader = told(client, since)
    Membership.objects.filter(pk=membership.pk).update(role="curator")
    as_curator, since_curator = told(client, since_reader)
    membership.delete()
    QuoteFactory(study=other, key="q3", visibility="private")  # after they left
    after, since_after = told(client, since_curator, page_size=1)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    as_operator, since_operator = told(client, since_after, page_size=2)
    User.objects.filter(pk=user.pk).update(is_superuser=False)

    assert sorted(before) == each("added", *OF_STUDY)
    assert sorted(as_reader) == ["added programmes p2", "added studies s2"]
    assert sorted(as_curator) == ["added quotes s2:q2", "changed programmes p2", "changed studies s2"]
    assert sorted(set(after)) == each("removed", "programmes p2", "quotes s2:q2", "studies s2")
    assert {"added quotes s2:q3", "added quotes s2:q2", "changed quotes s1:q1"} <= set(as_operator)
    assert {change for change in told(client, since_operator)[0] if " s1" not in change and " t1" not in change} == {
        "removed programmes p2",
        "removed quotes s2:q2",
        "removed quotes s2:q3",
        "removed studies s2",
        "changed programmes p1",
    }


@pytest.mark.django_db
def test_roles_that_come_back_while_their_rows_are_told_bring_the_rows_back(client, study):
    study.visibility = "private"
    study.save()
    client.force_login(user := UserFactory())
    membership = MembershipFactory(study=study, user=user, role="curator")
    _, since = told(client)
    Membership.objects.filter(pk=membership.pk).delete()
    page = asked(client, since=since, page_size=1)
    MembershipFactory(study=study, user=user, role="curator")
    removed = {f"{change['resource']} {change['id']}" for change in page["results"]}
    again, _ = told(client, page["since"])

    assert len(removed) == 1
    assert each("changed", *OF_STUDY) == sorted(set(again))


@pytest.mark.django_db
def test_a_day_gives_what_changed_since_and_what_was_lost_since(client, study):
    client.force_login(user := UserFactory())
    private = StudyFactory(slug="s2", programme=study.programme, visibility="private")
    membership = MembershipFactory(study=private, user=user, role="reader")
    told(client)
    long_ago = timezone.now() - dt.timedelta(days=3)
    Membership.history.update(history_date=long_ago - dt.timedelta(days=1))
    ToldRow.objects.filter(study=private.pk).update(readers_from=1, readers_since=1)
    membership.delete()
    day = (timezone.localdate() - dt.timedelta(days=1)).isoformat()

    assert "removed studies s2" in told(client, day)[0]
    assert "removed studies s2" not in told(client, "2020-01-01")[0]  # nobody was in the team yet
    assert told(client, f"{timezone.now() + dt.timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}")[0] == []


@pytest.mark.django_db
def test_pages_of_any_size_give_the_same_while_rows_move(client, study):
    whole, _ = told(client)
    page = asked(client, page_size=2)
    first = [f"{change['change']} {change['resource']} {change['id']}" for change in page["results"]]
    study.theories.get().save()
    rest, _ = told(client, page["since"], page_size=1)

    assert told(client, page_size=1)[0] == told(client)[0]
    assert {change.split(" ", 1)[1] for change in first + rest} == {change.split(" ", 1)[1] for change in whole}


@pytest.mark.django_db
def test_a_programme_is_known_by_any_of_its_studies(client, study):
    empty = ProgrammeFactory(slug="p2")
    second = StudyFactory(slug="s2", programme=study.programme)
    _, since = told(client)
    client.force_login(UserFactory())
    as_member, since_member = told(client, since)
    study.programme = empty
    study.save()
    client.logout()
    moved, since_moved = told(client, since)
    second.delete()

    assert [change for change in as_member if "p2" in change] == ["added programmes p2"]
    assert "added programmes p2" in moved
    assert "removed programmes p1" in told(client, since_moved)[0]
    client.force_login(User.objects.get())
    assert "changed programmes p1" in told(client, since_member)[0]


@pytest.mark.django_db
def test_cursors_of_others_and_of_nobody_are_told_apart(client, study):
    client.force_login(UserFactory())
    _, of_member = told(client)
    client.force_login(UserFactory())
    of_another = refused(client, since=of_member)
    client.logout()

    assert of_another == refused(client, since=of_member)
    assert of_another == ("since", "is of another account; start again without it")
    unreadable = "is no cursor that an answer of /changes/ gave, and no day or time such as 2026-03-04 or "
    unreadable += "2026-03-04T05:06:07Z"
    for wrong in ("abc", "", "2026-02-30", "2026-1-1", "9999-99-99", "é", of_member[:-2], "0001-01-01T00:00+23:59x"):
        assert refused(client, since=wrong) == ("since", unreadable)
    assert refused(client, page_size="1001") == ("page_size", "is no whole number from 1 to 1000")
    assert refused(client, page_size="x")[0] == refused(client, page_size="0")[0] == "page_size"
    assert refused(client, rows="yes") == ("rows", "is neither true nor false")
    assert refused(client, sinse="1")[0] == "sinse"


def test_days_and_times_are_read_or_refused():
    assert at_moment("2026-03-04T05:06:07Z") == dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
    assert at_moment("2026-03-04").date() == dt.date(2026, 3, 4)
    assert [at_moment(text) for text in ("2026-02-30", "٢٠٢٦-03-04", "2026-03-04 05:06", "0000-01-01", "now")] == [
        None
    ] * 5


@pytest.mark.django_db
def test_after_a_restored_backup_cursors_of_the_lost_time_are_refused(client, study):
    _, before = told(client)
    kept = Telling.objects.get().last_place
    study.save()
    _, lost = told(client, before)
    Telling.objects.update(last_place=kept)  # as the backup has it
    RestorationFactory()

    assert sorted(told(client, before)[0]) == each("changed", *OF_STUDY)
    assert refused(client, since=lost)[1].startswith("is of a time before the site was restored")
    Telling.objects.update(last_place=1)
    assert refused(client, since=before)[1].startswith("is of a time before the site was restored")


@pytest.mark.django_db
def test_the_daily_command_tells_all_that_waits(client, study):
    call_command("tidy")
    study.save()
    waiting = [str(row) for row in Touch.objects.all()]
    RowToTell.objects.create(resource="quotes", record=1)
    waiting += map(str, RowToTell.objects.all())
    call_command("tidy")

    assert waiting == [f"programmes.study {study.pk}", "quotes 1"]
    assert (Touch.objects.count(), RowToTell.objects.count()) == (0, 0)
    telling_ = Telling.objects.get()
    assert str(telling_) == f"Told up to {telling_.last_place}"
    assert str(ToldRow.objects.get(resource="quotes")) == "quotes s1:q1"


@pytest.mark.django_db
def test_the_daily_command_goes_on_until_nothing_waits(study, monkeypatch):
    monkeypatch.setattr(telling, "PORTION", 2)
    call_command("tidy")
    assert (Touch.objects.count(), RowToTell.objects.count()) == (0, 0)
    assert ToldRow.objects.count() == len(OF_STUDY)


@pytest.mark.django_db
def test_what_waits_is_told_in_portions(client, study, monkeypatch):
    monkeypatch.setattr(telling, "PORTION", 2)
    first = asked(client)
    rest, _ = told(client, first["since"])

    assert first["more"]
    keys = [f"{change['change']} {change['resource']} {change['id']}" for change in first["results"]]
    assert sorted({*keys, *rest}) == each("added", *OF_STUDY)
    assert (Touch.objects.count(), RowToTell.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_who_begins_first_and_commits_last_is_not_missed(client):
    study = StudyFactory(slug="s1", programme=ProgrammeFactory(slug="p1"))
    theory = TheoryFactory(study=study, slug="t1")
    _, since = told(client)
    begun, go_on = threading.Event(), threading.Event()

    def slow_writer():
        try:
            with transaction.atomic():
                CMOCFactory(theory=theory, number=1)
                begun.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert begun.wait(20)
    CMOCFactory(theory=TheoryFactory(study=study, slug="t2"), number=2)
    between, since_between = told(client, since)
    go_on.set()
    thread.join()

    assert ("added cmocs t2:2" in between, "added cmocs t1:1" in between) == (True, False)
    assert "added cmocs t1:1" in told(client, since_between)[0]


TABLES = re.compile(r'(?:FROM|JOIN) "(\w+)"')


@pytest.mark.django_db
@pytest.mark.once
def test_every_table_that_a_row_is_made_of_is_watched_and_leads_to_it(universe, django_assert_max_num_queries):
    by_table = {model._meta.db_table: model._meta.label_lower for model in watched_models()}
    lists = {
        relation.remote_field.through._meta.db_table
        for model in watched_models()
        for relation in model._meta.local_many_to_many
    }
    lead = UserFactory()
    for study in Study.objects.all():
        MembershipFactory(study=study, user=lead, role="lead")
    missing = []
    for name, viewset in resources().items():
        with django_assert_max_num_queries(100) as asked_for:
            build_rows(viewset.serializer_class(), viewset.model.objects.visible_to(lead), lead, "")
        tables = {table for query in asked_for.captured_queries for table in TABLES.findall(query["sql"])}
        history = {
            viewset.model.history.model._meta.db_table,
            Membership._meta.db_table,
        }  # roles are compared themselves
        for table in tables - lists - history:
            label = by_table.get(table, table)
            if not any(resource == name for resource, _ in dependencies().on_record.get(label, ())):
                missing.append((name, table))
    assert missing == []


@pytest.mark.django_db
def test_lists_can_be_asked_for_what_was_saved_since(client, study):
    quote = study.quotes.get()
    quote.history.update(history_date="2020-01-02T03:04:05Z")

    assert client.get("/api/v1/quotes/s1:q1/").json()["modified"] == "2020-01-02T03:04:05+00:00"
    for since, found in (("2020-01-02", 1), ("2020-01-02T03:04:05Z", 1), ("2020-01-02T03:04:06Z", 0)):
        rows = client.get("/api/v1/quotes/", {"modified_since": since}).json()["results"]
        assert [row["version"] for row in rows] == [1] * found
    response = client.get("/api/v1/quotes/", {"modified_since": "yesterday"})
    assert response.json()["errors"] == [
        {
            "parameter": "modified_since",
            "value": ["yesterday"],
            "message": "is no day or time such as 2026-03-04 or 2026-03-04T05:06:07Z",
            "code": "wrong-value",
        }
    ]


@pytest.mark.django_db
def test_answers_say_when_anything_changed_last_if_that_is_sure(client, study, monkeypatch):
    untold = client.get("/api/v1/quotes/")
    told(client)
    Telling.objects.update(last_place=telling.place_at(time.time() + 60))  # as if all this took no second
    within_the_second = client.get("/api/v1/quotes/")
    Telling.objects.update(last_place=1_600_000_000_500_000)
    sure = client.get("/api/v1/quotes/s1:q1/")
    unchanged = client.get("/api/v1/quotes/", headers={"if-modified-since": sure["Last-Modified"]})
    study.save()

    assert "Last-Modified" not in untold
    assert "Last-Modified" not in within_the_second
    assert sure["Last-Modified"] == "Sun, 13 Sep 2020 12:26:40 GMT"
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert client.get("/api/v1/quotes/", headers={"if-modified-since": sure["Last-Modified"]}).status_code == 200
    assert "Last-Modified" not in client.get("/api/v1/quotes/none:none/")


def entries(client, address):
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    text = response.content.decode()
    titles = re.findall("<title>(.*?)</title>", text)
    links = re.findall('<link href="http://testserver([^"]*)" rel="alternate"', text)
    return list(zip(titles, links, strict=True))


@pytest.mark.django_db
def test_feeds_name_what_changed_last_and_may_be_seen_by_everybody(client, study):
    study.theories.update(title="A theory & more")
    MemoFactory(study=study, key="m1", visibility="private")
    of_site = entries(client, "/changes.atom")
    of_theory = entries(client, "/theories/t1/changes.atom")
    ToldRow.objects.filter(resource="quotes").update(key="renamed")
    assert "Quote s1:q1" not in dict(entries(client, "/changes.atom"))
    client.force_login(UserFactory(is_superuser=True))
    assert "added quotes renamed" not in told(client, "2020-01-01")[0]
    Study.objects.filter(pk=study.pk).update(visibility="private")

    assert of_theory[0] == ("What changed: A theory &amp; more", "/theories/t1/")
    assert sorted(of_theory[1:]) == [
        ("CMOC t1:1: Role model", "/theories/t1/cmocs/1/"),
        ("Evidence t1:1:q1", "/api/v1/evidence/t1:1:q1/"),
        ("Theory t1: A theory &amp; more", "/theories/t1/"),
    ]
    assert of_site[0] == ("What changed: Realist", "/")
    assert {link for _, link in of_site[1:]} >= {"/studies/s1/", "/studies/s1/quotes/q1/", "/theories/t1/"}
    assert len(of_site) == 1 + len(OF_STUDY)
    assert client.get("/theories/t1/changes.atom").status_code == 404
    assert entries(client, "/changes.atom") == [("What changed: Realist", "/")]


def answers(*given):
    """Return a client that gets these answers one after another."""
    left = list(given)
    return httpx.Client(transport=httpx.MockTransport(lambda _: left.pop(0)), base_url="http://site")


PAGE = {"more": False, "since": "s1", "results": [{"resource": "memos", "id": "a", "change": "added", "row": {}}]}


def test_the_mirror_waits_for_a_busy_site_and_starts_again_when_told(monkeypatch):
    waits = []
    monkeypatch.setattr(mirror.time, "sleep", waits.append)
    copy = sqlite3.connect(":memory:")
    busy = httpx.Response(503, headers={"Retry-After": "7"}, json={})

    assert mirror.mirror(answers(busy, httpx.Response(200, json=PAGE)), copy) == 1
    again = httpx.Response(200, json=PAGE | {"results": []})
    assert mirror.mirror(answers(httpx.Response(400, json={"detail": "VOID"}), again), copy) == 0
    assert (waits, copy.execute("SELECT * FROM rows").fetchall()) == ([7.0], [])
    with pytest.raises(mirror.MirrorError, match="The site answered 503: None"):
        mirror.mirror(answers(*[busy] * mirror.PATIENCE), copy)
    assert len(waits) == 1 + mirror.PATIENCE
    with pytest.raises(mirror.MirrorError, match="The site answered 401: No"):
        mirror.mirror(answers(httpx.Response(401, json={"detail": "No"})), copy)


def test_the_mirror_is_a_script(tmp_path, monkeypatch, capsys):
    seen = []

    def mirrored(client, copy):
        seen.append((str(client.base_url), client.headers.get("authorization")))
        if len(seen) == 3:
            raise mirror.MirrorError("The site is gone.")
        return 5

    monkeypatch.setattr(mirror, "mirror", mirrored)
    (token := tmp_path / "token").write_text("abc\n")
    site, copy = "http://site/", str(tmp_path / "copy.sqlite3")

    ends = [mirror.main([site, copy]), mirror.main([site, copy, "--token-file", str(token)]), mirror.main([site, copy])]
    assert (ends, seen) == ([0, 0, 1], [(site, None), (site, "Bearer abc"), (site, None)])
    assert capsys.readouterr() == ("5 changes.\n5 changes.\n", "The copy is not up to date: The site is gone.\n")
