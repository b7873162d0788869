"""Make the four groups of a study's team, with their permissions on the records of this room."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from programmes.integrity.groups import grant, withdraw


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    grant("programmes", apps, schema_editor)


def remove_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    withdraw("programmes", apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
