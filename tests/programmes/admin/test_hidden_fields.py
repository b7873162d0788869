"""What a record does not tell everybody who may see it: forms, filters, lists and addresses of the admin keep to it."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from programmes.filtersets.base import VisibleFilterSet
from programmes.integrity.access import NOBODY
from programmes.models import CMOC, Membership, Memo, Quote, Source, Theory
from programmes.models.field_table import curated_models
from programmes.models.hidden_fields import restricted_fields, role_of_path
from programmes.transcripts.read import checksum
from tests.factories import (
    CMOCFactory,
    EvidenceFactory,
    LineageMoveFactory,
    MembershipFactory,
    MemoFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
    StudyFactory,
    TheoryFactory,
    UserFactory,
)
from tests.sent_forms import SentForm

TEXT = "zqbefore We met. zqafter"
KEPT = {
    "prefix": "zqbefore",
    "suffix": "zqafter",
    "note": "zqnote",
    "pseudonym": "zqperson",
    "title": "zqtitle",
}
AROUND = {"prefix", "suffix"}


@pytest.fixture
def quote(db):
    """A public quote of a transcript, on a CMOC that is put to reviewers."""
    cmoc = CMOCFactory(theory__visibility="public", theory__study__visibility="public", review_asked_date="2026-01-02")
    study = cmoc.theory.study
    person = ParticipantFactory(study=study, pseudonym="zqperson")
    source = SourceFactory(study=study, participant=person, title="zqtitle", text=TEXT, sha256=checksum(TEXT))
    around = {"prefix": "zqbefore ", "suffix": " zqafter", "disclosure_note": "zqnote"}
    of = {"study": study, "participant": person, "source": source}
    found = QuoteFactory(**of, **around, text="We met.", start=9, end=16)
    EvidenceFactory(cmoc=cmoc, quote=found)
    return found


@pytest.fixture
def signed_in(client, quote):
    """Sign in as staff with every permission: of no study, of another one, or with a role in the quote's."""

    def sign_in(role):
        user = UserFactory(is_staff=True)
        user.groups.add(Group.objects.get(name="Lead"))
        if role == "elsewhere":
            MembershipFactory(user=user, role="lead")
        elif role != "nobody":
            Membership.objects.create(study=quote.study, user=user, role=role)
        client.force_login(user)
        return client

    return sign_in


def form_of(client, row):
    return client.get(reverse(f"admin:programmes_{row._meta.model_name}_change", args=[row.pk])).content.decode()


def told(page):
    """Return which of the restricted facts a page tells."""
    return {name for name, word in KEPT.items() if re.search(word, page, re.IGNORECASE)}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("nobody", set()),
        ("elsewhere", set()),
        ("reader", set()),
        ("reviewer", AROUND),
        ("curator", {*KEPT}),
    ],
)
def test_form_of_a_public_quote_tells_each_role_what_is_theirs(signed_in, quote, role, expected):
    page = form_of(signed_in(role), quote)
    assert "We met." in page
    assert told(page) == expected
    assert ("field-consent" in page, "field-source" in page) == (role == "curator", role == "curator")


def test_reviewers_read_around_the_quotes_put_to_them_alone(signed_in, quote):
    CMOC.objects.update(review_asked_date=None)
    assert told(form_of(signed_in("reviewer"), quote)) & {*AROUND} == set()


@pytest.mark.parametrize("lookup", ["source__id__exact", "participant__pseudonym", "consent__exact", "prefix"])
@pytest.mark.parametrize(("role", "found"), [("nobody", 0), ("elsewhere", 0), ("reviewer", 0), ("curator", 1)])
def test_list_is_asked_for_restricted_fields_in_own_studies_alone(signed_in, quote, lookup, role, found):
    values = {"source__id__exact": quote.source_id, "participant__pseudonym": "zqperson", "prefix": "zqbefore "}
    asked = {lookup: values.get(lookup, "participant")}
    response = signed_in(role).get(reverse("admin:programmes_quote_changelist"), asked)
    if response.status_code == 200:  # Django refuses some lookups across relations by itself
        assert response.context["cl"].result_count == found
    else:
        assert response.status_code == 400


