"""The four groups and what each may do in the admin."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection

from programmes.integrity.groups import ACTIONS, TeamPermissions
from tests.factories import MembershipFactory, UserFactory

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
        f"{action}_{model}" for action in ("view", "add", "change", "delete") for model in ("invitation", "membership")
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


@pytest.mark.parametrize("name", ACTIONS)
def test_role_in_a_team_gives_what_the_group_of_its_name_gives(db, name):
    user = MembershipFactory(role=name.lower()).user
    codenames = {permission.partition(".")[2] for permission in user.get_all_permissions()}
    assert codenames - {"add_study", "add_programme"} == permissions(name) - {"add_study", "add_programme"}
    assert user.has_module_perms("programmes")
    assert not user.has_module_perms("auth")
    assert not user.has_perm("programmes.change_cmoc", object())  # of a single record others decide


def test_roles_in_several_teams_come_together_for_kinds_of_record(db):
    user = MembershipFactory(role="reader").user
    assert not user.has_perm("programmes.change_cmoc")
    MembershipFactory(role="curator", user=user)
    assert get_user_model().objects.get(pk=user.pk).has_perm("programmes.change_cmoc")


def test_whoever_has_an_account_may_begin_a_study_and_nothing_else(db):
    assert UserFactory().get_all_permissions() == {"programmes.add_study", "programmes.add_programme"}
    assert UserFactory(is_active=False).get_all_permissions() == set()
    assert TeamPermissions().get_group_permissions(AnonymousUser()) == set()
