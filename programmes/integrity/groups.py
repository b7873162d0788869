"""The groups of the admin and what each may do there.

A group says which kinds of record somebody may touch; membership of a study says in which studies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ACTIONS = {
    "Lead": ("view", "add", "change", "delete"),
    "Curator": ("view", "add", "change", "delete"),
    "Reviewer": ("view",),
    "Reader": ("view",),
}
LEAD_ONLY = frozenset({"membership"})  # who is in the team
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
