"""Every form in which a record is added can be saved with its bold fields filled and nothing else."""

import re

import lxml.html
import pytest
from django.contrib import admin
from django.urls import reverse

from programmes.integrity.numbering import name_anew
from programmes.models import (
    CMOC,
    Caveat,
    CuratedModel,
    Membership,
    Memo,
    Quote,
    Reference,
    Sector,
    Service,
    Source,
    Study,
    Theory,
)
from tests import factories as make
from tests.sent_forms import SentForm

pytestmark = pytest.mark.django_db

ADDED = [model for model in admin.site._registry if issubclass(model, CuratedModel)]
DATE = re.compile("date|day", re.IGNORECASE)


@pytest.fixture
def lead(client):
    """Somebody who leads a study with a theory, and has it at hand."""
    place = make.MembershipFactory(role="lead", user__username="ada")
    theory = make.TheoryFactory(study=place.study)
    make.OutcomeFactory(theory=theory)
    for number in (1, 2):
        make.CMOCFactory(theory=theory, number=number, statement="It works.")
    for name in ("Context", "Mechanism", "Strategy", "Intervention", "Caveat", "SubstantiveTheory"):
        getattr(make, f"{name}Factory")(theory=theory)
    for name in ("Population", "Service", "Sector", "ServicePlace", "DeliveryMode", "Quote", "Reference"):
        getattr(make, f"{name}Factory")(study=place.study)
    client.force_login(place.user)
    client.get(reverse("desk-study", args=[place.study.slug]))
    return place


