"""Calls of the API are counted by all processes together, by who asks and not by what they say."""

import mmap
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as site_settings
from django.test import Client

from realist import counts, env, throttles
from realist.counts import Allowance, CallCounts, Rate
from tests import factories as make
from tools.commands import ROOT, python

THREE = Rate(3, 60)
LISTING = "/api/v1/programmes/"


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Counts in a file of the test's own, at a time that does not pass."""
    found = counts.shared_counts(tmp_path / "calls")
    monkeypatch.setattr(throttles, "call_counts", lambda: found)
    monkeypatch.setattr(counts.time, "monotonic", lambda: 1000.0)
    return found


@pytest.fixture
def limited(fresh, settings):
    settings.API_RATES = {"anonymous": "2/minute", "user": "3/minute"}
    return fresh


def told(response):
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy", "Retry-After")
    return [response.status_code, *[response.get(name) for name in names]]


def test_count_is_of_any_period_and_forgets(fresh):
    asked = [(0, True, 2), (1, True, 1), (5, True, 0), (5, False, 0), (59.9, False, 0), (64.9, False, 0), (65, True, 1)]
    assert [(at, *told_of(fresh.count("ada", THREE, at))) for at, *_ in asked] == asked
    assert told_of(fresh.count("ada", THREE, 1e6)) == (True, 2)


def told_of(allowance):
    return allowance.allowed, allowance.left


@pytest.mark.parametrize("start", [0, 2.5, 4.999, 1e9])
def test_never_more_than_the_rate_in_a_period_and_what_is_promised_is_kept(fresh, start):
    given, at = [], start
    while at < start + 300:
        found = fresh.count("ada", THREE, at)
        if found.allowed:
            given.append(at)
            at += 0.7
        else:
            assert fresh.count("ada", THREE, at + found.seconds).allowed
            given.append(at + found.seconds)
            at += found.seconds + 0.7
    assert all(later - first >= 60 for first, later in zip(given, given[3:], strict=False))
    assert len(given) >= 12


def test_count_of_an_earlier_start_of_the_machine_is_forgotten(fresh):
    for _ in range(3):
        fresh.count("ada", THREE, 1e6)
    assert told_of(fresh.count("ada", THREE, 10)) == (True, 2)


def test_made_up_names_neither_take_room_nor_free_a_guesser(fresh, monkeypatch):
    monkeypatch.setattr(counts, "GROUPS", 1)
    for _ in range(3):
        fresh.count("guesser", THREE)
    for number in range(200):
        fresh.count(f"made up {number}", Rate(2, 60))
    assert told_of(fresh.count("guesser", THREE)) == (False, 0)
    assert len(fresh.memory) == counts.SIZE


def test_somebody_new_takes_over_the_smallest_count(fresh, monkeypatch):
    monkeypatch.setattr(counts, "GROUPS", 1)
    for number in range(8):
        for _ in range(2 if number else 1):
            fresh.count(str(number), Rate(9, 60))
    assert fresh.count("new", Rate(9, 60)) == Allowance(Rate(9, 60), allowed=True, left=7, seconds=65)


def test_threads_count_together(fresh):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fresh.count("ada", Rate(500, 60)).allowed, range(800)))
    assert found.count(True) == 500


@pytest.mark.untraced
def test_processes_count_together_though_some_are_killed(tmp_path):
    script = (
        "import os, sys, django; django.setup()\n"
        "from realist.counts import call_counts, group_of, Rate\n"
        "if sys.argv[1] == 'killed':\n"
        "    with call_counts().held(group_of('ada')[1]): os.kill(os.getpid(), 9)\n"
        "print(sum(call_counts().count('ada', Rate(500, 3600)).allowed for _ in range(200)))\n"
    )
    environment = {
        **os.environ,
        "LOCAL_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "realist.settings",
        "PYTHONPATH": str(ROOT),
    }
    started = [
        subprocess.Popen(python("-c", script, kind), env=environment, stdout=subprocess.PIPE, text=True)
        for kind in ("killed", "counts", "counts", "counts")
    ]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert started[0].returncode == -9
    assert (said[0], sum(map(int, said[1:]))) == ("", 500)
    assert (tmp_path / "calls-1").stat().st_mode & 0o777 == 0o600


