"""Measure the search over a million generated quotes on both databases.

Printed are the median and the 95th percentile of whole searches over every kind of record, as the page asks for them:
found, ranked, cut and marked. Beside them stands how long they take against the plain count of the matches, since only
ratios carry over to other machines. QUOTES=100000 makes it shorter.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import accumulate, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.db import connection

from tools.commands import ROOT, python
from tools.programs import find_postgresql
from tools.throwaway_postgresql import clean_up_when_ended, throwaway_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

QUOTES = int(os.environ.get("QUOTES", "1000000"))
ROUNDS = 40
BATCH = 10_000
# Planted words, each with the share of quotes that have it.
PLANTED = {"zqrare": 0.00004, "zqseldom": 0.01, "zqcommon": 0.09, "zqusual": 0.52}
QUESTIONS = [*PLANTED, "zqseldom zqcommon", '"zqcommon zqusual"', "w0 w1", "zqcommn"]
WORDS = 20_000
SEED = 2023


def texts() -> Iterator[str]:
    """Yield quotes of 15 to 60 words, whose words are as unequally frequent as those of a language."""
    chance = random.Random(SEED)  # noqa: S311  generated data, no secret
    words = [f"w{number:x}" for number in range(WORDS)]
    weights = list(accumulate(1 / (number + 1) for number in range(WORDS)))
    for _ in range(QUOTES):
        chosen = chance.choices(words, cum_weights=weights, k=chance.randint(15, 60))
        yield " ".join([*chosen, *(word for word, share in PLANTED.items() if chance.random() < share)])


def fill() -> None:
    """Write the quotes into an empty database, past the checks of its triggers, and index them."""
    from django.core.management import call_command  # noqa: PLC0415  models exist only once apps are ready

    from programmes.integrity import invariants  # noqa: PLC0415
    from programmes.models import Quote  # noqa: PLC0415
    from programmes.search import index  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    invariants.remove_triggers()
    index.INDEXES.remove("default")
    model = Quote.objects.order_by("pk")[0]
    fields = [entry for entry in Quote._meta.local_concrete_fields if not entry.primary_key]
    kept = {entry.column: entry.get_db_prep_save(getattr(model, entry.attname), connection) for entry in fields}
    rows: Iterator[list[Any]] = (
        list({**kept, "key": f"g{n}", "text": text}.values()) for n, text in enumerate(texts())
    )
    names = list(kept)
    columns = ", ".join(f'"{name}"' for name in names)
    insert = f"INSERT INTO programmes_quote ({columns}) VALUES ({', '.join('%s' for _ in names)})"  # noqa: S608
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(insert, batch)
        started = time.perf_counter()
        index.install_index()
        print(f"  {QUOTES:,} quotes indexed in {time.perf_counter() - started:.0f} s")
        # PostgreSQL writes what was filled in to its files for minutes; only after that is the search measured alone.
        for command in ["ANALYZE"] if connection.vendor == "sqlite" else ["VACUUM ANALYZE", "CHECKPOINT"]:
            cursor.execute(command)


def milliseconds(calls: list[float], share: float) -> float:
    """Return the time within which this share of the calls was answered."""
    return sorted(calls)[min(len(calls) - 1, int(len(calls) * share))] * 1000


def measure() -> None:
    """Print how long searches take in the database that the environment names."""
    django.setup()
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415  models exist only once apps are ready

    from programmes.models import Quote  # noqa: PLC0415
    from programmes.search.find import search  # noqa: PLC0415
    from programmes.search.index import matches  # noqa: PLC0415
    from programmes.search.stems import terms_of  # noqa: PLC0415

    if "programmes_quote" not in connection.introspection.table_names():
        fill()
    for question in QUESTIONS:
        plain, whole = [], []
        search(question, AnonymousUser())
        for _ in range(ROUNDS):
            started = time.perf_counter()
            found = search(question, AnonymousUser()).found
            whole.append(time.perf_counter() - started)
        for _ in range(3):
            started = time.perf_counter()
            count = Quote.objects.filter(matches(Quote, terms_of(question))).count()
            plain.append(time.perf_counter() - started)
        ratio = statistics.median(whole) / statistics.median(plain)
        print(
            f"  {question:20} in {count:>7,} quotes, {found:>6,} found: median {milliseconds(whole, 0.5):6.1f} ms, "
            f"p95 {milliseconds(whole, 0.95):6.1f} ms, {ratio:7.3f} × the plain count",
            flush=True,
        )


def run_on(engine: str, url: str) -> int:
    """Measure in a process of its own, whose environment names the database."""
    print(engine, flush=True)
    settings = {"DJANGO_SETTINGS_MODULE": "realist.settings", "HTTPS": "false", "SECRET_KEY": "x" * 60}
    return subprocess.run(
        python("-m", "tools.bench_search", "here"),
        cwd=ROOT,
        env={**os.environ, **settings, "DATABASE_URL": url},
        check=False,
    ).returncode


def main() -> int:
    """Measure on both databases."""
    clean_up_when_ended()
    with tempfile.TemporaryDirectory() as folder:
        answer = run_on("search on SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
    programs = find_postgresql()
    if programs is None:
        print("search on PostgreSQL: left out, no postgres program found; apt install postgresql")
        return answer
    with throwaway_cluster(programs) as url:
        return run_on("search on PostgreSQL", url) or answer


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        measure()
    else:
        sys.exit(main())
