"""Measure lists as files over a hundred thousand generated quotes on both databases.

Printed is how long a whole file takes against what the database alone needs for the same rows: COPY on PostgreSQL and
its own cursor with Python's csv on SQLite for CSV, the bare cursor with orjson for JSON Lines; and when its first bytes
come, and how much the process grows. QUOTES=1000000 makes it longer.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import orjson
from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from tools.bench_search import texts
from tools.commands import ROOT, python
from tools.programs import find_postgresql
from tools.throwaway_postgresql import clean_up_when_ended, throwaway_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model

QUOTES = int(os.environ.get("QUOTES", "100000"))
CMOCS = 300
ROUNDS = 3
BATCH = 10_000
# What is read of a file is worked out in this process, but for PostgreSQL; other programs hardly change that time.
IS_SERVED = os.environ.get("DATABASE_URL", "").startswith("postgres")  # by a process of its own
CLOCK = time.perf_counter if IS_SERVED else time.process_time
SITE = "http://testserver"


def copies(model: type[Model], changes: Iterator[dict[str, Any]]) -> None:
    """Write rows like the first one, each with changes, past triggers and histories; then the first history of each."""
    pattern = model._base_manager.order_by("pk")[0]
    fields = [entry for entry in model._meta.local_concrete_fields if not entry.primary_key]
    kept = {entry.column: entry.get_db_prep_save(getattr(pattern, entry.attname), connection) for entry in fields}
    columns = ", ".join(f'"{name}"' for name in kept)
    table = model._meta.db_table
    insert = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('%s' for _ in kept)})"  # noqa: S608  our own names
    history: Any = model.history.model  # type: ignore[attr-defined]  # every curated model has one
    there = {entry.column for entry in history._meta.local_concrete_fields}
    told = ", ".join(f'"{name}"' for name in ["id", *kept] if name in there)
    with connection.cursor() as cursor:
        while batch := [list((kept | change).values()) for change in islice(changes, BATCH)]:
            cursor.executemany(insert, batch)
        cursor.execute(f"DELETE FROM {history._meta.db_table}")  # noqa: S608  as above
        cursor.execute(
            f"INSERT INTO {history._meta.db_table} ({told}, history_date, history_type) "  # noqa: S608  as above
            f"SELECT {told}, %s, '+' FROM {table}",
            ["2026-03-04 05:06:07.000008+00:00"],
        )


def fill() -> None:
    """Write quotes and evidence into an empty database."""
    from django.core.management import call_command  # noqa: PLC0415  models exist only once apps are ready

    from programmes.integrity import invariants  # noqa: PLC0415
    from programmes.models import CMOC, Evidence, Quote  # noqa: PLC0415
    from programmes.search import index  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    invariants.remove_triggers()
    index.INDEXES.remove("default")
    last = CMOC.objects.order_by("-number")[0].number
    copies(CMOC, ({"number": last + 1 + n} for n in range(CMOCS)))
    copies(
        Quote, ({"key": f"g{n}", "text": text, "shown_text": text} for n, text in enumerate(islice(texts(), QUOTES)))
    )
    cmocs = list(CMOC.objects.order_by("pk").values_list("pk", flat=True))
    made = list(Quote.objects.filter(key__startswith="g").order_by("pk").values_list("pk", flat=True))
    pairs = [(pk, n) for n, pk in enumerate(made)] + [(pk, n + 7) for n, pk in enumerate(made) if n % 3 == 0]
    copies(Evidence, ({"quote_id": pk, "cmoc_id": cmocs[n % len(cmocs)], "position": n % 30_000} for pk, n in pairs))
    with connection.cursor() as cursor:
        for command in ["ANALYZE"] if connection.vendor == "sqlite" else ["VACUUM ANALYZE", "CHECKPOINT"]:
            cursor.execute(command)


def statement(name: str, *, nested: bool) -> tuple[str, Any]:
    """Return what reads the rows of a list, bare; with the ids of nested rows of quotes where they are asked for."""
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415  models exist only once apps are ready

    from programmes.api.viewsets import VIEWSETS  # noqa: PLC0415
    from programmes.api.whole_rows import WholeRowShape  # noqa: PLC0415

    model = VIEWSETS[name].model
    shape = WholeRowShape(VIEWSETS[name].serializer_class(), AnonymousUser(), SITE)
    rows = model.objects.visible_to(AnonymousUser()).order_by("pk")
    read = ["pk", *shape.asked]
    if nested and name == "quotes":
        together = "json_group_array" if connection.vendor == "sqlite" else "json_agg"
        ids = f"SELECT {together}(e.cmoc_id) FROM programmes_evidence e WHERE e.quote_id = programmes_quote.id"  # noqa: S608  as above
        read.append(RawSQL(ids, []))  # noqa: S611  our own words
    return shape.serializer.annotated(rows, shape.user).values_list(*read).query.sql_with_params()


def bare_csv(name: str) -> int:
    """Read a list as CSV by what the database has for it, and return its length."""
    sql, parameters = statement(name, nested=False)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", parameters) as copy:
                return sum(len(part) for part in copy)
        cursor.execute(sql, parameters)
        length, found = 0, cursor.cursor if hasattr(cursor, "cursor") else cursor
        while rows := found.fetchmany(2000):
            file = io.StringIO()
            csv.writer(file).writerows(rows)
            length += len(file.getvalue().encode())
        return length


def bare_json(name: str) -> int:
    """Read a list as JSON Lines by the bare cursor and orjson, and return its length."""
    sql, parameters = statement(name, nested=True)
    length = 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.connection.cursor("bare") as found:
                found.execute(sql, parameters)
                names = [column.name for column in found.description]
                while rows := found.fetchmany(2000):
                    length += sum(len(orjson.dumps(dict(zip(names, row, strict=True)))) for row in rows)
            return length
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            while rows := cursor.cursor.fetchmany(2000):
                length += sum(len(orjson.dumps(dict(zip(names, row, strict=True)))) for row in rows)
    return length


def served(address: str) -> tuple[float, int]:
    """Read a file of the site to its end, and return after how many seconds its first bytes came, and its length."""
    from django.test import Client  # noqa: PLC0415  as above

    started = time.perf_counter()
    response = Client().get(address)
    if response.status_code != 200:  # noqa: PLR2004  an answer
        sys.exit(f"{address} answered {response.status_code}")
    parts = iter(response)
    length, first = len(next(parts)), time.perf_counter() - started
    length += sum(len(part) for part in parts)
    response.close()
    return first, length


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long an action takes, and what it returns."""
    started = CLOCK()
    result = action()
    return CLOCK() - started, result


