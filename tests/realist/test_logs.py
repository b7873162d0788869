"""No word of anybody reaches the log, whatever is asked, refused or broken; facts do."""

import io
import json
import logging
import re
import sqlite3
import sys
import threading
import warnings
from pathlib import Path

import psycopg
import pytest
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import CommandError
from django.core.signals import request_finished
from django.db import DataError, IntegrityError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from programmes.models import Programme, Study
from programmes.words import NobodysWords
from realist import acts, logs, server_log
from realist.acts import command_logged
from tests import factories as make
from tests.planting import Planting, page_addresses
from tests.sent_forms import sent_untouched

WORD = "zqcanary"
log = logging.getLogger("some.library")


class Lines(list):
    """What the log says, as lines for people and for programs, and what handlers of others are given."""

    def __init__(self):
        super().__init__()
        self.streams = []

    def text(self):
        return "\n".join([stream.getvalue() for stream in self.streams] + [repr(vars(record)) for record in self])

    def told(self):
        return [json.loads(line) for line in self.streams[1].getvalue().splitlines()]

    def lines(self):
        return self.streams[0].getvalue().splitlines()

    def of(self, logger):
        return [entry for entry in self.told() if entry["logger"] == logger]


@pytest.fixture
def lines(monkeypatch):
    """Collects everything that is logged, down to DEBUG."""
    found = Lines()
    handlers = []
    for formatter in (logs.LineFormatter(), logs.JSONFormatter(), logging.Formatter()):
        stream = io.StringIO()
        found.streams.append(stream)
        handlers.append(logging.StreamHandler(stream))
        handlers[-1].setFormatter(formatter)
    root = logging.getLogger()
    kept = root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    yield found
    root.setLevel(kept)
    for handler in handlers:
        root.removeHandler(handler)


def break_with(error):
    def view(request):
        raise error

    return view


def stream(request):
    def parts():
        yield b"a part"
        raise ValueError(WORD)

    return StreamingHttpResponse(parts())


def send_too_long(request):
    Programme.objects.create(name=WORD * 100, slug="s" * 300, summary=WORD)


def break_rule(request):
    study = Study.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO programmes_study (slug) VALUES (%s)", [study.slug])


def template_error(request):
    from django.template import Context, Template  # noqa: PLC0415

    return HttpResponse(Template("{{ words.broken }}{% widthratio words 1 1 %}").render(Context({"words": Broken()})))


class Broken:
    @property
    def broken(self):
        raise KeyError(WORD)

    def __str__(self):
        raise RuntimeError(WORD)


urlpatterns = [
    path("", include("realist.urls")),
    path("zz/runtime/<str:typed>/", lambda request, typed: break_with(RuntimeError(typed))(request), name="runtime"),
    path("zz/validation/", break_with(ValidationError({"name": [WORD]}))),
    path("zz/data/", break_with(DataError(f"value too long: {WORD}"))),
    path("zz/integrity/", break_with(IntegrityError(f"Key (name)=({WORD}) already exists"))),
    path("zz/too-long/", send_too_long),
    path("zz/rule/", break_rule),
    path("zz/template/", template_error),
    path("zz/stream/", stream, name="stream"),
]
handler500 = "realist.trouble.answer_to_error"


def test_message_stays_as_it_stands_in_the_code_without_what_is_put_in(lines):
    from django.utils.log import log_response  # noqa: PLC0415

    log_response("%s: %s", WORD, WORD, response=HttpResponse(status=404))
    text = WORD
    log.error(text)
    log.error(f"about {WORD}")  # noqa: G004  as libraries do
    log.error(ValueError(WORD))
    log.error({"a": WORD})
    log.warning(NobodysWords("Counted %d of %s in %s and %s."), 3, WORD, Path("/srv/realist"), NobodysWords("table"))
    log.warning(NobodysWords("Kind %s, phrase %s, nothing %s"), ValueError, "Not Found", None)
    log.warning(NobodysWords("By name %(number)d %(word)s"), {"number": 4, "word": WORD})
    log.warning(NobodysWords("Wrong %d %r"), WORD, WORD)
    log.warning(NobodysWords("Too few %s %s"), WORD)
    log.warning(NobodysWords("Not a tuple %s"), *[WORD])

    assert WORD not in lines.text()
    here = "tests/realist/test_logs.py"
    messages = [re.sub(rf"{here}:\d+", here, entry["message"]) for entry in lines.told()]
    assert messages == [
        f"… ({here} test_message_stays_as_it_stands_in_the_code_without_what_is_put_in)",
        *[f"… ({here} test_message_stays_as_it_stands_in_the_code_without_what_is_put_in)"] * 2,
        "ValueError",
        "…",
        "Counted 3 of … in /srv/realist and table.",
        "Kind ValueError, phrase Not Found, nothing None",
        "By name 4 …",
        "Wrong … …",
        "Too few … …",
        "Not a tuple …",
    ]
    assert lines.told()[0]["status"] == 404


