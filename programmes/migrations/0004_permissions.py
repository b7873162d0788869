"""Give the groups their permissions on lineage, reviews and second codings."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from programmes.integrity.groups import grant


def give_permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    grant("programmes", apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("programmes", "0003_lineage_reviews_second_codings")]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