def test_where_no_file_can_be_written_each_process_counts_for_itself(settings, tmp_path, caplog, monkeypatch):
    (tmp_path / "file").touch()
    settings.LOCAL_DIR = tmp_path / "file"
    counts.call_counts.cache_clear()
    found = counts.call_counts()
    counts.call_counts.cache_clear()
    assert (found.file, found.count("ada", THREE).left) == (None, 2)
    assert caplog.messages == [
        "Calls are counted by each process for itself, since LOCAL_DIR cannot be written to: FileExistsError (EEXIST)"
    ]
    settings.LOCAL_DIR = tmp_path
    assert counts.call_counts().file is not None
    counts.call_counts.cache_clear()


def test_disk_without_room_for_the_counts_is_told_at_once(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "full")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(OSError, match="full"):
        counts.shared_counts(tmp_path / "calls")


def test_answers_say_what_is_left_and_too_many_when_to_come_back(db, client, limited):
    assert told(client.get(LISTING)) == [200, "2", "1", "65", "2;w=60", None]
    assert told(client.get(LISTING)) == [200, "2", "0", "65", "2;w=60", None]
    refused = client.get(LISTING)
    assert told(refused) == [429, "2", "0", "65", "2;w=60", "65"]
    assert (refused["Content-Type"], refused.json()) == (
        "application/problem+json",
        {
            "type": "http://testserver/api/v1/problems/#too-many-calls",
            "code": "too-many-calls",
            "title": "Too Many Requests",
            "status": 429,
            "detail": "These were 2 calls in 60 seconds, as many as may be; ask again in 65 seconds.",
            "instance": LISTING,
        },
    )


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("/api/v1/", {}, 200),
        ("/api/v1/schema/", {}, 200),
        ("/api/v1/docs/", {}, 200),
        (f"{LISTING}?format=csv", {}, 200),
        (f"{LISTING}?zq=1", {}, 400),
        (f"{LISTING}zq/", {}, 404),
        ("/api/zq/", {}, 404),
        (LISTING, {"Authorization": "Token zq"}, 401),
        (LISTING, {"Accept": "image/png"}, 406),
        (LISTING, {"If-None-Match": "*"}, 304),
    ],
)
def test_every_kind_of_answer_is_counted(db, client, limited, address, headers, status):
    found = [told(client.get(address, headers=headers))[:3] for _ in range(3)]
    assert found == [[status, "2", "1"], [status, "2", "0"], [429, "2", "0"]]


def test_members_are_counted_by_their_account(db, limited):
    client = Client()
    client.force_login(make.UserFactory())
    found = [client.get(LISTING, REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(4)]
    assert (found, client.get("/").status_code) == ([200, 200, 200, 429], 200)
    assert "RateLimit-Limit" not in client.get("/")


def test_no_header_resets_a_count(db, client, limited, settings):
    found = [
        client.get(LISTING, headers={"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}"})
        for number in range(3)
    ]
    assert [response.status_code for response in found] == [200, 200, 429]
    settings.TRUSTED_PROXIES = 1
    found = [
        client.get(LISTING, headers={"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.1"}).status_code
        for number in range(3)
    ]
    assert found == [200, 200, 429]
    assert client.get(LISTING, headers={"X-Forwarded-For": "198.51.100.2"}).status_code == 200


def test_addresses_of_one_network_are_one(db, client, limited):
    found = [client.get(LISTING, REMOTE_ADDR=f"2001:db8::{number}").status_code for number in range(1, 4)]
    assert found == [200, 200, 429]
    assert client.get(LISTING, REMOTE_ADDR="2001:db8:0:1::1").status_code == 200


def test_count_asks_no_database(rf, fresh, django_assert_num_queries):
    assert throttles.count_call(rf.get("/")).allowed


@pytest.mark.parametrize("value", ["0/minute", "-1/minute", "600", "600/", "600/fortnight", "many/minute", "1.5/s"])
def test_rate_that_cannot_be_read_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("NAME", value)
    with pytest.raises(env.ImproperlyConfigured) as error:
        env.rate("NAME", "600/minute")
    assert str(error.value) == f"NAME is {value!r}; write a number and a period, as in 600/minute"


@pytest.mark.parametrize(("text", "seconds"), [("5/s", 1), ("5/min", 60), ("5/hour", 3600), ("5/day", 86_400)])
def test_rate(settings, text, seconds):
    settings.API_RATES = {"user": text}
    assert throttles.rate_of("user") == Rate(5, seconds)
    assert isinstance(CallCounts(mmap.mmap(-1, counts.SIZE), None), CallCounts)
    assert site_settings.API_RATES["user"] == text
