"""Record every answer of the site as its readers get it, and compare two recordings.

    python -m tools.crawl record FOLDER [--theories FOLDER] [--like RECORDING]
    python -m tools.crawl compare BEFORE AFTER [--queries]

`record` makes an empty database, loads the demo and the theories of the tests, and visits pages, API, files and admin
as each visitor; it changes nothing but FOLDER. It looks at the code in the current folder, wherever this file is, and
goes only through doors that every version has: commands, addresses, and rows of models by name. So a version before
and a version after a change can be compared. For the same reason it is one file that imports nothing of the project:

    cd BEFORE && python HERE/tools/crawl.py record /tmp/before --theories HERE/tests/theories
    cd AFTER && python HERE/tools/crawl.py record /tmp/after --theories HERE/tests/theories --like /tmp/before
    python HERE/tools/crawl.py compare /tmp/before /tmp/after

The database is a SQLite file that is removed afterwards; CRAWL_DATABASE_URL names an empty one of PostgreSQL instead.

What is visited: whatever is linked, found in a form or in an answer of the API, and what no link leads to but the
resolver knows. Of one pattern of addresses at most ROWS are visited, dealt out over studies and theories, and of one
pattern with the same names in its query at most QUERIES (fewer in the admin). The choice follows from the addresses
alone. With `--like`, all addresses of another recording are visited first.

A recording has `answers.json` (per visitor and address the status, the headers and the body's hash), `queries.json`
(how many questions the database was asked) and a folder `bodies`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import gzip
import importlib.util
import io
import itertools
import json
import logging
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.test import Client

HOST = "http://testserver"
NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.timezone.utc)  # noqa: UP017  as every version of Python writes it
ROWS = 9  # of one pattern of addresses: one for each theory
QUERIES = 2  # of one pattern with the same names in the query
MOST_QUERIES = 30  # of one pattern with any query
ROWS_IN_ADMIN = 3
QUERIES_IN_ADMIN = 1
MOST_QUERIES_IN_ADMIN = 8
UNKNOWN = 6  # addresses that no pattern knows
STAFF = {"curator": "Curator", "reviewer": "Reviewer", "reader": "Reader", "lead": "Lead"}
CURATOR = "curator"  # finds the addresses
OTHERS = ("reviewer", "reader", "nobody", "lead")  # visit the same
START = ("/", "/api/v1/", "/admin/")
MISTAKES = (
    "/nothing/",
    "/theories/nothing/",
    "/theories/breakfast/cmocs/99/",
    "/studies/breakfast-2024/quotes/nothing/",
    "/api/v1/nothing/",
    "/api/v1/cmocs/nothing/",
    "/api/v1/cmocs/?status=nothing",
    "/api/v1/cmocs/?service=nothing",
    "/api/v1/cmocs/?nothing=1",
    "/api/v1/cmocs/?page_size=0",
    "/api/v1/cmocs/?fields=nothing",
    "/search/?q=zzzzzz",
    "/theories/breakfast/?status=nothing",
)
LEFT_OUT = ("/static/", "/admin/logout/")  # addresses
QUIET_HEADERS = {"etag", "set-cookie", "content-length", "date", "expires", "last-modified"}
EXCERPT = 30  # lines of a difference
WIDTH = 240  # letters of such a line
NAMED = 4  # addresses that are named for one difference
CHOICE_OF_WORDS = re.compile(r"\(\?P<(\w+)>([\w|]+)\)")  # in a pattern, such as (?P<form>csv|docx)
POPULATIONS = {"beneficiary": "populations", "programme": "programmes"}  # the resource that a filter names rows of


# What varies from one recording to the next though nothing was changed, and nothing else, is made the same here. The
# clock stands still while a recording is made (see `stop_the_clock`), so that no date has to be looked for.


def normalised(kind: str, body: bytes) -> str:
    """Return a body as text in which equal content is equal."""
    if kind == "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
        with zipfile.ZipFile(io.BytesIO(body)) as file:  # the members carry the hour at which they were packed
            return "\n".join(
                f"{name}\n{file.read(name).decode('utf-8', 'replace')}" for name in sorted(file.namelist())
            )
    if kind == "application/pdf":
        body = re.sub(rb"/(CreationDate|ModDate) ?\([^)]*\)", b"/\\1 ()", body)
        body = re.sub(rb"/ID ?\[[^\]]*\]", b"/ID []", body)
        body = re.sub(rb"(<xmp:(?:CreateDate|ModifyDate|MetadataDate)>)[^<]*", b"\\1", body)
        body = re.sub(rb"(<xmpMM:(?:DocumentID|InstanceID)>)[^<]*", b"\\1", body)
        return f"{len(body)} bytes of PDF, {sha256(body).hexdigest()}"
    if kind.endswith("json"):
        try:
            return json.dumps(json.loads(body), indent=1, ensure_ascii=False)
        except ValueError:
            return body.decode("utf-8", "replace")
    if kind.startswith("text/") or kind.endswith(("xml", "javascript", "yaml", "openapi", "graphviz")):
        text = body.decode("utf-8", "replace")
        return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", text)  # each answer has its own
    return f"{len(body)} bytes of {kind}, {sha256(body).hexdigest()}"


def stop_the_clock() -> None:
    """Let Django's clock, which all of the project asks, show one instant; before any model is imported."""
    from django.utils import timezone  # noqa: PLC0415  only the process that records needs Django

    timezone.now = lambda: NOW