def add_address(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def filled_bold(client, model, place, inline=""):
    """Return what a browser sends of a form in which somebody filled the bold fields, and those of a row below it."""
    page = client.get(add_address(model)).content.decode()
    tree = lxml.html.fromstring(page)
    sent = SentForm(page, f"{model._meta.model_name}_form").sent
    if inline:
        sent[f"{inline}-TOTAL_FORMS"] = ["1"]
        (rows,) = [
            row.model
            for row in admin.site._registry[model].inlines
            if inline == row.model._meta.get_field(fk_of(row, model)).remote_field.get_accessor_name()
        ]
    for label in tree.xpath("//label[contains(@class, 'required')]"):
        box = label.get("for", "").removeprefix("id_")
        prefix, _, name = box.rpartition("-__prefix__-")
        if not name or (prefix and prefix != inline) or (not prefix and any(sent.get(name, []))):
            continue
        of = rows if prefix else model
        sent[f"{prefix}-0-{name}" if prefix else name] = [value_for(tree, of, name, box, place)]
    return sent


def fk_of(inline, model):
    named = getattr(inline, "fk_name", None)
    return named or next(
        field.name for field in inline.model._meta.fields if field.is_relation and field.related_model is model
    )


def value_for(tree, model, name, box, place):
    field = model._meta.get_field(name)
    if field.is_relation and not issubclass(field.related_model, CuratedModel):
        return str(make.UserFactory().pk)
    if field.is_relation:
        rows = field.related_model.objects.seen_in_teams_of(place.user).order_by("pk")
        return str((rows.last() if name.startswith("target") else rows.first()).pk)
    if field.choices:
        return field.choices[0][0]
    (shown,) = tree.xpath(f"//*[@id='id_{box}']")
    if DATE.search(shown.get("class", "")):
        return "2026-01-02"
    return "7" if shown.get("type") == "number" else "Something"


def faults(answer):
    shown = answer.context["adminform"].form
    inline = [form.errors for formset in answer.context["inline_admin_formsets"] for form in formset.formset.forms]
    return dict(shown.errors), inline


def inlines_of(model):
    return [
        (model, inline.model, inline.model._meta.get_field(fk_of(inline, model)).remote_field.get_accessor_name())
        for inline in admin.site._registry[model].inlines
    ]


@pytest.mark.untraced
@pytest.mark.parametrize("model", ADDED, ids=lambda model: model._meta.model_name)
def test_form_with_its_bold_fields_filled_is_saved(client, lead, model):
    if client.get(add_address(model)).status_code == 403:  # made on a screen of its own
        return
    before = set(model._base_manager.values_list("pk", flat=True))
    answer = client.post(add_address(model), filled_bold(client, model, lead))
    assert answer.status_code == 302, faults(answer)
    (added,) = set(model._base_manager.values_list("pk", flat=True)) - before
    row = model._base_manager.get(pk=added)
    row.full_clean()
    assert str(row)


@pytest.mark.parametrize(
    ("model", "below", "inline"),
    [entry for model in ADDED for entry in inlines_of(model)],
    ids=lambda value: value if isinstance(value, str) else value._meta.model_name,
)
def test_row_below_a_form_with_its_bold_fields_filled_is_saved(client, lead, model, below, inline):
    if client.get(add_address(model)).status_code == 403 or below is Membership:  # a new study has its lead in its team
        return
    before = below._base_manager.count()
    answer = client.post(add_address(model), filled_bold(client, model, lead, inline))
    assert answer.status_code == 302, faults(answer)
    assert below._base_manager.count() == before + 1
    below._base_manager.latest("pk").full_clean()


def test_rows_that_are_added_together_are_numbered_on(client, lead):
    sent = filled_bold(client, CMOC, lead, "caveats")
    sent["caveats-TOTAL_FORMS"] = ["2"]
    sent |= {name.replace("-0-", "-1-"): value for name, value in sent.items() if name.startswith("caveats-0-")}
    assert client.post(add_address(CMOC), sent).status_code == 302
    cmoc = CMOC.objects.get(number=3)
    caveats = cmoc.caveats.order_by("number")
    last = Caveat.objects.exclude(cmoc=cmoc).get().number
    assert list(caveats.values_list("number", "theory")) == [(last + 1, cmoc.theory.pk), (last + 2, cmoc.theory.pk)]


@pytest.mark.parametrize(
    ("model", "given", "names"),
    [
        (Quote, {"text": "Yes.", "locator": "p. 1"}, {"key": "q01"}),
        (Memo, {"kind": "question", "text": "Why?"}, {"key": "memo-1", "signed_by": "ada"}),
        (Source, {"kind": "interview", "title": "Interview 3"}, {"key": "interview-3"}),
        (Source, {"kind": "interview", "title": "研究"}, {"key": "part"}),
        (Service, {"service_type": "A clinic"}, {"number": "01"}),
        (Sector, {"label": "Schools"}, {"key": "schools", "number": 1}),
        (Reference, {"as_printed": "A book.", "kind": "book", "title": "A book"}, {"number": 1}),
        (Theory, {"title": "What we think"}, {"slug": "what-we-think"}),
    ],
)
def test_names_are_given_where_nobody_says_them(client, model, given, names):
    place = make.MembershipFactory(role="curator", user__username="ada")
    client.force_login(place.user)
    page = client.get(add_address(model)).content.decode()
    sent = SentForm(page, f"{model._meta.model_name}_form").sent
    client.post(add_address(model), sent | given | {"study": place.study.pk})
    row = model._base_manager.get()
    assert {name: getattr(row, name) for name in names} == names


def test_numbers_go_on_from_those_that_are_printed(client):
    place = make.MembershipFactory(role="curator")
    for number in ("3a", "07", "x"):
        make.ServiceFactory(study=place.study, number=number)
    service = Service(study=place.study, service_type="A clinic")
    name_anew(service)
    assert service.number == "08"


def test_study_is_added_by_its_title_alone(client):
    client.force_login(make.UserFactory())
    sent = SentForm(client.get(add_address(Study)).content.decode(), "study_form").sent | {"title": ["Link workers"]}
    assert client.post(add_address(Study), sent).status_code == 302
    study = Study.objects.get()
    assert (study.slug, study.programme.name, study.programme.slug) == ("link-workers", "Link workers", "link-workers")


def test_memo_about_a_part_is_about_its_theory_too(client, lead):
    cmoc = CMOC.objects.get(number=2)
    given = {"study": lead.study.pk, "kind": "question", "text": "Why?", "cmoc": cmoc.pk}
    sent = SentForm(client.get(add_address(Memo)).content.decode(), "memo_form").sent | given | {"theory": ""}
    assert client.post(add_address(Memo), sent).status_code == 302
    assert Memo.objects.get().theory == cmoc.theory


def test_forms_open_with_the_study_at_hand_and_its_only_theory(client, lead):
    theory = Theory.objects.get()
    sent = SentForm(client.get(add_address(CMOC)).content.decode(), "cmoc_form").sent
    assert sent["theory"] == [str(theory.pk)]
    assert SentForm(client.get(add_address(Source)).content.decode(), "source_form").sent["study"] == [
        str(lead.study.pk)
    ]
    make.TheoryFactory(study=lead.study)
    assert SentForm(client.get(add_address(CMOC)).content.decode(), "cmoc_form").sent.get("theory", [""]) == [""]


def test_evidence_shows_the_words_of_its_quotes(client, lead):
    evidence = make.EvidenceFactory(
        cmoc=CMOC.objects.get(number=1), quote__study=lead.study, quote__key="q77", quote__text="It was long, and good."
    )
    page = client.get(reverse("admin:programmes_cmoc_change", args=[evidence.cmoc.pk])).content.decode()
    assert "q77" in page
    assert "It was long, and good." in page
