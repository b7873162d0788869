"""Keeps a copy of a Realist site in an SQLite file, through its API: run it again to bring the copy up to date.

    python mirror.py https://realist.example/ copy.sqlite3
    python mirror.py https://realist.example/ copy.sqlite3 --token-file token.txt

It needs httpx and nothing else of Realist. The table `rows` has a row of the site in each row: the resource, the
public key, and the row itself as JSON, such as `SELECT row ->> 'title' FROM rows WHERE resource = 'cmocs'`. Each page
of changes is written in one transaction with the address of the next, so it may be stopped at any time. A copy belongs
to one account, or to nobody's: what others may see is not in it.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

TABLES = """
CREATE TABLE IF NOT EXISTS rows (resource TEXT, id TEXT, row TEXT, PRIMARY KEY (resource, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reached (one INTEGER PRIMARY KEY CHECK (one = 1), since TEXT);
"""
FIRST = {"rows": "true", "page_size": "500"}
BUSY = {429, 503}  # the answer says how many seconds to wait
PATIENCE = 20  # times that somebody busy is asked again


class MirrorError(Exception):
    """The site gave an answer with which the copy cannot go on."""


def answer(client: httpx.Client, since: str | None) -> tuple[int, dict[str, Any]]:
    """Return the status and the document of a page of changes; where the site is busy, ask again when it says."""
    for _ in range(PATIENCE):
        response = client.get("/api/v1/changes/", params={**FIRST, **({"since": since} if since else {})})
        if response.status_code not in BUSY:
            break
        time.sleep(min(float(response.headers.get("Retry-After", "1")), 60))
    return response.status_code, response.json()


def mirror(client: httpx.Client, copy: sqlite3.Connection) -> int:
    """Bring a copy up to date, and return how many changes there were."""
    copy.executescript(TABLES)
    changes = 0
    while True:
        since = next((since for (since,) in copy.execute("SELECT since FROM reached")), None)
        status, page = answer(client, since)
        if status == httpx.codes.BAD_REQUEST and since:  # as after the site was restored from a backup
            with copy:
                copy.execute("DELETE FROM reached")
                copy.execute("DELETE FROM rows")
            continue
        if status != httpx.codes.OK:
            message = f"The site answered {status}: {page.get('detail')}"
            raise MirrorError(message)
        with copy:
            for change in page["results"]:
                apply(copy, change)
            copy.execute("REPLACE INTO reached VALUES (1, ?)", [page["since"]])
        changes += len(page["results"])
        if not page["more"]:
            return changes


def apply(copy: sqlite3.Connection, change: dict[str, Any]) -> None:
    """Do to the copy what was done to one row of the site."""
    key = [change["resource"], change["id"]]
    if change["change"] == "removed":
        copy.execute("DELETE FROM rows WHERE resource = ? AND id = ?", key)
    else:
        copy.execute("REPLACE INTO rows VALUES (?, ?, ?)", [*key, json.dumps(change["row"], ensure_ascii=False)])


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, and say what was done."""
    parser = argparse.ArgumentParser(description="Keeps a copy of a Realist site in an SQLite file.")
    parser.add_argument("site", help="address of the site, such as https://realist.example/")
    parser.add_argument("copy", type=Path, help="the SQLite file; it is made if it is not there")
    parser.add_argument("--token-file", type=Path, help="a file that holds a token of the API and nothing else")
    given = parser.parse_args(arguments)
    headers = {"Authorization": f"Bearer {given.token_file.read_text('ascii').strip()}"} if given.token_file else {}
    try:
        with (
            httpx.Client(base_url=given.site, headers=headers, timeout=120) as client,
            closing(sqlite3.connect(given.copy)) as copy,
        ):
            print(f"{mirror(client, copy)} changes.")
    except (httpx.HTTPError, MirrorError) as error:
        print(f"The copy is not up to date: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