class Links(HTMLParser):
    """The addresses that a page leads to: its links, and what its forms would ask with one choice each."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.found: list[str] = []
        self.action: str | None = None
        self.given: list[tuple[str, str]] = []
        self.choices: dict[str, list[str]] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a link, or a field of a form that is sent by GET."""
        said = {name: value or "" for name, value in attrs}
        self.found += [said[name] for name in ("href", "src", "xlink:href", "data-url") if said.get(name)]
        if tag == "form" and said.get("method", "get").lower() == "get":
            self.action, self.given, self.choices = said.get("action") or self.base, [], {}
        elif self.action is not None and said.get("name") and tag in {"input", "select"}:
            self.take_field(tag, said)
        elif tag == "option" and self.select and said.get("value"):
            self.choices.setdefault(self.select, []).append(said["value"])

    def take_field(self, tag: str, said: dict[str, str]) -> None:
        """Take the values that a field of a form may have."""
        name, kind, value = said["name"], said.get("type", "text"), said.get("value", "")
        self.select = name if tag == "select" else ""
        if tag == "select":
            return
        if kind == "hidden":
            self.given.append((name, value))
        elif kind in {"checkbox", "radio"}:
            self.choices.setdefault(name, []).append(value or "on")
        elif kind == "date":
            self.choices.setdefault(name, []).append("2026-12-31")
        elif kind in {"search", "text"}:
            self.choices.setdefault(name, []).append("children")

    def handle_endtag(self, tag: str) -> None:
        """End a list of choices or a form."""
        if tag == "select":
            self.select = ""
        elif tag == "form" and self.action is not None:
            action = self.action.partition("?")[0]
            for name, values in self.choices.items():
                for value in dict.fromkeys(values[:1] + values[-1:]):
                    self.found.append(f"{action}?{urlencode([*self.given, (name, value)])}")
            self.action = None


def links_in(address: str, kind: str, text: str) -> Iterator[str]:
    """Yield the addresses of this site that an answer names."""
    if kind in {"text/html", "image/svg+xml"}:
        parser = Links(address)
        parser.feed(text)
        found: Iterable[str] = parser.found
    elif kind.endswith("json"):
        found = re.findall(rf'"{HOST}([^"\s]*)"', text)
    else:
        return
    for link in found:
        whole = urlsplit(urljoin(HOST + address, link))
        if f"{whole.scheme}://{whole.netloc}" == HOST:
            path = quote(unquote(whole.path), safe="/:~") or "/"
            if not path.startswith(LEFT_OUT):
                yield path + (f"?{whole.query}" if whole.query else "")


