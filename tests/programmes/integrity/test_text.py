"""The fields of texts and of days: in forms, in packages and in both databases."""

import datetime as dt
import json

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

import tests.factories as made
from programmes.characters import BLANKS
from programmes.integrity.dates import ActDateField, latest_day
from programmes.integrity.invariants import install_triggers, remove_triggers
from programmes.integrity.known_dates import KnownDateField
from programmes.integrity.text import LineInput, LinesField, LongTextField, ShortTextField, TextFormField
from programmes.models import CMOC, Caveat, CuratedModel, Memo, Programme, Review, Source
from tests.sent_forms import sent_untouched

CURATED = [model for model in apps.get_models() if issubclass(model, CuratedModel)]
ANYTHING = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn"), include_characters="\t\n"))


def test_every_text_has_the_one_field():
    others = [
        f"{model.__name__}.{entry.name}"
        for model in CURATED
        for entry in model._meta.concrete_fields
        if isinstance(entry, models.CharField | models.TextField)
        and not isinstance(entry, ShortTextField | LongTextField | models.SlugField | models.URLField | KnownDateField)
        and not entry.choices
    ]
    assert others == ["Source.sha256"]


def test_every_day_of_an_act_has_the_one_field():
    others = [
        f"{model.__name__}.{entry.name}"
        for model in CURATED
        for entry in model._meta.concrete_fields
        if isinstance(entry, models.DateField) and not isinstance(entry, ActDateField)
    ]
    assert others == ["Survey.opened_date", "Survey.closed_date"]


@pytest.mark.untraced
@pytest.mark.parametrize("widget", [forms.Textarea, LineInput])
@given(text=ANYTHING)
def test_what_a_browser_sends_back_is_the_text(widget, text):
    class Form(forms.Form):
        words = TextFormField(required=False, widget=widget)

    page = str(Form(initial={"words": text}))
    sent = {name: values[0] for name, values in sent_untouched(page).items()}
    form = Form(sent, initial={"words": text})
    assert form.is_valid()
    assert not form.has_changed()
    assert form.cleaned_data["words"] == ("" if not text.strip(BLANKS) else text)


@pytest.mark.parametrize("field", [TextFormField(max_length=3), LongTextField(max_length=3).formfield()])
def test_form_refuses_with_a_sentence(field):
    def refusal(text):
        with pytest.raises(ValidationError) as error:
            field.clean(text)
        return error.value.messages

    assert refusal(" \u200b\r\n") == ["This field is required."]
    assert refusal("four") == ["This has 4 letters; at most 3 are kept."]
    assert refusal("a\r\n\0") == ["This has U+0000 (NULL) in line 2, column 1. Delete it there."]
    assert field.clean("a\r\n\u202e") == "a\n\u202e"


def test_form_tells_the_limit_and_lets_no_browser_cut():
    field = CMOC._meta.get_field("statement").formfield()
    assert field.help_text.endswith(" At most 200,000 letters.")
    assert field.widget.attrs == {"dir": "auto", "cols": "40", "rows": "10"}
    assert CMOC._meta.get_field("title").formfield().widget.attrs == {"dir": "auto"}


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"text": " \u00a0\u2800"}, {"text": ["This shows nothing but white space. Give a text."]}),
        ({"text": "x\ufdd0"}, {"text": ["This has U+FDD0 (NOT A CHARACTER) in line 1, column 2. Delete it there."]}),
        ({"text": "x" * 100_001}, {"text": ["This has 100,001 letters; at most 100,000 are kept."]}),
        ({"locator": "x" * 201}, {"locator": ["This has 201 letters; at most 200 are kept."]}),
    ],
)
def test_model_refuses_with_a_sentence(db, values, error):
    caveat = made.CaveatFactory()
    for name, value in values.items():
        setattr(caveat, name, value)
    with pytest.raises(ValidationError) as caught:
        caveat.full_clean()
    assert caught.value.message_dict == error


