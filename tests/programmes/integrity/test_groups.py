"""The four groups and what each may do in the admin."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

from programmes.integrity.groups import ACTIONS

MIGRATIONS = {
    "programmes": import_module("programmes.migrations.0002_groups"),
    "surveys": import_module("surveys.migrations.0002_permissions"),
}


def permissions(name):
    group = Group.objects.get(name=name)
    return set(group.permissions.values_list("codename", flat=True))


def test_groups_come_by_migration(db):
    assert set(Group.objects.values_list("name", flat=True)) == {"Lead", "Curator", "Reviewer", "Reader"}


def test_reader_views_and_reviewer_reviews(db):
    assert {name.partition("_")[0] for name in permissions("Reader")} == {"view"}
    assert permissions("Reviewer") - permissions("Reader") == {"add_review"}
    assert "view_cmoc" in permissions("Reader")
    assert "view_survey" in permissions("Reader")


def test_participants_and_sources_are_for_curators(db):
    protected = {"view_participant", "view_source"}
    assert permissions("Reader") & protected == permissions("Reviewer") & protected == set()
    assert permissions("Curator") & protected == permissions("Lead") & protected == protected


def test_only_leads_decide_who_is_in_the_team(db):
    assert permissions("Lead") - permissions("Curator") == {
        f"{action}_membership" for action in ("view", "add", "change", "delete")
    }


def test_nobody_may_change_history(db):
    assert not any("historical" in name for group in ACTIONS for name in permissions(group))


def operation(label):
    (found,) = MIGRATIONS[label].Migration.operations
    return found


@pytest.mark.parametrize("label", MIGRATIONS)
def test_migration_can_be_taken_back_and_repeated(db, label):
    before = {name: permissions(name) for name in ACTIONS}
    editor = connection.schema_editor()

    operation(label).reverse_code(apps, editor)
    left = {group.name: permissions(group.name) for group in Group.objects.all()}
    assert not any(group.permissions.filter(content_type__app_label=label).exists() for group in Group.objects.all())

    operation(label).code(apps, editor)
    assert {name: permissions(name) for name in ACTIONS} == before
    assert all(left[name] < before[name] for name in left)


def test_groups_without_permissions_go_away(db):
    editor = connection.schema_editor()
    for label in MIGRATIONS:
        operation(label).reverse_code(apps, editor)
    assert not Group.objects.exists()