def logging_what_is_raised(message, act):
    try:
        act()
    except Exception as error:
        log.log(logging.ERROR, NobodysWords(message), *([error] if "%" in message else []), exc_info=error)
        raise


def test_exception_is_told_by_its_class_its_codes_and_its_frames(lines, db):
    def fail():
        try:
            raise FileNotFoundError(2, WORD, WORD)
        except OSError as error:
            raise ValidationError(WORD) from error

    with pytest.raises(ValidationError):
        logging_what_is_raised("It failed.", fail)
    for error in (ImproperlyConfigured("SECRET_KEY is not set"), CommandError(WORD), SystemExit(WORD)):
        log.error(NobodysWords("Ended"), exc_info=error)
    with pytest.raises(IntegrityError):
        logging_what_is_raised("Refused: %s", lambda: [make.ProgrammeFactory(slug=WORD) for _ in range(2)])

    assert WORD not in lines.text()
    first, *others = lines.told()
    here = "tests/realist/test_logs.py"
    assert [(link["class"], [re.sub(r":\d+", "", frame) for frame in link["frames"]]) for link in first["error"]] == [
        (
            "django.core.exceptions.ValidationError",
            [f"{here} logging_what_is_raised", f"{here} fail"],
        ),
        ("FileNotFoundError (ENOENT)", [f"{here} fail"]),
    ]
    assert [link["class"] for entry in others[:3] for link in entry["error"]] == [
        "django.core.exceptions.ImproperlyConfigured (SECRET_KEY is not set)",
        "django.core.management.base.CommandError",
        "SystemExit",
    ]
    codes = {
        "sqlite": "sqlite3.IntegrityError (SQLITE_CONSTRAINT_UNIQUE)",
        "postgresql": "psycopg.errors.UniqueViolation (23505, programme_slug_unique)",
    }
    assert others[3]["message"] == f"Refused: django.db.utils.IntegrityError from {codes[connection.vendor]}"
    assert all(
        re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ERROR some\.library request=- ", line)
        for line in lines.lines()
    )


def test_rule_that_postgresql_names_is_told():
    class Violation(psycopg.errors.UniqueViolation):
        diag = type("Diagnosis", (), {"constraint_name": "quote_key_unique"})

    told = str(logs.headline(Violation(WORD)))
    assert told.rpartition(".")[2] == "Violation (23505, quote_key_unique)"


def test_chain_of_exceptions_that_is_a_ring_ends():
    one, two = ValueError(), KeyError()
    one.__context__, two.__context__ = two, one
    assert logs.chain(one) == [one, two]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/zz/runtime/{WORD}/?q={WORD}", 500),
        ("/zz/validation/", 500),
        ("/zz/data/", 500),
        ("/zz/integrity/", 500),
        ("/zz/too-long/", 500),
        ("/zz/rule/", 500),
        ("/zz/template/", 500),
        (f"/{WORD}/", 404),
        (f"/theories/{WORD}/", 404),
        (f"/search/?q={WORD}", 200),
        (f"/?q={WORD}%00", 400),
        (f"/api/{WORD}/", 404),
        (f"/api/v1/quotes/?{WORD}={WORD}", 400),
        (f"/api/v1/quotes/?q={WORD}&cursor={WORD}", 400),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_word_of_a_request_reaches_the_log(lines, db, address, status, method):
    make.StudyFactory(title=WORD, slug=WORD)
    client = Client(
        raise_request_exception=False,
        headers={"Referer": f"https://{WORD}.example/{WORD}", "User-Agent": WORD, "X-Request-ID": WORD},
    )
    with pytest.MonkeyPatch.context() as patch:
        if "rule" in address or "too-long" in address:  # so that PostgreSQL's transaction of the test goes on
            patch.setattr(Study.objects, "get", Study.objects.first)
        data = {} if method == "get" else {"data": {WORD: WORD}}
        response = getattr(client, method)(address, **data)

    if method == "get":
        assert response.status_code == status or connection.vendor == "sqlite"
    assert WORD not in lines.text()
    (entry,) = lines.of("realist.requests")
    assert entry["request"] == response["X-Request-ID"] != WORD
    assert (entry["status"], entry["message"], entry["level"]) == (response.status_code, method.upper(), "INFO")
    assert isinstance(entry["ms"], float)
    if response.status_code == 500:
        assert response["X-Request-ID"] in response.content.decode()


