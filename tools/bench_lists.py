"""Measure lists of the API over generated quotes on both databases, beside the bare database.

Printed is how long a page takes against one statement of the same rows and nested lists, read by the bare cursor and
written by orjson; how long the page takes that is nine tenths on; and how long an unchanged page takes, in
milliseconds. QUOTES=1000000 makes the list longer.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import django
import orjson
from django.db import connection

from tools.bench_files import QUOTES, SITE, fill, on_both_engines

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 15
LISTS = ("quotes", "evidence", "cmocs")


def bare_page(name: str, first: int, size: int) -> int:
    """Read a page bare: its keys along the table, then its rows by one statement, as one JSON document."""
    from programmes.api.rows_of_page import KEYS, as_parameter, kept_statement  # noqa: PLC0415  once apps are ready
    from programmes.api.viewsets import VIEWSETS  # noqa: PLC0415

    viewset = VIEWSETS[name]
    kept = kept_statement(viewset.serializer_class, None, connection.vendor)  # type: ignore[arg-type]  # a class
    table = viewset.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} WHERE id >= %s ORDER BY id LIMIT {size}", [first])  # noqa: S608  our own
        keys = as_parameter([pk for (pk,) in cursor.fetchall()])
        cursor.execute(kept.sql, [keys if value is KEYS else value for value in kept.parameters])
        names = [str(number) for number, _ in enumerate(cursor.description)]
        nested = len(names) - len(kept.shape.lists)
        rows = [
            dict(zip(names, (*row[:nested], *map(orjson.Fragment, row[nested:])), strict=True))
            for row in cursor.fetchall()
        ]
    return len(orjson.dumps(rows))


def page(address: str, **headers: str) -> Any:
    """Return an answer of the site."""
    from django.test import Client  # noqa: PLC0415  as above

    response = Client().get(address, headers=headers)
    if response.status_code not in {200, 304}:
        sys.exit(f"{address} answered {response.status_code}")
    return response


def times(*actions: Callable[[], Any]) -> list[float]:
    """Return the median time of each of some actions in milliseconds; they take turns."""
    found: list[list[float]] = [[] for _ in actions]
    for _ in range(ROUNDS):
        for took, action in zip(found, actions, strict=True):
            started = time.perf_counter()
            action()
            took.append((time.perf_counter() - started) * 1000)
    return [statistics.median(took) for took in found]


def measure() -> None:
    """Print how long lists take in the database that the environment names."""
    django.setup()
    if "programmes_quote" not in connection.introspection.table_names():
        fill()
    for name in LISTS:
        for size in (100, 1000):
            measure_page(name, size)
    far_on()


def measure_page(name: str, size: int) -> None:
    """Print how long a page of a list takes beside the bare database, and how long once nothing changed."""
    from programmes.api.viewsets import VIEWSETS  # noqa: PLC0415  as above

    address = f"/api/v1/{name}/?page_size={size}"
    keep_answers(0)
    first = VIEWSETS[name].model._base_manager.order_by("pk")[0].pk
    length = len(page(address).content)
    bare_page(name, first, size)
    own, bare = times(lambda: page(address), lambda: bare_page(name, first, size))
    keep_answers(32)
    tag = page(address)["ETag"]
    (again,) = times(lambda: page(address, **{"If-None-Match": tag}))
    keep_answers(0)
    print(
        f"  {name:9}{size:5} rows, {length / 1e3:6.0f} kB: {own:7.1f} ms, {own / bare:5.2f} × bare, "
        f"unchanged {again:4.1f} ms",
        flush=True,
    )


def keep_answers(megabytes: int) -> None:
    """Let so many megabytes of answers be given again while nothing changes."""
    from django.conf import settings  # noqa: PLC0415  as above

    settings.KEPT_ANSWERS_MEGABYTES = megabytes


def far_on() -> None:
    """Print how long a page takes that is far on in its list, beside the first."""
    address, pages = "/api/v1/quotes/?fields=id&page_size=1000", QUOTES * 9 // 10_000
    far = address
    for _ in range(pages):
        far = page(far).json()["next"].removeprefix(SITE)
    first, last = times(lambda: page(address), lambda: page(far))
    print(f"  quotes from row {pages * 1000:,} on: {last / first:.2f} × the first page", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["here"]:
        measure()
    else:
        sys.exit(on_both_engines("tools.bench_lists", "lists"))
