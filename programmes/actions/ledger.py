"""The file beside the database that remembers what was erased, so that a restored database forgets it again.

Each line is one erasure as JSON: which records went, and hashes of words; no word is in it. Of two lines about one
erasure the later counts.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import serializers

from programmes.models import ErasedRun, Erasure
from programmes.vocabulary import ErasureKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

log = logging.getLogger(__name__)
RUN_NUMBERS = 4  # of a run in a line: words before, erased, and after, and the hash
SHAPE_NUMBERS = 3  # of a shape: words before, erased, and after
# What the first lines of all had. Every field since has a default, and what a later version adds is carried along.
ALWAYS_THERE = frozenset(
    {"identity", "kind", "study_slug", "keys", "reason", "signed_by", "signed_date", "secret", "shapes", "left", "runs"}
)


def line_of(erasure: Erasure) -> str:
    """Return an erasure with its runs as a line."""
    (whole,) = serializers.serialize("python", [erasure])
    runs = list(erasure.runs.order_by("pk").values_list("before", "erased", "after", "value"))
    return json.dumps({**whole["fields"], "compacted": None, "runs": runs}, default=str, ensure_ascii=False)


def write_missing() -> bool:
    """Add to the file what it has not heard of; say whether it could be written. In the database it stands anyway."""
    try:
        add_lines(line_of(erasure) for erasure in missing_on_file())
    except OSError as error:
        log.error(  # noqa: TRY400  told in words
            "What was erased could not be written into %s: %s. Run: manage.py tidy", settings.ERASURES_FILE, error
        )
        return False
    return True


def add_lines(lines: Iterable[str]) -> None:
    """Add lines to the file, after whatever stands in it, be it the beginning of a line that was never finished."""
    path = settings.ERASURES_FILE
    new = [f"{line}\n" for line in lines]
    if not new:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        cut_off = file.read() not in {b"", b"\n"}
        file.write(("\n" * cut_off + "".join(new)).encode())
        file.flush()
        os.fsync(file.fileno())


class DamagedListError(Exception):
    """A list of erasures has a line that is none; the message says which, and what to do."""


class NewerLineError(Exception):
    """A line tells of something that only a later version of Realist knows; the message says of what."""


def erasure_of_line(line: bytes) -> dict[str, Any]:
    """Return the erasure of a line, whichever version wrote it, with all that it says.

    Raises ValueError unless the line is whole, and NewerLineError where this version cannot carry it out.
    """
    entry = json.loads(line)
    if not isinstance(entry, dict) or not entry.keys() >= ALWAYS_THERE:
        raise ValueError("it lacks something")
    entry["identity"] = str(uuid.UUID(entry["identity"]))
    dt.date.fromisoformat(entry["signed_date"])
    lists = [entry[name] for name in ("keys", "left", "shapes", "runs")] + [entry.get("earlier_slugs", [])]
    texts = [entry[name] for name in ("kind", "study_slug", "reason", "signed_by", "secret")]
    texts += [*entry["keys"], *entry.get("earlier_slugs", [])]
    texts += [place[name] for place in entry["left"] for name in ("record", "field")]
    if not all(isinstance(value, list) for value in lists) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a value is of another sort")
    refuse_later_form(entry)
    return entry


def refuse_later_form(entry: dict[str, Any]) -> None:
    """Raise NewerLineError where words of an erasure are known by something else than this version asks for."""
    if entry["kind"] not in ErasureKind:
        raise NewerLineError(f"the kind {entry['kind']!r}")
    for name, length in (("runs", RUN_NUMBERS), ("shapes", SHAPE_NUMBERS)):
        if any(len(numbers) != length for numbers in entry[name]):
            raise NewerLineError(f"{name} of another form")
        if not all(type(number) is int for numbers in entry[name] for number in numbers):
            raise ValueError("a number is of another sort")


def erasures_of_list(content: bytes, name: str) -> dict[str, dict[str, Any]]:
    """Return the erasures of a list by identity. Raises DamagedListError where a line is not whole."""
    found = {}
    for number, entry in read_lines(content):
        if isinstance(entry, NewerLineError):
            raise DamagedListError(
                f"Line {number} of {name} was written by a newer version of Realist: it has {entry}, which this one "
                "cannot erase again. Install that version."
            )
        if entry is None:
            raise DamagedListError(
                f"Line {number} of {name} is no whole erasure, so nobody can say that it is the newest list. Take "
                "another copy of it; delete the line only if it is the last one and was cut off while it was written."
            )
        found[entry["identity"]] = entry
    return found


def read_lines(content: bytes) -> Iterator[tuple[int, dict[str, Any] | NewerLineError | None]]:
    """Yield the number of each line, and its erasure, or why it cannot be carried out, or None where it is none.

    A line that was cut off, as by a power cut, perhaps within a letter, and then written whole counts once.
    """
    lines = content.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, erasure_of_line(line)
        except NewerLineError as error:
            yield number, error
        except (ValueError, TypeError, KeyError, AttributeError):
            if not any(later.startswith(line) for later in lines[number:]):
                yield number, None


def every_line() -> list[str]:
    """Return the list of erasures as it should travel: what the file has, and what only the database has."""
    return [
        *(json.dumps(entry, ensure_ascii=False) for entry in erasures_on_file().values()),
        *(line_of(erasure) for erasure in missing_on_file()),
    ]


def erasures_on_file() -> dict[str, dict[str, Any]]:
    """Return the erasures of the file by identity, without lines that cannot be read, as after a crash."""
    return {entry["identity"]: entry for entry in readable_lines()}


def readable_lines() -> Iterator[dict[str, Any]]:
    """Yield every erasure of the file."""
    path = settings.ERASURES_FILE
    if not path.is_file():
        return
    for number, entry in read_lines(path.read_bytes()):
        if isinstance(entry, dict):
            yield entry
        else:
            log.warning("Line %d of %s cannot be read and was left out.", number, path)


def missing_here() -> dict[str, dict[str, Any]]:
    """Return the erasures of the file that this database has not heard of."""
    there = erasures_on_file()
    here = {str(identity) for identity in Erasure.objects.values_list("identity", flat=True)} if there else set()
    return {identity: entry for identity, entry in there.items() if identity not in here}


def missing_on_file() -> list[Erasure]:
    """Return the erasures that the file has not heard of, or not under the present slug of their study."""
    there = {identity: entry.get("study_slug") for identity, entry in erasures_on_file().items()}
    return [row for row in Erasure.objects.order_by("pk") if there.get(str(row.identity)) != row.study_slug]


def keep_from_file(entry: dict[str, Any]) -> Erasure:
    """Take an erasure of the file into the database, with its runs."""
    known = {field.name for field in Erasure._meta.concrete_fields}
    facts = {name: value for name, value in entry.items() if name in known and name != "compacted"}
    erasure = Erasure.objects.create(**facts)
    ErasedRun.objects.bulk_create(
        ErasedRun(erasure=erasure, before=before, erased=erased, after=after, value=value)
        for before, erased, after, value in entry["runs"]
    )
    return erasure
