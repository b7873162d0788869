"""The door for tables: pasted or given, looked at with what is asked, loaded in one act, and reported."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programmes.desk import table_imports
from programmes.models import CMOC, ImportReport, Study, Theory
from programmes.package.problems import PackageError, Problem
from tests import factories as make

TABLE = (
    "<table><caption>Table 2 Configurations</caption>"
    "<tr><th>No.</th><th>Context</th><th>Mechanism</th><th>Outcome</th><th>Refs</th></tr>"
    "<tr><td>1a</td><td>Small teams</td><td>People cover for each other</td><td>Fewer gaps</td><td>12</td></tr>"
    "<tr><td>1b</td><td>Large teams</td><td>Nobody feels meant</td><td>More gaps</td><td>14</td></tr></table>"
)
ASKING = (
    "<table><tr><th>No.</th><th>Context</th><th>Mechanism</th><th>Outcome</th></tr>"
    "<tr><td>1</td><td>Lives alone; bereaved; no car</td><td>Feels sought out</td><td>Opens the door</td></tr></table>"
)


@pytest.fixture
def study(db):
    return make.StudyFactory(statements="printed", visibility="private", slug="printed-study")


@pytest.fixture
def address(study):
    return reverse("desk-take-in", args=[study.slug])


@pytest.fixture
def curator(study, client):
    user = make.MembershipFactory(study=study, role="curator").user
    client.force_login(user)
    return user


def given(**fields):
    """Return the fields of the form."""
    return {"origin": "printed", "theory": "", "table": "Table 2", "page": "7", **fields}


def held(answer):
    """Return the fields with which a page that shows a table is sent back, as a browser sends it."""
    page = answer.content.decode()
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"} | given()


def test_only_who_curates_the_study_takes_in(client, study, address):
    for role, status in (("reader", 403), ("reviewer", 403), ("curator", 200), ("lead", 200)):
        client.force_login(make.MembershipFactory(study=study, role=role).user)
        assert client.get(address).status_code == status


def test_a_pasted_page_is_looked_at_before_anything_is_kept_and_then_loaded(client, study, address, curator):
    answer = client.post(address, given(html=TABLE, text="1a\tSmall teams"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>2</strong> new" in page
    assert "15 cells: 13 placed, 0 asked about, 2 not placed." in page
    assert not CMOC.objects.exists()
    loaded = client.post(address, held(answer) | {"load": ""})
    report = ImportReport.objects.get()
    assert loaded["Location"] == reverse("desk-taken-in", args=[study.slug, report.pk])
    found = CMOC.objects.order_by("number")
    assert [(row.label, row.locator) for row in found] == [("1a", "Table 2, p. 7"), ("1b", "Table 2, p. 7")]
    assert Theory.objects.get().visibility == "private"
    (entry,) = report.files
    assert entry["facts"] == {"new": 2, "changed": 0, "unchanged": 0, "cells": 15, "cells placed": 13}
    assert [kind["count"] for kind in entry["left_out"]] == [2]
    shown = client.get(loaded["Location"]).content.decode()
    assert "cells placed: 13" in shown
    assert "Table 2" in shown


def test_a_table_given_again_changes_what_differs_by_label(client, study, address, curator):
    client.post(address, held(client.post(address, given(html=TABLE))) | {"load": ""})
    theory = Theory.objects.get()
    again = given(html=TABLE.replace("Fewer gaps", "No gaps"), theory=theory.slug)
    answer = client.post(address, again)
    page = answer.content.decode()
    assert "<strong>1</strong> changed" in page
    assert "<strong>1</strong> unchanged" in page
    assert "<ins>No gaps</ins>" in page
    client.post(address, held(answer) | {"theory": theory.slug, "load": ""})
    assert CMOC.objects.count() == 2
    assert [link.wording for link in CMOC.objects.get(label="1a").outcome_links.all()] == ["No gaps"]


def test_what_is_asked_is_answered_before_it_is_loaded(client, address, curator):
    answer = client.post(address, given(text=ASKING))
    assert "To be answered: 1" in answer.content.decode()
    refused = client.post(address, held(answer) | {"load": ""})
    assert refused.status_code == 409
    assert table_imports.STILL_ASKED in refused.content.decode()
    (name,) = set(re.findall(r'<input type="radio" name="([^"]+)"', answer.content.decode()))
    settled = client.post(address, held(answer) | {name: "one", "look": ""})
    assert "To be answered" not in settled.content.decode()
    client.post(address, held(settled) | {"load": ""})
    assert [link.wording for link in CMOC.objects.get().context_links.all()] == ["Lives alone; bereaved; no car"]


def test_a_column_is_what_somebody_chooses(client, address, curator):
    answer = client.post(address, given(html=TABLE))
    chosen = {"column:1-4": "quotes against", "column:1-3": "nonsense", "column:x-1": "label", "column:1-2": ""}
    again = client.post(address, held(answer) | chosen | {"look": ""})
    assert "15 cells: 15 placed" in again.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Give a file, or paste the table."),
        ({"held": "%%%", "name": "a.html"}, "The table did not come back whole. Give it again."),
        ({"file": SimpleUploadedFile("a.pdf", b"%PDF")}, "a.pdf ends in .pdf; give a file that ends in one of"),
    ],
)
def test_what_cannot_be_read_is_told(client, address, curator, fields, sentence):
    answer = client.post(address, given(**fields))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_a_file_of_many_bytes_is_not_taken(client, address, curator, monkeypatch):
    monkeypatch.setattr(table_imports, "MOST_BYTES_HELD", 3)
    answer = client.post(address, given(file=SimpleUploadedFile("a.csv", b"1234")))
    assert "a.csv has 4 bytes; at most 3 are taken. Divide it." in answer.content.decode()


def test_a_file_and_cells_with_tabs_are_read_too(client, address, curator):
    rows = "No.\tContext\tMechanism\tOutcome\n1\tRain\tShelter\tTalk\n"
    for fields in ({"text": rows}, {"file": SimpleUploadedFile("a.tsv", rows.encode())}):
        assert "<strong>1</strong> new" in client.post(address, given(**fields)).content.decode()


def test_lines_without_a_table_are_read_as_paragraphs(client, address, curator):
    lines = "If people meet, then they talk, because they wait together."
    assert "<strong>1</strong> new" in client.post(address, given(text=lines)).content.decode()


def test_nothing_that_is_no_configuration_is_loaded(client, address, curator):
    table = "<table><tr><th>Journal</th><th>Year</th></tr><tr><td>Lancet</td><td>2019</td></tr></table>"
    refused = client.post(address, held(client.post(address, given(html=table))) | {"load": ""})
    assert refused.status_code == 409
    assert table_imports.NOTHING_FOUND in refused.content.decode()


def test_a_printed_table_goes_into_no_study_of_own_statements(client, study, address, curator):
    study.statements = "own"
    study.save()
    answer = client.post(address, given(html=TABLE))
    assert answer.status_code == 400
    assert table_imports.OWN_STUDY in answer.content.decode()


def test_a_printed_table_goes_into_a_study_of_its_publication_that_is_made_where_there_is_none(
    client, study, address, curator
):
    study.statements = "own"
    study.save()
    theory = make.TheoryFactory(study=study, slug="ours")
    said = {"publication": "Reyes 2024. Wards.", "licence": "CC BY 4.0"}
    refused = client.post(address, given(html=TABLE, theory=theory.slug, **said))
    assert table_imports.ELSEWHERE in refused.content.decode()
    answer = client.post(address, given(html=TABLE, **said))
    assert 'a new private study, <bdi dir="auto">Reyes 2024. Wards.</bdi>, which you lead' in answer.content.decode()
    loaded = client.post(address, held(answer) | said | {"load": ""})
    made = Study.objects.exclude(pk=study.pk).get()
    assert (made.statements, made.visibility, made.citation, made.licence, made.programme) == (
        "printed",
        "private",
        "Reyes 2024. Wards.",
        "CC BY 4.0",
        study.programme,
    )
    assert loaded["Location"] == reverse("desk-taken-in", args=[made.slug, ImportReport.objects.get().pk])
    assert made.memberships.get().role == "lead"
    assert client.get(loaded["Location"]).status_code == 200
    again = client.post(address, given(html=TABLE, **said))
    assert 'It goes into the study <bdi dir="auto">Reyes 2024. Wards.</bdi>:' in again.content.decode()
    client.post(address, held(again) | said | {"load": ""})
    assert Study.objects.count() == 2
    assert Theory.objects.filter(study=made).count() == 2


def test_study_of_a_publication_that_others_curate_is_not_taken(client, study, address, curator):
    study.statements = "own"
    study.save()
    other = make.StudyFactory(citation="Reyes 2024.", statements="printed", visibility="private", title="Theirs")
    make.MembershipFactory(study=other, user=curator, role="reader")
    page = client.post(address, given(html=TABLE, publication="Reyes 2024.")).content.decode()
    assert 'a new private study, <bdi dir="auto">Reyes 2024.</bdi>' in page
    assert "Theirs" not in page.split('<section class="ti')[0].split("<h1>")[1]


def test_the_form_can_be_gone_back_to(client, address, curator):
    assert "Paste the table" in client.post(address, given(html=TABLE, back="")).content.decode()


def test_what_cannot_be_loaded_is_told_and_nothing_is_kept(client, address, curator, monkeypatch):
    def refuse(*_, **__):
        raise PackageError([Problem("cmocs[0].label", "x", "is wrong", "mend it")])

    answer = client.post(address, given(html=TABLE))
    monkeypatch.setattr(table_imports, "read_package", refuse)
    refused = client.post(address, held(answer) | {"load": ""})
    assert refused.status_code == 409
    assert "cmocs[0].label: is wrong (found x); mend it" in refused.content.decode()
    assert not ImportReport.objects.exists()


def test_a_report_of_another_study_is_not_there(client, address, curator):
    other = make.StudyFactory()
    report = ImportReport.objects.create(study=other, kind="table", signed_by="x", files=[])
    assert client.get(reverse("desk-taken-in", args=["printed-study", report.pk])).status_code == 404


SENTENCES = (
    "<table><tr><th>Programme theory</th></tr>"
    "<tr><td>If a, b, c because d.</td></tr><tr><td>A guest who is taken there (C) trusts (M) and stays (O).</td></tr>"
    "</table>"
)


def test_a_sentence_that_is_asked_about_shows_its_reading_by_underline(client, address, curator):
    page = client.post(address, given(html=SENTENCES)).content.decode()
    asked = page.split('<section class="ti-questions"')[1].split("</section>")[0]
    assert asked.count('<u class="ti-read">') == 3
    assert '<u class="ti-read">a</u> <span class="ti-as">Context</span>' in asked
    assert '<u class="ti-read">trusts</u>' in page


def test_words_of_a_sentence_are_read_as_somebody_chooses(client, address, curator):
    answer = client.post(address, given(html=SENTENCES))
    chosen = {
        "answer:1-sentence-0": "read",
        "span:1-2-0-1": "contexts",
        "span:1-2-0-2": "not placed",
        "span:1-2-0": "contexts",
    }
    again = client.post(address, held(answer) | chosen | {"look": ""})
    assert '<option value="not placed" selected>' in again.content.decode()
    client.post(address, held(again) | chosen | {"load": ""})
    cmoc = CMOC.objects.get(number=2)
    assert [link.wording for link in cmoc.context_links.all()] == ["A guest who is taken there", "trusts"]
    assert not cmoc.outcome_links.exists()
    assert cmoc.statement == "A guest who is taken there (C) trusts (M) and stays (O)."


def test_a_load_that_is_killed_leaves_nothing(client, address, curator, monkeypatch):
    answer = client.post(address, given(html=TABLE))

    def killed(*_):
        raise SystemExit

    monkeypatch.setattr(table_imports.TakeInTableView, "reported", killed)
    with pytest.raises(SystemExit):
        client.post(address, held(answer) | {"load": ""})
    assert not CMOC.objects.exists()
    assert not Theory.objects.exists()
    assert not ImportReport.objects.exists()


def test_two_who_looked_at_the_same_table_load_it_once_and_both_are_told(client, study, address, curator):
    theory = make.TheoryFactory(study=study, slug="both")
    into = {"theory": theory.slug}
    first, second = (client.post(address, given(html=TABLE, **into)) for _ in range(2))
    for answer in (first, second):
        client.post(address, held(answer) | into | {"load": ""})
    facts = [report.files[0]["facts"] for report in ImportReport.objects.order_by("pk")]
    assert [(fact["new"], fact["unchanged"]) for fact in facts] == [(2, 0), (0, 2)]
    assert CMOC.objects.count() == 2