def in_order(address: str) -> list[tuple[int, str]]:
    """Return what sorts addresses as people do, 2 before 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", address)]


class Choice:
    """Which addresses are visited: a bounded number of each pattern, dealt out over what they belong to."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.waiting: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
        self.of_group: Counter[tuple[str, ...]] = Counter()
        self.of_owner: Counter[tuple[tuple[str, ...], str]] = Counter()
        self.asked: Counter[str] = Counter()  # with any query, by pattern

    def offer(self, address: str) -> None:
        """Take an address into account."""
        if address in self.seen:
            return
        self.seen.add(address)
        group, owner = group_of(address)
        self.waiting[group].append((owner, address))

    def take(self, group: tuple[str, ...], owner: str) -> None:
        """Count an address as visited."""
        self.of_group[group] += 1
        self.of_owner[group, owner] += 1
        self.asked[group[0]] += len(group) > 1

    def room_for(self, group: tuple[str, ...]) -> bool:
        """Say whether another address of a group is visited."""
        route, *names = group
        admin = route.startswith("admin/")
        if not route:
            return self.of_group[group] < UNKNOWN
        if not names:
            return self.of_group[group] < (ROWS_IN_ADMIN if admin else ROWS)
        one, most = (QUERIES_IN_ADMIN, MOST_QUERIES_IN_ADMIN) if admin else (QUERIES, MOST_QUERIES)
        return self.of_group[group] < one and self.asked[route] < most

    def next_round(self) -> list[str]:
        """Return which of the waiting addresses are visited now; there is no room for the others."""
        chosen = []
        for group in sorted(self.waiting):
            waiting = sorted(self.waiting[group], key=lambda entry: in_order(entry[1]))
            while waiting and self.room_for(group):
                best = min(waiting, key=lambda entry: self.of_owner[group, entry[0]])
                waiting.remove(best)
                self.take(group, best[0])
                chosen.append(best[1])
        self.waiting.clear()
        return chosen


def route_of(address: str) -> tuple[str, str]:
    """Return the pattern of an address, and the study, theory or record that it belongs to.

    Where a pattern has a choice of words, as for the forms of a file, each word makes a pattern of its own.
    """
    from django.urls import Resolver404, resolve  # noqa: PLC0415  as above

    path = unquote(urlsplit(address).path)
    try:
        match = resolve(path)
    except Resolver404:
        return "", ""
    if match.route.endswith("^.*$"):
        return "", ""
    route = CHOICE_OF_WORDS.sub(lambda words: str(match.kwargs[words[1]]), match.route)
    if path.startswith("/api/") and "id" in match.kwargs:
        return route, str(match.kwargs["id"]).partition(":")[0]
    return route, str(next(iter(match.kwargs.values()), ""))


def group_of(address: str) -> tuple[tuple[str, ...], str]:
    """Return the pattern of an address with the names in its query, and what it belongs to."""
    route, owner = route_of(address)
    asked = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    if route == "admin/autocomplete/":
        route += asked.get("model_name", "")
    return (route, *sorted(asked)), owner


