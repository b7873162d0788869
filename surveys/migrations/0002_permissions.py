"""Give the four groups their permissions on the records of this room."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from programmes.integrity.groups import grant, withdraw


def grant_permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    grant("surveys", apps, schema_editor)


def withdraw_permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    withdraw("surveys", apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0001_initial"),
        ("programmes", "0002_groups"),
    ]

    operations = [migrations.RunPython(grant_permissions, withdraw_permissions)]
