"""The published schema of the theory package."""

import json

from django.core.management import call_command
from jsonschema import Draft202012Validator

from programmes.package import schema
from programmes.package.schema import SCHEMA_FILE, package_schema
from programmes.package.write import canonical


def test_committed_schema_is_what_the_models_make():
    assert SCHEMA_FILE.read_bytes() == canonical(package_schema())


def test_schema_is_a_valid_schema():
    Draft202012Validator.check_schema(json.loads(SCHEMA_FILE.read_bytes()))


def test_write_package_schema_command_writes_the_file(tmp_path, monkeypatch, capsys):
    from programmes.management.commands import write_package_schema  # noqa: PLC0415  patched below

    monkeypatch.setattr(write_package_schema, "SCHEMA_FILE", tmp_path / "written.json")

    call_command("write_package_schema")

    assert (tmp_path / "written.json").read_bytes() == schema.SCHEMA_FILE.read_bytes()
    assert capsys.readouterr().out == "wrote written.json\n"