def test_longest_texts_are_kept(db):
    cmoc = made.CMOCFactory(statement="é" * 200_000)
    cmoc.full_clean()
    made.ReviewFactory.build(cmoc=cmoc, wording=[f"statement: {cmoc.statement}"]).clean_fields(exclude=["reviewer"])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["\u3000"], "Give a list of texts, one on a line."),
        (["x"] * 1001, "This has 1,001 lines; at most 1,000 are kept."),
        (["x" * 501], "This has 501 letters; at most 500 are kept."),
        (["x", "\x1b"], "This has U+001B (ESCAPE) in line 1, column 1. Delete it there."),
    ],
)
def test_lines_are_refused_with_a_sentence(lines, message):
    with pytest.raises(ValidationError) as caught:
        Programme._meta.get_field("directions").clean(lines, None)
    assert caught.value.messages == [message]


def test_form_of_lines_names_the_line():
    with pytest.raises(ValidationError) as caught:
        Programme._meta.get_field("directions").formfield().clean("one\r\ntwo\x08")
    assert caught.value.messages == ["This has U+0008 (BACKSPACE) in line 2, column 4. Delete it there."]


def test_migrations_know_the_fields_of_django():
    known = {
        entry.deconstruct()[1]
        for entry in (*CMOC._meta.concrete_fields, *Memo._meta.concrete_fields)
        if isinstance(entry, ShortTextField | LongTextField | ActDateField)
    }
    assert known == {f"django.db.models.{name}" for name in ("CharField", "TextField", "DateField")}
    assert "max_length" not in CMOC._meta.get_field("statement").deconstruct()[3]


def test_limit_of_one_list_may_be_another():
    assert isinstance(Review._meta.get_field("wording"), LinesField)
    assert Review._meta.get_field("wording").line_letters > CMOC._meta.get_field("statement").max_length


@pytest.mark.django_db
@given(st.text(st.sampled_from(BLANKS), min_size=1, max_size=5), st.text(st.sampled_from(f"{BLANKS}x."), max_size=5))
def test_databases_and_python_agree_on_what_shows_nothing(blank, text):
    caveat = Caveat.objects.first() or made.CaveatFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Caveat.objects.filter(pk=caveat.pk).update(text=blank)
    shows = bool(text.strip(BLANKS))
    try:
        with transaction.atomic():
            Caveat.objects.filter(pk=caveat.pk).update(text=text)
    except IntegrityError:
        assert not shows
    else:
        assert shows


def test_databases_refuse_a_new_row_that_shows_nothing(db):
    with pytest.raises(IntegrityError, match="caveat_fields_hold"), transaction.atomic():
        made.CaveatFactory(text="\u200b \u00a0")


def test_row_of_an_older_version_can_be_changed_elsewhere(db):
    remove_triggers()
    source = made.SourceFactory(title="   ", collected_date=dt.date(2199, 1, 1))
    install_triggers()
    source.note = "Withdrawn."
    source.save()
    assert Source.objects.get() == source
    with pytest.raises(IntegrityError, match="source_fields_hold"), transaction.atomic():
        Source.objects.update(title=" ")


@pytest.mark.parametrize(
    ("hours", "day"), [(0, dt.date(2026, 1, 2)), (9, dt.date(2026, 1, 2)), (10, dt.date(2026, 1, 3))]
)
def test_latest_day_is_that_of_the_east(monkeypatch, hours, day):
    now = dt.datetime(2026, 1, 2, hours, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert latest_day() == day


@pytest.mark.parametrize("days", [0, 2, 60_000])
def test_day_of_an_act_has_come(db, days):
    review = made.ReviewFactory()
    review.signed_date = timezone.localdate() + dt.timedelta(days)
    if not days:
        review.full_clean()
        review.save()
        return
    with pytest.raises(ValidationError) as caught:
        review.full_clean()
    said = f"{review.signed_date:%d %B %Y} has not come yet. Give the day on which it was done."
    assert caught.value.message_dict == {"signed_date": [said]}
    with pytest.raises(IntegrityError, match="review_fields_hold"), transaction.atomic():
        review.save()


def test_schema_tells_the_limits():
    from programmes.package.schema import SCHEMA_FILE  # noqa: PLC0415  it reads every section

    sections = json.loads(SCHEMA_FILE.read_bytes())["properties"]
    cmoc = sections["cmocs"]["items"]["properties"]
    assert cmoc["statement"]["maxLength"] == 200_000
    assert sections["study"]["properties"]["keywords"] == {
        "description": "One on a line.",
        "type": "array",
        "items": {"type": "string", "minLength": 1, "maxLength": 500},
        "maxItems": 1000,
    }