def test_line_of_a_request_tells_who_did_what(lines, db):
    user = make.UserFactory(is_staff=True, is_superuser=True, username=WORD)
    client = Client()
    client.force_login(user)
    addresses = {
        reverse("admin:programmes_programme_add"): "admin:programmes_programme_add",
        "/api/v1/quotes/": "api-quotes-list",
        "/api/v1/quotes/?format=csv": "api-quotes-list",
        "/": "home",
        f"/{WORD}/": None,
    }
    for address in addresses:
        b"".join(client.get(address))
    assert [(entry["user"], entry["act"]) for entry in lines.of("realist.requests")][:4] == [
        (user.pk, act) for act in [*addresses.values()][:4]
    ]
    assert lines.of("realist.requests")[4]["act"] is None
    assert WORD not in lines.text()


def test_probes_and_files_are_told_only_in_detail(lines, db, client):
    client.get("/healthz")
    client.get("/readyz")
    assert {(entry["level"], entry["act"]) for entry in lines.of("realist.requests")} == {
        ("DEBUG", "healthz"),
        ("DEBUG", "readyz"),
    }
    act = acts.Act(request=type("R", (), {"resolver_match": None, "path": "/static/css/site.css"})(), status=200)
    assert (act.name, act.user) == ("static", None)


@override_settings(ROOT_URLCONF=__name__)
def test_answer_that_breaks_off_is_told_with_its_request(lines, db):
    response = Client().get("/zz/stream/")
    with pytest.raises(ValueError, match=WORD):
        b"".join(response)
    (entry,) = [entry for entry in lines.of("realist.requests") if entry["level"] == "ERROR"]
    assert (entry["message"], entry["request"], entry["act"]) == (
        "An answer broke off.",
        response["X-Request-ID"],
        "stream",
    )
    assert WORD not in lines.text()


@pytest.mark.parametrize(
    ("behind_proxy", "given", "taken"),
    [
        (False, "0123456789abcdef", False),
        (True, "0123456789abcdef", True),
        (True, "a.b-c_d9", True),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, "two words", False),
        (True, "line\tbreak", False),
        (True, "né-numbers", False),
        (True, "", False),
    ],
)
def test_number_of_a_request_is_taken_from_a_proxy_alone(settings, client, behind_proxy, given, taken):
    settings.BELIEVE_REQUEST_ID = behind_proxy
    number = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (number == given) == taken
    assert taken or re.fullmatch("[0-9a-f]{16}", number)


def doors(planting, *, everywhere):
    """Yield every address and form through which planted words come in or go out; a part of them, or all."""
    yield from (("get", address, {}) for address in page_addresses(planting)[:: 1 if everywhere else 6])
    seen = set()
    for (model, name), planted in planting.planted.items():
        if not (planted.mark and planted.mark.startswith("zq")):
            continue
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if everywhere:
            yield "get", f"{reverse('search')}?q={planted.mark}", {}
        if model in admin.site._registry and (everywhere or model not in seen):
            yield "get", f"{reverse(f'{base}_changelist')}?{name}={planted.mark}", {}
            yield "post", reverse(f"{base}_change", args=[planted.row.pk]), {name: planted.mark}
            if model not in seen:
                yield "post", reverse(f"{base}_change", args=[planted.row.pk]), None
        seen.add(model)


def go_through_doors(planting, *, everywhere):
    """Let a lead go through them; what is to be sent as None is the form as it was."""
    user = make.UserFactory(is_staff=True, is_superuser=True, username="zqname")
    make.MembershipFactory(study=planting.study, user=user, role="lead")
    client = Client(raise_request_exception=False)
    client.force_login(user)
    for method, address, sent in doors(planting, everywhere=everywhere):
        form = sent_untouched(client.get(address).content.decode()) if sent is None else sent
        b"".join(getattr(client, method)(address, form))


@pytest.mark.untraced
@pytest.mark.parametrize("everywhere", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["some", "all"])
def test_no_planted_word_reaches_the_log_at_any_door(lines, db, everywhere, monkeypatch):
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_arguments, **_names: None)
    monkeypatch.setattr("typst.compile", lambda *_arguments, **_names: b"")
    go_through_doors(Planting(), everywhere=everywhere)
    sign_in = {"username": "zqguess", "password": "zqpassword"}
    for client in (Client(), Client(enforce_csrf_checks=True)):
        client.post("/admin/login/", sign_in)
    Client().get("/api/v1/quotes/", headers={"Authorization": "Token zqtoken"})
    Client().get("/", headers={"Host": "zqhost.example"})

    assert re.findall(r"zq\w+", lines.text()) == []
    assert len(lines.of("realist.requests")) > 80


