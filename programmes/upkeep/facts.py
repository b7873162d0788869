"""What a backup says of the database, asked of the very state that it holds."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from programmes.integrity.restoring import BEING_RESTORED
from programmes.upkeep.archive import Facts
from programmes.upkeep.private_files import UpkeepError
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[[str], list[tuple[Any, ...]]]

TABLES = {  # those that hold something of their own; an index is made again
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search!_%' ESCAPE '!' "
    "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
    "postgresql": "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    "AND relkind IN ('r', 'p') ORDER BY relname",
}
VERSION = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}
LEADS = f"""
SELECT username FROM auth_user WHERE is_active AND (
  is_superuser OR id IN (SELECT user_id FROM programmes_membership WHERE role = '{TeamRole.LEAD.value}')
) ORDER BY username
"""  # noqa: S608  a term of our own


def tables_of(ask: Ask, vendor: str) -> list[str]:
    """Return the names of the tables."""
    return [name for (name,) in ask(TABLES[vendor]) if name != BEING_RESTORED]


def rows_of(ask: Ask, tables: list[str]) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table: ask(f'SELECT count(*) FROM "{table}"')[0][0] for table in tables}  # noqa: S608  a table's name


def database_facts(ask: Ask, vendor: str, place: str) -> Facts:
    """Return what is true of a database."""
    tables = tables_of(ask, vendor)
    if "django_migrations" not in tables:
        raise UpkeepError(f"{place} has no tables of Realist, so there is nothing to back up. Look at DATABASE_URL.")
    erasures, keys = [], []
    if "programmes_erasure" in tables:
        erasures = [
            str(uuid.UUID(str(found))) for (found,) in ask("SELECT identity FROM programmes_erasure ORDER BY id")
        ]
        keys = [key for (key,) in ask("SELECT DISTINCT secret FROM programmes_erasure ORDER BY secret")]
    return Facts(
        engine=vendor,
        engine_version=str(ask(VERSION[vendor])[0][0]),
        migrations=[[app, name] for app, name in ask("SELECT app, name FROM django_migrations ORDER BY id")],
        rows=rows_of(ask, tables),
        erasures=erasures,
        keys=keys,
        leads=[name for (name,) in ask(LEADS)] if "programmes_membership" in tables else [],
    )