class Recording:
    """What was answered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.queries: dict[str, dict[str, int]] = defaultdict(dict)
        (folder / "bodies").mkdir(parents=True)

    def keep(self, text: str) -> str:
        """Store a body once, and return its hash."""
        name = sha256(text.encode()).hexdigest()[:32]
        file = self.folder / "bodies" / f"{name}.gz"
        if not file.exists():  # another process may write the same at the same time: the same bytes
            file.write_bytes(gzip.compress(text.encode(), compresslevel=3, mtime=0))
        return name

    def write(self) -> None:
        """Write the two tables."""
        for name, table in (("answers", self.answers), ("queries", self.queries)):
            text = json.dumps(table, indent=0, sort_keys=True, ensure_ascii=False)
            (self.folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


class Visitor:
    """Somebody who visits addresses and has the answers written down."""

    def __init__(self, name: str, recording: Recording) -> None:
        from django.apps import apps  # noqa: PLC0415  as above
        from django.test import Client  # noqa: PLC0415

        self.name = name
        self.recording = recording
        self.client: Client = Client(raise_request_exception=False)
        if name in STAFF:
            self.client.force_login(apps.get_model("auth", "User")._default_manager.get(username=name))
        self.cookies = dict(self.client.cookies)

    def visit(self, address: str, *, follow: bool = True) -> list[str]:
        """Visit an address and return where its answer leads, if it is to be followed."""
        from django.db import connection  # noqa: PLC0415  as above

        asked = Counter[str]()
        self.client.cookies.clear()  # what an earlier answer set, which came in another order in another recording
        self.client.cookies.update(self.cookies)

        def count(execute: Callable[..., Any], *arguments: Any) -> Any:
            asked["queries"] += 1
            return execute(*arguments)

        with connection.execute_wrapper(count):
            response = self.client.get(address)
            body = b"".join(response) if response.streaming else response.content
        headers = {name: value for name, value in response.headers.items() if name.lower() not in QUIET_HEADERS}
        kind = headers.get("Content-Type", "").partition(";")[0]
        text = normalised(kind, body)
        self.recording.answers[self.name][address] = {
            "status": response.status_code,
            "headers": headers,
            "body": self.recording.keep(text),
        }
        self.recording.queries[self.name][address] = asked["queries"]
        if not follow:
            return []
        found = list(links_in(address, kind, text))
        if "Location" in headers:
            found += links_in(address, "text/html", f'<a href="{headers["Location"]}">')
        return found


def patterns() -> Iterator[tuple[str, str, list[str]]]:
    """Yield the route, the name and the arguments of every address that has a name."""
    from django.urls import URLResolver, get_resolver  # noqa: PLC0415  as above

    def below(resolver: Any, route: str, space: str) -> Iterator[tuple[str, str, list[str]]]:
        for entry in resolver.url_patterns:
            whole = route + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from below(entry, whole, f"{space}{entry.namespace}:" if entry.namespace else space)
            elif entry.name:
                yield whole.replace("^", ""), space + entry.name, re.findall(r"<(?:\w+:)?(\w+)>", whole)

    yield from below(get_resolver(), "", "")


def shared(one: str, other: str) -> str:
    """Return what two patterns begin with."""
    return "".join(a for a, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def unlinked(visited: Iterable[str]) -> Iterator[str]:
    """Yield addresses of every pattern that the resolver knows, filled from addresses that were visited."""
    from django.urls import NoReverseMatch, Resolver404, resolve, reverse  # noqa: PLC0415  as above

    known: list[tuple[str, dict[str, Any]]] = []
    for address in sorted(visited, key=in_order):
        try:
            match = resolve(unquote(urlsplit(address).path))
        except Resolver404:
            continue
        if match.kwargs:
            known.append((match.route, match.kwargs))
    for route, name, arguments in patterns():
        alternatives = {key: words.split("|") for key, words in CHOICE_OF_WORDS.findall(route)}
        needed = [argument for argument in arguments if argument not in alternatives]
        fitting = [(other, kwargs) for other, kwargs in known if set(needed) <= kwargs.keys()] if needed else [("", {})]
        nearest = max((len(shared(route, other)) for other, _ in fitting), default=0)
        for other, kwargs in fitting:
            if len(shared(route, other)) != nearest:
                continue
            for words in itertools.product(*alternatives.values()):
                filled = {key: kwargs[key] for key in needed} | dict(zip(alternatives, words, strict=True))
                try:
                    yield reverse(name, kwargs=filled)
                except NoReverseMatch:
                    continue


def questions_of_the_api(client: Client) -> Iterator[str]:
    """Yield every list of the API with each of its parameters, as its own description has them."""
    schema = client.get("/api/v1/schema/?format=json").json()
    resources = client.get("/api/v1/").json()
    rows = {name: client.get(f"/api/v1/{name}/?page_size=1000").json()["results"] for name in resources}
    for name in resources:
        address = f"/api/v1/{name}/"
        yield from (address, f"{address}?format=csv", f"{address}?page_size=2")
        yield f"{address}?fields={','.join(list(rows[name][0])[:3])}" if rows[name] else address
        for parameter in schema["paths"][address]["get"]["parameters"]:
            asked = parameter["name"]
            if asked not in {"cursor", "page_size", "fields", "format"}:
                yield f"{address}?{urlencode({asked: value_for(asked, parameter, name, rows)})}"


def value_for(name: str, parameter: dict[str, Any], resource: str, rows: dict[str, list[dict[str, Any]]]) -> str:
    """Return a value for a parameter: a term, a value that a row has, or the key of a row."""
    shape = parameter["schema"]
    terms = shape.get("enum") or shape.get("items", {}).get("enum")
    if terms:
        return str(terms[-1])
    if name == "q":
        words = re.findall(r"\b[A-Za-z]{6,}\b", json.dumps([*rows[resource][0].values()][3:])) if rows[resource] else []
        return words[0] if words else "children"
    own = [row[name] for row in rows[resource] if isinstance(row.get(name), str | int)]
    plural = {f"{name}s", f"{name.partition('_')[0]}s", name.removesuffix("y") + "ies", POPULATIONS.get(name, "")}
    others = [row["id"].rpartition(":")[2] for other in sorted(plural & rows.keys()) for row in rows[other]]
    return str((own or others or [1])[0])


def questions_of_the_admin() -> Iterator[str]:
    """Yield what the admin's own scripts ask, and the screens that only a chosen action leads to."""
    from django.apps import apps  # noqa: PLC0415  as above
    from django.contrib import admin  # noqa: PLC0415
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415

    registered = admin.site._registry  # noqa: SLF001  Django has no other list of what is in the admin
    for model in sorted(registered, key=lambda model: model._meta.label):
        for entry in model._meta.get_fields():
            if entry.many_to_one and entry.concrete and entry.related_model in registered:
                asked = {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": entry.name,
                }
                yield f"/admin/autocomplete/?{urlencode({**asked, 'term': 'e'})}"
        yield f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_changelist')}?q=children"
    cmocs = apps.get_model("programmes", "CMOC")._default_manager.filter(theory__slug="breakfast").order_by("number")
    chosen = urlencode([("cmoc", cmoc.pk) for cmoc in cmocs[:2]])
    try:
        yield f"{reverse('admin:programmes_cmoc_merge')}?{chosen}"
    except NoReverseMatch:
        return