def test_administrators_ask_for_restricted_fields_everywhere(signed_in, quote, client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    response = client.get(reverse("admin:programmes_quote_changelist"), {"source__id__exact": quote.source_id})
    assert response.context["cl"].result_count == 1


def test_programme_of_several_studies_has_a_form_without_a_study(signed_in, quote):
    programme = quote.study.programme
    sent = SentForm(form_of(signed_in("lead"), programme), "programme_form").sent
    sent |= {"name": "Another name", "change_reason": "Corrected"}
    response = signed_in("lead").post(reverse("admin:programmes_programme_change", args=[programme.pk]), sent)
    assert (response.status_code, type(programme).objects.get().name) == (302, "Another name")


@pytest.mark.parametrize(("role", "found"), [("nobody", 0), ("reader", 0), ("curator", 1)])
def test_facets_count_restricted_fields_in_own_studies_alone(signed_in, quote, role, found):
    page = signed_in(role).get(reverse("admin:programmes_quote_changelist"), {"_facets": "True"}).content.decode()
    assert re.findall(r"consent\s*\((\d+)\)", page) == [str(found)]


@pytest.mark.parametrize("role", ["nobody", "reader", "reviewer"])
def test_autocomplete_offers_no_participants_and_sources_to_others(signed_in, role):
    for field in ("participant", "source"):
        asked = {"app_label": "programmes", "model_name": "quote", "field_name": field, "term": "zq"}
        response = signed_in(role).get(reverse("admin:autocomplete"), asked)
        assert response.json()["results"] == []


def test_memo_on_a_source_names_it_by_its_key_to_reviewers(signed_in, quote):
    memo = MemoFactory(study=quote.study, source=quote.source)
    client = signed_in("reviewer")
    for address in (
        reverse("admin:programmes_memo_changelist"),
        reverse("admin:programmes_memo_change", args=[memo.pk]),
        reverse("memos", args=[quote.study.slug]),
        reverse("memos_file", args=[quote.study.slug, "csv"]),
        memo.get_absolute_url(),
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert "zqtitle" not in response.content.decode(), address
    assert quote.source.key in client.get(memo.get_absolute_url()).content.decode()


def test_decision_names_no_private_quotes_and_no_private_theories(signed_in, quote):
    theory = Theory.objects.get()
    draft = TheoryFactory(title="zqdraft", visibility="private")
    hidden = QuoteFactory(study=quote.study, key="zqhidden", visibility="private")
    move = LineageMoveFactory(event__theory=theory, quote=hidden)
    Theory.objects.filter(pk=theory.pk).update(predecessor=draft)
    client = signed_in("nobody")
    assert "zqhidden" not in form_of(client, move.event)
    assert "zqdraft" not in form_of(client, theory)
    assert "zqhidden" in form_of(signed_in("reviewer"), move.event)


@pytest.mark.parametrize("role", ["nobody", "reader", "reviewer", "curator"])
def test_view_on_site_leads_to_what_one_may_see(signed_in, quote, role):
    hidden = QuoteFactory(study=quote.study, key="zqhidden", visibility="private")
    client = signed_in(role)

    def answer(row, number="{}"):
        kind = ContentType.objects.get_for_model(row).pk
        return client.get(f"/admin/r/{number.format(kind)}/{row.pk}/")

    assert answer(quote)["Location"] == quote.get_absolute_url()
    if role in {"reviewer", "curator"}:
        assert answer(hidden)["Location"] == hidden.get_absolute_url()
        return
    for number in ("{}", "+{}", "0{}", " {}"):
        assert answer(hidden, number).status_code == 404
    there, nothing = (re.sub(rb"\d+", b"", answer(row).content) for row in (hidden, Quote(pk=99_999)))
    assert there == nothing


def test_view_on_site_is_of_curated_records_with_a_page(signed_in, quote):
    client = signed_in("curator")
    for model, key in (("programmes.source", quote.source_id), ("auth.user", 1)):
        kind = ContentType.objects.get_by_natural_key(*model.split("."))
        assert client.get(f"/admin/r/{kind.pk}/{key}/").status_code == 404
    assert client.get(f"/admin/r/99999/{quote.pk}/").status_code == 404
    assert client.get("/admin/r/programmes.quote/x/").status_code == 404
    client.logout()
    kind = ContentType.objects.get_for_model(Quote).pk
    assert client.get(f"/admin/r/{kind}/{quote.pk}/").status_code == 302


def errors_of(response):
    errors = response.context["adminform"].form.errors
    return {message for messages in errors.values() for message in messages}


def test_taken_address_is_refused_without_naming_who_has_it(signed_in, quote):
    hidden = StudyFactory(visibility="private", slug="zqslug")
    client = signed_in("elsewhere")
    response = client.post(reverse("admin:programmes_study_add"), {"slug": hidden.slug, "title": "Another"})
    assert "The slug “zqslug” is taken or kept back: choose another." in errors_of(response)
    assert "already" not in response.content.decode()


def test_form_says_of_another_study_nothing_but_that_it_is_another(signed_in, quote):
    hidden = QuoteFactory(study=quote.study, key="zqhidden", visibility="private")
    client = signed_in("elsewhere")
    given = {"study": quote.study_id, "key": hidden.key, "text": "Words", "visibility": "private", "consent": "unknown"}
    taken = errors_of(client.post(reverse("admin:programmes_quote_add"), given))
    free = errors_of(client.post(reverse("admin:programmes_quote_add"), given | {"key": "free"}))
    assert taken == free == {"This belongs to a study that you do not curate."}


# The code itself is read: a new column, filter or search cannot forget the field table.


def rows_are_all_theirs(model):
    """Say whether whoever sees a record may read all of it."""
    return model.access.public_if == NOBODY


def test_no_list_of_the_admin_shows_orders_or_searches_a_restricted_field():
    wrong = [
        f"{model.__name__}: {name}"
        for model, options in admin.site._registry.items()
        if model in curated_models() and not rows_are_all_theirs(model)
        for name in (*options.list_display, *options.search_fields, *(options.ordering or ()))
        if role_of_path(model, name.lstrip("-=^@")) is not None
    ]
    assert wrong == []


def test_filters_of_the_admin_by_a_restricted_field_count_own_studies_alone():
    wrong = [
        f"{model.__name__}: {entry}"
        for model, options in admin.site._registry.items()
        if model in curated_models() and not rows_are_all_theirs(model)
        for entry in options.list_filter
        if isinstance(entry, str | tuple)
        for name in ([entry] if isinstance(entry, str) else [entry[0]])
        if role_of_path(model, name) is not None and getattr(entry[-1], "__name__", "") != "OwnStudiesFilter"
    ]
    assert wrong == []


def filtersets(base=VisibleFilterSet):
    for one in base.__subclasses__():
        yield one
        yield from filtersets(one)


def test_no_filter_of_pages_and_api_asks_for_a_restricted_field():
    # Memos on sources are seen by reviewers alone, who know sources by their keys.
    wrong = [
        f"{one.__name__}: {name}"
        for one in filtersets()
        if one._meta.model
        for name, entry in one.base_filters.items()
        if role_of_path(one._meta.model, entry.field_name) is not None and (one._meta.model, name) != (Memo, "source")
    ]
    assert wrong == []


def test_no_restricted_field_is_searched():
    for model in curated_models():
        assert restricted_fields(model).keys().isdisjoint({*model.searched, *model.called})


def test_role_of_a_path_is_that_of_its_end():
    assert role_of_path(Quote, "participant__service") is None
    assert role_of_path(Quote, "participant__pseudonym") == "curator"
    assert role_of_path(Quote, "source__id__exact") == "curator"
    assert role_of_path(Source, "title") == "curator"
    assert role_of_path(Quote, "nothing") is None
