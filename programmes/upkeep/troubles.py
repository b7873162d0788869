"""What goes wrong while an operator works, as the one sentence that a command ends with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from django.core.management.base import CommandError
from django.db import DatabaseError

from programmes.actions.ledger import DamagedListError
from programmes.upkeep.private_files import UpkeepError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def told_in_words() -> Iterator[None]:
    """End a command with a sentence where something is in the way."""
    try:
        yield
    except (UpkeepError, DamagedListError) as error:
        raise CommandError(str(error)) from None
    except (DatabaseError, psycopg.Error) as error:
        said = " ".join(str(error).split())
        raise CommandError(f"The database refuses it: {said}. Look at DATABASE_URL, and whether it runs.") from None