def fill(theories: Path) -> None:
    """Load the theories, and add accounts of each kind and blind codings."""
    from django.apps import apps  # noqa: PLC0415  as above
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_demo", stdout=io.StringIO())
    for file in sorted(theories.glob("*.json")):
        call_command("load_package", str(file), stdout=io.StringIO())
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "audit-review.json"
        package.write_bytes(generated(theories / "audit_review.py").audit_review_bytes())
        call_command("load_package", str(package), stdout=io.StringIO())
    users = {}
    for name, group in STAFF.items():
        users[name] = apps.get_model("auth", "User")._default_manager.create_user(name, is_staff=True)
        users[name].groups.add(apps.get_model("auth", "Group")._default_manager.get(name=group))
        for study in apps.get_model("programmes", "Study")._default_manager.order_by("pk"):
            apps.get_model("programmes", "Membership")._default_manager.create(study=study, user=users[name], role=name)
    sources = apps.get_model("programmes", "Source")._default_manager
    codings = apps.get_model("programmes", "SecondCoding")._default_manager
    cmoc = apps.get_model("programmes", "CMOC")._default_manager.get(theory__slug="breakfast", number=4)
    for key, by, finished in (("interview-cook", "lead", NOW.date()), ("focus-group", "curator", None)):
        source = sources.get(study__slug="breakfast-2024", key=key)
        begun = {"signed_by": by, "started_date": NOW.date(), "finished_date": finished}
        coding = codings.create(source=source, number=1, analyst=users[by], **begun)
        coding.codes.create(start=60, end=99, cmoc=cmoc, role="supports")


