"""Memos in the admin: chosen by what they are about, and taken away."""

import csv
import io

import docx
import pytest
from django.urls import reverse

from programmes.models import Memo, Theory
from programmes.vocabulary import MemoAbout
from tests.factories import UserFactory
from tests.queries import asks

LIST = reverse("admin:programmes_memo_changelist")


@pytest.fixture
def curator(demo, client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


def chosen(client, action, memos):
    return client.post(LIST, {"action": action, "_selected_action": [memo.pk for memo in memos]})


@pytest.mark.untraced
@pytest.mark.parametrize("about", [*MemoAbout, "nothing-of-the-kind"])
def test_filter_by_what_it_is_about(curator, about):
    page = curator.get(LIST, {"about": about})
    shown = {memo.key for memo in page.context["cl"].get_queryset(page.wsgi_request)}
    every = Memo.objects.all()
    assert shown == {memo.key for memo in every if about in {memo.about, "nothing-of-the-kind"}}


def test_list_costs_the_same_for_any_number(curator):
    with asks("session, user, study, count memo, count memo, memo, study"):
        page = curator.get(LIST).content.decode()
    assert "CMOC 5: " in page
    Memo.objects.exclude(theory=Theory.objects.get(slug="thompson-2023")).delete()
    with asks("session, user, study, count memo, count memo, memo, study"):
        curator.get(LIST)


def test_download_as_table(curator):
    memos = list(Memo.objects.filter(cmoc__number=5))
    response = chosen(curator, "download_table", memos)
    assert response["Content-Disposition"] == 'attachment; filename="memos.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {row["key"] for row in rows} == {memo.key for memo in memos} != set()


def test_download_as_document(curator):
    memos = list(Memo.objects.filter(cmoc__number=5))
    document = docx.Document(io.BytesIO(chosen(curator, "download_document", memos).content))
    assert {memo.text for memo in memos} <= {paragraph.text for paragraph in document.paragraphs}