def test_warning_of_python_is_told_without_its_words(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs.log_warning
        warnings.warn(WORD, RuntimeWarning, stacklevel=1)
    assert WORD not in lines.text()
    assert re.fullmatch(r"RuntimeWarning at tests/realist/test_logs\.py:\d+", lines.of("py.warnings")[0]["message"])


@pytest.mark.parametrize(
    ("end", "status", "message"),
    [
        (None, 0, "Done."),
        (SystemExit(), 0, "Done."),
        (SystemExit(3), 3, "Failed."),
        (SystemExit(WORD), 1, "Failed."),
        (ValueError(WORD), 1, "Failed."),
    ],
)
def test_command_is_told_with_its_end(lines, end, status, message):
    def run():
        with command_logged(["manage.py", "tidy", WORD]):
            log.warning(NobodysWords("At work"))
            if end:
                raise end

    if end:
        with pytest.raises(type(end)):
            run()
    else:
        run()
    work, done = lines.told()
    assert (work["act"], work["status"], work["user"], work["request"]) == ("tidy", None, None, None)
    assert (done["act"], done["status"], done["message"], done["level"]) == ("tidy", status, message, "INFO")
    assert WORD not in lines.text()
    assert acts.current_act() is None


def test_command_that_went_well_at_a_terminal_is_not_told(lines, monkeypatch):
    monkeypatch.setattr(sys, "stderr", type("Terminal", (io.StringIO,), {"isatty": lambda _: True})())
    with command_logged(["manage.py", "tidy"]):
        pass
    assert lines.told() == []
    with pytest.raises(SystemExit), command_logged(["manage.py", "tidy"]):
        raise SystemExit(3)
    assert [line["message"] for line in lines.told()] == ["Failed."]


def test_what_is_no_request_or_comes_before_the_log_has_no_line(lines, monkeypatch):
    request_finished.send(None)
    monkeypatch.setattr(acts, "apps", type("Apps", (), {"ready": False}))
    with command_logged(["manage.py"]):
        assert acts.current_act().name == ""
    assert lines.told() == []
    assert logs.place_of(None) == "…"


def test_what_python_would_print_goes_into_the_log(lines):
    ended = type("Ended", (), {"exc_type": ValueError, "exc_value": ValueError(WORD), "exc_traceback": None})
    server_log.log_left_over(ended)
    server_log.log_end_of_thread(ended)
    assert [entry["message"] for entry in lines.told()] == ["An exception could not be passed on.", "A thread ended."]
    assert WORD not in lines.text()


@pytest.fixture
def server_logger(monkeypatch):
    monkeypatch.delenv("WEB_CONCURRENCY")  # which gunicorn reads itself, and not as empty
    from gunicorn.config import Config  # noqa: PLC0415

    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    kept = {name: logging.getLogger(name).propagate for name in ("gunicorn.error", "gunicorn.access")}
    config = Config()
    config.set("accesslog", "-")
    config.set("loglevel", "debug")
    yield server_log.ServerLogger(config)
    for name, propagates in kept.items():
        logger = logging.getLogger(name)
        logger.propagate = propagates
        logger.handlers.clear()


def test_main_process_of_the_server_tells_all_and_its_workers_nothing_typed(server_logger, lines, monkeypatch):
    server_logger.error_log.propagate = True
    server_logger.info("Listening at: %s (%s)", "http://127.0.0.1:8000", 12)
    server_logger.error("Connection in use: %s", "127.0.0.1")
    monkeypatch.setattr(server_logger, "main_process", 1)
    invalid = f"Invalid request from ip=127.0.0.1: {WORD}"
    server_logger.warning(invalid)
    server_logger.error("Error handling request %s", WORD)
    server_logger.access(None, None, {"RAW_URI": WORD}, None)
    handlers = [*server_logger.error_log.handlers, *server_logger.access_log.handlers]
    forms = {type(handler.formatter) for handler in handlers if hasattr(handler, "_gunicorn")}
    assert forms == {logs.LineFormatter}
    assert [entry["message"] for entry in lines.told()][:2] == [
        "Listening at: http://127.0.0.1:8000 (12)",
        "Connection in use: 127.0.0.1",
    ]
    assert WORD not in lines.text()


def test_while_developing_the_log_is_not_reduced(monkeypatch):
    factory, done = logging.getLogRecordFactory(), []
    monkeypatch.setattr(logging.config, "dictConfig", done.append)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    logging.setLogRecordFactory(logging.LogRecord)
    try:
        for formatter, expected in (("unreduced", logging.LogRecord), ("json", logs.WordlessRecord)):
            settings = {"handlers": {"console": {"formatter": formatter}}}
            logs.set_up(settings)
            assert logging.getLogRecordFactory() is expected
            assert done[-1] == settings
    finally:
        logging.setLogRecordFactory(factory)


def test_record_of_another_make_has_a_line_too():
    record = logging.LogRecord("some.library", logging.INFO, "", 1, "plain", None, None)
    assert json.loads(logs.JSONFormatter().format(record))["message"] == "plain"
    assert " request=- user=- act=- status=- ms=- plain" in logs.LineFormatter().format(record)
    assert isinstance(sqlite3.IntegrityError(), Exception)