def generated(file: Path) -> Any:
    """Return a module by its file, whatever folder it is in."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        sys.exit(f"{file} cannot be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def keep_packages(recording: Recording) -> None:
    """Record what every theory is written as."""
    from django.apps import apps  # noqa: PLC0415  as above
    from django.core.management import call_command  # noqa: PLC0415

    for slug in apps.get_model("programmes", "Theory")._default_manager.order_by("slug").values_list("slug", flat=True):
        written = io.StringIO()
        call_command("dump_package", slug, stdout=written)
        kept = {"status": 0, "headers": {}, "body": recording.keep(written.getvalue())}
        recording.answers["packages"][f"dump_package {slug}"] = kept


def visit_everything(recording: Recording, like: dict[str, Any]) -> None:
    """Visit what the curator, who sees most, finds; then let the others visit the same, two at a time."""
    from django.db import connections  # noqa: PLC0415  as above

    visitor = Visitor(CURATOR, recording)
    choice = Choice()
    for address in like.get(CURATOR, {}):
        choice.seen.add(address)
        choice.take(*group_of(address))
        for link in visitor.visit(address):
            choice.offer(link)
    for address in [*START, *MISTAKES, *questions_of_the_admin(), *questions_of_the_api(visitor.client)]:
        choice.offer(address)
    follow(visitor, choice)
    for address in unlinked(recording.answers[CURATOR]):
        choice.offer(address)
    follow(visitor, choice)
    connections.close_all()
    # New processes, not copies of this one: what sets pictures has threads, which a copy would wait for without end.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=fresh, initializer=prepare) as processes:
        jobs = {name: processes.submit(answers_for, name, recording) for name in OTHERS}
        for name, job in jobs.items():
            recording.answers[name], recording.queries[name] = job.result()


def answers_for(name: str, recording: Recording) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what somebody else is answered where the curator was, and how many queries that took."""
    visitor = Visitor(name, recording)
    for address, answer in recording.answers[CURATOR].items():
        # A lead is shown what the curator is; only what is closed to curators says something new.
        if name != "lead" or answer["status"] != 200:  # noqa: PLR2004  an answer
            visitor.visit(address, follow=False)
    return recording.answers[name], recording.queries[name]


def follow(visitor: Visitor, choice: Choice) -> None:
    """Visit what was offered, and what that leads to, until nothing new is found."""
    while chosen := choice.next_round():
        for address in chosen:
            for link in visitor.visit(address):
                choice.offer(link)


def prepare() -> None:
    """Set Django up so that nothing varies, and nothing is slower than it must be."""
    stop_the_clock()
    import django  # noqa: PLC0415  as above
    from django.conf import settings  # noqa: PLC0415

    logging.disable()  # what is refused is recorded
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The hashed names of production need collectstatic.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()


def record_here(folder: Path, theories: Path, like: Path | None) -> None:
    """Record, in a process that was started for nothing else."""
    prepare()
    fill(theories)
    recording = Recording(folder)
    before = json.loads((like / "answers.json").read_text(encoding="utf-8")) if like else {}
    visit_everything(recording, before)
    keep_packages(recording)
    recording.write()
    print(*(f"{name}: {len(answers)} answers" for name, answers in recording.answers.items()), sep="\n")
    for name, answers in recording.answers.items():
        for address, answer in answers.items():
            if answer["status"] >= 500:  # noqa: PLR2004  a fault of ours
                print(f"failed: {name} {address}")


def record(folder: Path, theories: Path, like: Path | None) -> int:
    """Record in a process of its own, with an empty database of its own."""
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty")
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "static").mkdir()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "realist.settings",
            "PYTHONHASHSEED": "0",  # sets, such as the directives of a policy, come in one order
            "PYTHONPATH": str(Path.cwd()),
            "ALLOWED_HOSTS": "testserver",
            "API_RATE_ANONYMOUS": "1000000/minute",
            "API_RATE_USER": "1000000/minute",
            "BEHIND_PROXY": "false",
            "DATABASE_URL": os.environ.get("CRAWL_DATABASE_URL") or f"sqlite:///{Path(scratch) / 'crawl.sqlite3'}",
            "DEBUG": "false",
            "HTTPS": "false",
            "LOCAL_DIR": scratch,
            "SECRET_KEY": "it signs nothing outside a recording, and is as long and as varied as Django asks 012345",
        }
        command = [sys.executable, str(Path(__file__).resolve()), "here", str(folder.resolve())]
        command += ["--theories", str(theories.resolve()), *(["--like", str(like.resolve())] if like else [])]
        return subprocess.run(command, env=environment, check=False).returncode


