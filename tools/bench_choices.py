"""Measure what some decisions rest on: how the API builds rows, how a history is written, how writers wait.

All is measured in one process on a database of their own; only the ratios carry over to other machines.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from tools.commands import ROOT, python

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1_000
SIZES = (500, 2_000)  # of rows that get a history
ROUNDS = 5
WRITERS, ADDITIONS, THINKING = 4, 25, 0.002  # the last in seconds


def seconds(action: Callable[[], object]) -> float:
    """Return the median time that an action keeps the processor busy, which other programs hardly change."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return statistics.median(times)


def quotes(count: int, label: str) -> list[Any]:
    """Return unsaved quotes like the first one of the demo."""
    from programmes.models import Quote  # noqa: PLC0415  models exist only once apps are ready

    pattern: dict[str, Any] = {**Quote.objects.exclude(locator="").order_by("pk").values()[0]}
    del pattern["id"]
    return [
        Quote(**{**pattern, "source_id": None, "start": None, "end": None, "key": f"{label}{n}"}) for n in range(count)
    ]


def measure_rows() -> None:
    """Print how long the same thousand quotes with their evidence take through either kind of serializer."""
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415  as above
    from rest_framework import serializers  # noqa: PLC0415

    from programmes.api.rows import RowSerializer, build_rows  # noqa: PLC0415
    from programmes.models import CMOC, Evidence, Quote  # noqa: PLC0415

    made = Quote.objects.bulk_create(quotes(ROWS, "row"))
    cmoc = CMOC.objects.filter(theory__slug="thompson-2023").order_by("pk")[0]
    Evidence.objects.bulk_create(Evidence(cmoc=cmoc, quote=quote, role="supports") for quote in made)
    names = ("key", "text", "text_as_printed", "label_as_printed", "locator", "visibility", "consent")

    class EvidenceRow(RowSerializer):
        class Meta(RowSerializer.Meta):
            model = Evidence
            fields = ("role", "slot", "note")
            parent = "quote"

    class QuoteRow(RowSerializer):
        evidence = EvidenceRow(many=True)

        class Meta(RowSerializer.Meta):
            model = Quote
            fields = names

    class EvidenceModelRow(serializers.ModelSerializer[Evidence]):
        class Meta:
            model = Evidence
            fields = ("role", "slot", "note")

    class QuoteModelRow(serializers.ModelSerializer[Quote]):
        evidence = EvidenceModelRow(many=True)

        class Meta:
            model = Quote
            fields = (*names, "evidence")

    found = Quote.objects.filter(key__startswith="row").order_by("pk")

    def own() -> list[dict[str, Any]]:
        return list(build_rows(QuoteRow(), found, AnonymousUser(), "").values())

    def customary() -> list[dict[str, Any]]:
        return [dict(row) for row in QuoteModelRow(found.prefetch_related("evidence"), many=True).data]

    if own() != customary():
        sys.exit("the two serializers give different rows")
    ratio = seconds(customary) / seconds(own)
    print(f"  {ROWS:,} quotes with evidence: ModelSerializer with prefetch takes {ratio:.1f} × build_rows", flush=True)


def measure_history() -> None:
    """Print how the time for one row grows with the number of rows, by three ways of writing a history."""
    from simple_history.utils import bulk_create_with_history  # noqa: PLC0415

    from programmes.models import Quote  # noqa: PLC0415

    def one_by_one(rows: list[Any]) -> None:
        for row in rows:
            row.save()

    def in_bulk(rows: list[Any]) -> None:
        Quote.history.bulk_history_create(Quote.objects.bulk_create(rows))

    ways: dict[str, Callable[[list[Any]], Any]] = {
        "save() row by row": one_by_one,
        "bulk_create_with_history": lambda rows: bulk_create_with_history(rows, Quote),
        "bulk_create, then bulk_history_create": in_bulk,
    }
    plain = 0.0  # of one row among the fewest, saved by itself
    for number, (way, write) in enumerate(ways.items()):
        each = []
        for size in SIZES:
            rows = quotes(size, f"way{number}-{size}-")
            started = time.process_time()
            write(rows)
            each.append((time.process_time() - started) / size)
        plain = plain or each[0]
        shares = ", ".join(f"{size:,} rows {one / plain:.2f} ×" for size, one in zip(SIZES, each, strict=True))
        print(f"  {way}, the time of one row: {shares}", flush=True)


def measure_writers(folder: Path) -> None:
    """Print how many of the transactions of four writers who read before they write SQLite refuses, in either mode."""
    for mode in ("DEFERRED", "IMMEDIATE"):
        file = folder / f"{mode}.sqlite3"
        with closing(sqlite3.connect(file)) as first:
            first.execute("PRAGMA journal_mode=WAL")
            first.execute("CREATE TABLE counter AS SELECT 0 AS value")
            first.commit()
        with ThreadPoolExecutor(WRITERS) as pool:
            refused = sum(pool.map(count_up, repeat(file, WRITERS), repeat(mode)))
        print(f"  SQLite, BEGIN {mode}: {refused} of {WRITERS * ADDITIONS} transactions refused", flush=True)


def count_up(file: Path, mode: str) -> int:
    """Count up in transactions that read, think, and write; return how many were refused."""
    refused = 0
    with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as own:
        for _ in range(ADDITIONS):
            own.execute(f"BEGIN {mode}")
            try:
                (value,) = own.execute("SELECT value FROM counter").fetchone()
                time.sleep(THINKING)
                own.execute("UPDATE counter SET value = ?", [value + 1])
                own.execute("COMMIT")
            except sqlite3.OperationalError:
                refused += 1
                own.execute("ROLLBACK")
    return refused


def measure(folder: Path) -> None:
    """Measure everything."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  models exist only once apps are ready
    from django.db import transaction  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    with transaction.atomic():
        measure_rows()
        measure_history()
    measure_writers(folder)


def main() -> int:
    """Measure in a process of its own, in a database of its own."""
    print("choices", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DJANGO_SETTINGS_MODULE": "realist.settings",
            "HTTPS": "false",
            "SECRET_KEY": "x" * 60,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
        }
        command = python("-m", "tools.bench_choices", "here", folder)
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:2] == ["here"]:
        measure(Path(sys.argv[2]))
    else:
        sys.exit(main())
