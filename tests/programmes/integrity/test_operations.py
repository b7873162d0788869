"""Many models are created, and removed, as one after another would be."""

from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.state import ProjectState

from programmes.integrity.operations import CreateModels

ROOM = CreateModel("Room", [("id", models.AutoField(primary_key=True))])
BED = CreateModel(
    "Bed",
    [
        ("id", models.AutoField(primary_key=True)),
        ("room", models.ForeignKey("programmes.Room", models.CASCADE)),
    ],
)
TABLES = {"programmes_room", "programmes_bed"}


def tables_there():
    return TABLES.intersection(connection.introspection.table_names())


def test_models_are_created_and_removed_in_their_order(transactional_db):
    operation = CreateModels([ROOM, BED])
    before, after = ProjectState(), ProjectState()
    assert len(after.apps.get_models()) == 0  # so it has been rendered before
    operation.state_forwards("programmes", after)

    assert operation.describe() == "Create 2 models"
    assert after.apps.get_model("programmes", "Bed")._meta.get_field("room").related_model.__name__ == "Room"
    with connection.schema_editor() as editor:
        operation.database_forwards("programmes", editor, before, after)
    assert tables_there() == TABLES
    with connection.schema_editor() as editor:
        operation.database_backwards("programmes", editor, after, before)
    assert tables_there() == set()