def body_of(folder: Path, answer: dict[str, Any]) -> list[str]:
    """Return the lines of a body."""
    return gzip.decompress((folder / "bodies" / f"{answer['body']}.gz").read_bytes()).decode().splitlines()


def difference_of(before: Path, after: Path, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return, as lines, how an answer differs."""
    lines = [f"status {old['status']} → {new['status']}"] if old["status"] != new["status"] else []
    lines += [
        f"{name}: {old['headers'].get(name)} → {new['headers'].get(name)}"
        for name in sorted({*old["headers"], *new["headers"]})
        if old["headers"].get(name) != new["headers"].get(name)
    ]
    if old["body"] != new["body"]:
        lines += [
            line[:WIDTH]
            for line in difflib.unified_diff(body_of(before, old), body_of(after, new), n=1, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ][: EXCERPT + 1]
    return lines


def compare(before: Path, after: Path) -> int:
    """Print which answers came, went or are others, equal differences once; return 1 where there is any."""
    old, new = (json.loads((folder / "answers.json").read_text(encoding="utf-8")) for folder in (before, after))
    everything = sorted({(name, address) for table in (old, new) for name in table for address in table[name]})
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, address in everything:
        was, now = old.get(name, {}).get(address), new.get(name, {}).get(address)
        if was is None:
            groups["added",].append(f"{name} {address}")
        elif now is None:
            groups["removed",].append(f"{name} {address}")
        elif was != now:
            groups["changed", *difference_of(before, after, was, now)].append(f"{name} {address}")
    for (what, *lines), places in sorted(groups.items(), key=lambda entry: (entry[0][0], -len(entry[1]))):
        shown = places if what != "changed" else places[:NAMED]
        print(f"{what}: {len(places)}")
        for place in [*shown, *(["…"] if len(shown) < len(places) else [])]:
            print(f"  {place}")
        for line in [*lines[:EXCERPT], *(["…"] if len(lines) > EXCERPT else [])]:
            print(f"    {line}")
    counts = Counter[str]()
    for (what, *_), places in groups.items():
        counts[what] += len(places)
    told = ", ".join(f"{counts[what]} {what}" for what in ("added", "removed", "changed"))
    print(f"{len(everything)} answers: {told}")
    return 1 if groups else 0


def compare_queries(before: Path, after: Path) -> int:
    """Print which answers ask the database more or less often; return 1 where any does."""
    old, new = (json.loads((folder / "queries.json").read_text(encoding="utf-8")) for folder in (before, after))
    other = [
        (old[name][address], new[name][address], f"{name} {address}")
        for name in sorted(old.keys() & new.keys())
        for address in sorted(old[name].keys() & new[name].keys())
        if old[name][address] != new[name][address]
    ]
    for was, now, place in other:
        print(f"{was} → {now}  {place}")
    more = sum(now > was for was, now, _ in other)
    print(f"{len(other)} answers ask another number of queries: {more} more, {len(other) - more} fewer")
    return 1 if other else 0


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="crawl", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("record", "here"):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path)
        command.add_argument("--theories", type=Path, default=Path("tests") / "theories")
        command.add_argument("--like", type=Path)
    command = commands.add_parser("compare")
    command.add_argument("before", type=Path)
    command.add_argument("after", type=Path)
    command.add_argument("--queries", action="store_true", help="compare how often the database is asked")
    given = parser.parse_args(arguments)
    if given.command == "compare":
        return (compare_queries if given.queries else compare)(given.before, given.after)
    if given.command == "here":
        record_here(given.folder, given.theories, given.like)
        return 0
    return record(given.folder, given.theories, given.like)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
