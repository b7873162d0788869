"""Every form of the admin, opened and saved untouched: no row is changed, and no letter."""

from hashlib import sha256

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from programmes.integrity.text import LinesField, LongTextField, ShortTextField
from programmes.models import CMOC, CuratedModel, Quote, Review, Source, Theory
from programmes.package.read import read_package
from programmes.package.write import canonical, write_package
from programmes.pages.cmocs import cmoc_page
from programmes.vocabulary import ReviewState
from tests.sent_forms import sent_untouched

CURATED = [model for model in apps.get_models() if issubclass(model, CuratedModel)]
FORMS = [model for model in CURATED if admin.site.is_registered(model)]
# Spaces and an empty line around it, ends of lines of an older version, a tab, marks of direction, letters in parts.
AWKWARD = "\n  {}\t\u202eabc\u202c\r\n\r\n• e\u0301 \u2067א\u2069\ufeff 👩\u200d👧\r<b>&amp;\u00a0 \n"
SLOTS = ("context", "mechanism", "outcome")
SHORT = " {}\n\u200fא "


def with_lines(slug, end):
    """Return a package whose texts have lines, in a transcript too, that end in one way or another."""
    spoken = end.join(["Ann: The staff listened.", "They asked me twice.", "Ben: ok"])
    place = {"source": "s", "start": 15, "end": 43 + len(end), "prefix": end, "suffix": " "}
    statement = end.join(["First paragraph as printed.", "", "• a bullet", "• another "])
    wording = [f"statement: {statement}", "hedge: unknown", *(f"{slot}_absence: not-stated" for slot in SLOTS)]
    signed = {"signed_by": "R. Reviewer", "signed_date": "2026-01-02"}
    return canonical(
        {
            "format": "realist-theory-package",
            "version": 1,
            "programme": {"slug": slug, "name": "Lines"},
            "study": {"slug": slug, "title": "Lines", "kind": "evaluation", "reviews_required": 1},
            "sources": [
                {
                    "key": "s",
                    "kind": "interview",
                    "title": "s",
                    "text": spoken,
                    "sha256": sha256(spoken.encode()).hexdigest(),
                }
            ],
            "quotes": [{"key": "q1", "text": spoken[15 : 43 + len(end)], **place}],
            "theory": {"slug": slug, "title": "Lines"},
            "cmocs": [
                {
                    "number": 1,
                    "statement": statement,
                    "review_asked_date": "2026-01-01",
                    "evidence": [{"quote": "q1", "role": "supports"}],
                    "reviews": [{"number": 1, "verdict": "agree", **signed, "wording": wording}],
                }
            ],
        }
    )


@pytest.fixture
def everything(client, universe):
    client.force_login(User.objects.create_superuser("root"))
    return client


def all_rows():
    """Return every stored value of every curated row, and how many states each history has."""
    rows = {model: list(model._base_manager.order_by("pk").values()) for model in CURATED}
    return rows, {model: model.history.count() for model in CURATED}


def save_untouched(client, row):
    """Open the form of a row and save it as it is; return what the form has against it."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    page = client.get(address)
    sent = sent_untouched(page.content.decode(), f"{row._meta.model_name}_form")
    if "_initial_version" not in sent and "opened_version" not in sent:
        return "only read"
    response = client.post(address, {**sent, "_save": "Save"})
    if response.status_code == 302:
        return "saved"
    formsets = [errors for formset in response.context["inline_admin_formsets"] for errors in formset.formset.errors]
    return f"{response.context['adminform'].form.errors.as_data()} {formsets}"


@pytest.mark.untraced
def test_what_nobody_touched_keeps_its_letters(everything):
    """Of an older version too, whose ends of lines no browser sends back."""
    row = CMOC.objects.exclude(statement="").first()
    make_awkward(CMOC, row)
    stored = CMOC.objects.get(pk=row.pk)
    address = reverse("admin:programmes_cmoc_change", args=[row.pk])
    sent = sent_untouched(everything.get(address).content.decode(), "cmoc_form")

    response = everything.post(address, {**sent, "locator": " p.\u00a03 ", "change_reason": "Found."})

    assert response.status_code == 302
    saved = CMOC.objects.get(pk=row.pk)
    assert (saved.locator, saved.version) == (" p.\u00a03 ", stored.version + 1)
    assert (saved.statement, saved.title) == (stored.statement, stored.title)


@pytest.mark.untraced
def test_package_of_other_ends_of_lines_changes_nothing(universe):
    """Nor does the dump of a database of an older version, which has them in texts and in transcripts."""
    data = with_lines("older-lines", "\r\n")
    read_package(data)
    theory = Theory.objects.get(slug="older-lines")
    assert read_package(data).changes == []
    assert read_package(write_package(theory)).changes == []
    older = {"statement": "First paragraph as printed.\r\n\r\n• a bullet\r\n• another "}
    CMOC.objects.filter(theory=theory).update(**older)
    dumped = write_package(theory)
    assert read_package(dumped).changes == []
    assert CMOC.objects.get(theory=theory).statement == older["statement"]
    assert write_package(theory) == dumped
    theory.study.delete()
    read_package(dumped)
    cmoc = CMOC.objects.get(theory__slug="older-lines")
    assert cmoc_page(cmoc, User.objects.create_superuser("root")).standing.state == ReviewState.AGREED


def make_awkward(model, row):
    """Give a row texts as an older version took them, by a way that no door guards."""
    given = {}
    for entry in model._meta.concrete_fields:
        value = getattr(row, entry.name)
        if isinstance(entry, LinesField) and model is not Review and value:
            given[entry.name] = [f"  {line} \u202ex" for line in value]
        if isinstance(entry, LongTextField) and not entry.verbatim and value and model is not Quote:
            given[entry.name] = AWKWARD.format(value)
        if isinstance(entry, ShortTextField) and not entry.verbatim and value and entry.max_length > len(value) + 8:
            given[entry.name] = SHORT.format(value)
    model._base_manager.filter(pk=row.pk).update(**given)


@pytest.mark.untraced
def test_few_forms_of_awkward_texts(everything):
    read_package(with_lines("lines", "\n"))
    read_package(with_lines("older-lines", "\r\n"))
    rows = [row for model in CURATED for row in (model._base_manager.order_by("pk").first(),) if row is not None]
    for row in rows:
        make_awkward(type(row), row)
    opened = [*(row for row in rows if type(row) in FORMS), *CMOC.objects.filter(theory__title="Lines")]
    opened += [*Quote.objects.filter(study__title="Lines"), *Source.objects.filter(study__title="Lines")]
    before = all_rows()

    answers = {f"{row._meta.model_name} {row.pk}": save_untouched(everything, row) for row in opened}

    assert {name: answer for name, answer in answers.items() if answer not in {"saved", "only read"}} == {}
    assert list(answers.values()).count("saved") >= 16
    assert all_rows() == before


@pytest.mark.soak
def test_every_form_of_demo_and_universe(everything):
    call_command("load_demo")
    read_package(with_lines("lines", "\n"))
    read_package(with_lines("older-lines", "\r\n"))
    before = all_rows()
    packages = [write_package(theory) for theory in Theory.objects.order_by("pk")]

    answers = {
        f"{model._meta.model_name} {row.pk}": save_untouched(everything, row)
        for model in FORMS
        for row in model._base_manager.order_by("pk")
    }

    assert {name: answer for name, answer in answers.items() if answer not in {"saved", "only read"}} == {}
    assert all_rows() == before
    assert [write_package(theory) for theory in Theory.objects.order_by("pk")] == packages
