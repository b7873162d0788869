"""What somebody is in one study gives them nothing in another, at any door of the admin or the desk."""

import pytest
from django.contrib import admin
from django.urls import reverse

from programmes.models import CMOC, CuratedModel, Source
from tests.factories import MembershipFactory
from tests.planting import Planting
from tests.realist.test_access_walk import MORE_SCREENS

pytestmark = pytest.mark.django_db

ROLES_THERE = ["reader", "reviewer"]


@pytest.fixture
def planting():
    return Planting()


def rows_in_admin(planting):
    found = {(type(one.row), one.row.pk): one.row for one in planting.planted.values()}
    return [row for (model, _), row in found.items() if model in admin.site._registry]


def states(rows):
    """Return each row with its version; None for one that is gone."""
    model_rows = [(type(row), row.pk) for row in rows]
    return {
        (model.__name__, pk): model._base_manager.filter(pk=pk).values_list("version", flat=True).first()
        for model, pk in model_rows
    }


def doors(row):
    """Yield every address at which a record could be changed, with what is sent there."""
    base = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    yield reverse(f"{base}_change", args=[row.pk]), {"_save": "Save", "change_reason": "Because"}
    yield reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}
    chosen = {"_selected_action": [row.pk], "post": "yes", "reason": "Because"}
    for action in ("delete_selected", "withdraw", "merge_chosen"):
        yield reverse(f"{base}_changelist"), {"action": action, **chosen}
    for screen in MORE_SCREENS.get(type(row), ()):
        yield reverse(f"{base}_{screen}", args=[row.pk]), {"reason": "Because"}


@pytest.mark.untraced
@pytest.mark.parametrize("role", ROLES_THERE)
def test_lead_of_one_study_changes_nothing_in_another_that_they_read(client, planting, role):
    user = MembershipFactory(study=planting.study, role=role).user
    own = MembershipFactory(user=user, role="lead").study
    client.force_login(user)
    rows = rows_in_admin(planting)
    before = states(rows)
    for row in rows:
        for address, sent in doors(row):
            client.get(reverse("desk-study", args=[planting.study.slug]))
            answer = client.post(address, sent)
            assert answer.status_code in {200, 302, 400, 403, 404}, (address, sent, answer.status_code)
    assert states(rows) == before
    assert None not in before.values()
    assert client.get(reverse("admin:programmes_study_change", args=[own.pk])).context["has_change_permission"]


def test_what_a_lead_reads_elsewhere_is_not_offered_where_it_is_not_theirs_to_read(client, planting):
    user = MembershipFactory(study=planting.study, role="reader").user
    MembershipFactory(user=user, role="lead")
    client.force_login(user)
    for asked in (("quote", "source"), ("quote", "participant"), ("memo", "source"), ("evidence", "cmoc")):
        names = dict(zip(("model_name", "field_name"), asked, strict=True))
        found = client.get("/admin/autocomplete/", {"app_label": "programmes", "term": "", **names}).json()["results"]
        assert bool(found) == (asked[1] == "cmoc")


def test_record_cannot_be_taken_into_ones_own_study_nor_out_of_it(client, planting):
    user = MembershipFactory(study=planting.study, role="reader").user
    own = MembershipFactory(user=user, role="curator").study
    client.force_login(user)
    sent = {"study": planting.study.pk, "kind": "interview", "title": "Another", "change_reason": "Because"}
    page = client.post(reverse("admin:programmes_source_add"), sent)
    assert "This belongs to a study that you do not curate." in page.content.decode()
    taken = {"study": own.pk, "change_reason": "Because"}
    source = Source.objects.filter(study=planting.study).first()
    assert client.post(reverse("admin:programmes_source_change", args=[source.pk]), taken).status_code in {403, 404}
    assert Source.objects.filter(study=own).count() == 0
    assert CMOC.objects.editable_by(user).count() == 0


def test_every_kind_of_record_is_among_those_that_are_tried(planting):
    tried = {type(row) for row in rows_in_admin(planting)}
    assert tried == {model for model in admin.site._registry if issubclass(model, CuratedModel)}