def measure() -> None:
    """Print how long files take in the database that the environment names."""
    django.setup()
    if "programmes_quote" not in connection.introspection.table_names():
        fill()
    served("/api/v1/quotes/?format=csv&key=q01")  # what is imported once
    for form, bare in (("csv", bare_csv), ("jsonl", bare_json)):
        for name in ("quotes", "evidence", "cmocs"):
            own, alone, firsts = [], [], []
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for _ in range(ROUNDS):
                took, (first, length) = timed(partial(served, f"/api/v1/{name}/?format={form}"))
                own.append(took)
                firsts.append(first)
                alone.append(timed(partial(bare, name))[0])
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            ratio = statistics.median(own) / statistics.median(alone)
            print(
                f"  {name:9}{form:6} {length / 1e6:6.1f} MB: {statistics.median(own):6.2f} s, {ratio:5.2f} × bare, "
                f"first bytes after {statistics.median(firsts) * 1000:4.0f} ms, {grown:4.0f} MB more memory",
                flush=True,
            )


def run_on(engine: str, module: str, url: str) -> int:
    """Measure in a process of its own, whose environment names the database."""
    print(engine, flush=True)
    settings = {"DJANGO_SETTINGS_MODULE": "realist.settings", "HTTPS": "false", "SECRET_KEY": "x" * 60}
    limits = {"API_RATE_ANONYMOUS": "1000000/minute", "ALLOWED_HOSTS": "testserver"}
    return subprocess.run(
        python("-m", module, "here"),
        cwd=ROOT,
        env={**os.environ, **settings, **limits, "DATABASE_URL": url},
        check=False,
    ).returncode


def on_both_engines(module: str, what: str) -> int:
    """Let a module measure on both databases, and say of what."""
    clean_up_when_ended()
    with tempfile.TemporaryDirectory() as folder:
        answer = run_on(f"{what} on SQLite", module, f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
    programs = find_postgresql()
    if programs is None:
        print(f"{what} on PostgreSQL: left out, no postgres program found; apt install postgresql")
        return answer
    with throwaway_cluster(programs) as url:
        return run_on(f"{what} on PostgreSQL", module, url) or answer


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        measure()
    else:
        sys.exit(on_both_engines("tools.bench_files", "files"))
