"""Which kinds of record somebody may touch: by their roles in the teams of studies, or by a group of the admin.

Membership of a study opens the desk and the admin. Nobody needs a group: those that there are go on to work for who has
one. Which records somebody may touch is another question, and what they are in that very study answers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps as current_apps
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.management import create_permissions

from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.apps.registry import Apps
    from django.contrib.auth.models import AnonymousUser, User
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ACTIONS = {
    "Lead": ("view", "add", "change", "delete"),
    "Curator": ("view", "add", "change", "delete"),
    "Reviewer": ("view",),
    "Reader": ("view",),
}
TEAM_APPS = ("programmes", "surveys")  # whose records belong to studies
# Whoever has an account was given it by an operator or invited by a lead, and may begin a study of their own.
BEGUN_BY_ALL = frozenset({"programmes.add_study", "programmes.add_programme"})
LEAD_ONLY = frozenset({"membership", "invitation"})  # who is in the team
# What participants must be protected in.
CURATORS_ONLY = frozenset({"participant", "source", "speaker", "secondcoding", "secondcode", "upload", "importreport"})
WRITTEN_BY_REVIEWERS = frozenset({"review"})


def allowed(group: str, action: str, model: str) -> bool:
    """Say whether a group may do something to a kind of record."""
    if group == "Reviewer" and action == "add" and model in WRITTEN_BY_REVIEWERS:
        return True
    if action not in ACTIONS[group]:
        return False
    if model in LEAD_ONLY:
        return group == "Lead"
    return model not in CURATORS_ONLY or group in {"Lead", "Curator"}


def grant(app_label: str, apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give each group its permissions on the models of an app; make the groups that are not there yet."""
    using = schema_editor.connection.alias
    create_permissions(current_apps.get_app_config(app_label), verbosity=0, using=using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name in ACTIONS:
        group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        for permission in permissions.filter(content_type__app_label=app_label):
            action, _, model = permission.codename.partition("_")
            if not model.startswith("historical") and allowed(name, action, model):
                group.permissions.add(permission)


def withdraw(app_label: str, apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the permissions on the models of an app away again; remove groups that are left with none."""
    using = schema_editor.connection.alias
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name__in=ACTIONS):
        group.permissions.remove(*group.permissions.filter(content_type__app_label=app_label))
        if not group.permissions.exists():
            group.delete()


class TeamPermissions(BaseBackend):
    """Gives people the permissions of what they are in the teams of studies; it signs nobody in."""

    def get_group_permissions(self, user_obj: User | AnonymousUser, obj: object = None) -> set[str]:
        """Return what somebody may do to kinds of record; asked once for each account that is read."""
        if obj is not None or not user_obj.is_active or not user_obj.is_authenticated:
            return set()
        kept: dict[str, set[str]] = user_obj.__dict__
        if "permissions_by_roles" not in kept:
            kept["permissions_by_roles"] = set(BEGUN_BY_ALL).union(*map(permissions_of_role, roles_of(user_obj)))
        return kept["permissions_by_roles"]

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        """Say whether somebody may do anything in an app."""
        return any(name.startswith(f"{app_label}.") for name in self.get_group_permissions(user_obj))


def roles_of(user: User | AnonymousUser) -> set[TeamRole]:
    """Return what somebody is in the teams of studies, in any of them."""
    memberships = current_apps.get_model("programmes", "Membership")._default_manager
    return {
        TeamRole(role) for role in memberships.filter(user_id=user.pk or 0).order_by().values_list("role", flat=True)
    }


def permissions_of_role(role: TeamRole) -> Iterator[str]:
    """Yield what a role may do to kinds of record, by the names of Django's permissions."""
    for app_label in TEAM_APPS:
        for model in current_apps.get_app_config(app_label).get_models():
            name = str(model._meta.model_name)
            if not name.startswith("historical"):
                yield from (
                    f"{app_label}.{action}_{name}"
                    for action in ("view", "add", "change", "delete")
                    if allowed(role.label, action, name)
                )
