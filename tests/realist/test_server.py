"""A real server: half-sent requests keep nobody out, and its log holds no word of what was sent."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections import OrderedDict

import pytest

from realist import worker
from realist.worker import ImpatientSocket, PatientWorker, Waiting
from tools.commands import ROOT, python
from tools.throwaway_postgresql import free_port

HALVES = {
    "nothing": b"",
    "a line": b"GET /zqcanary HTTP/1.1\r\nHost: localhost\r\nX-zqcanary: zq",
    "a form": b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nusername=zqcanary",
    "an end": b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n",
    "a second": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /zqcanary HT",
}
WRONG = (
    b"zqcanary\r\n\r\n",
    b"ZQCANARY / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /zqcanary HTTP/1.1\r\nHost: localhost\r\nzqcanary\r\n\r\n",
    b"GET /zqcanary HTTP/9.zqcanary\r\n\r\n",
    b"GET /zqcanary?zqcanary HTTP/1.1\r\nHost: zqcanary.example\r\nReferer: http://zqcanary/\r\n\r\n",
    b"GET /" + b"zqcanary" * 1100 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nX-A: " + b"zqcanary" * 9000,
    b"POST /zq HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzqcanary\r\n\r\n",
)
# The page of a site without tables leads back to the address that was asked for.
TRY_AGAIN = 'href="/zqcanary?zqcanary"'


@pytest.fixture
def site(tmp_path):
    """A server with two threads; its port, and the file of its log."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": "2",
        "LOCAL_DIR": str(tmp_path),
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
        "ERASURES_FILE": str(tmp_path / "erasures.jsonl"),
    }
    (tmp_path / "static").mkdir()
    log = tmp_path / "log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            python("-m", "gunicorn", "-c", "python:realist.gunicorn", "realist.wsgi"),
            cwd=ROOT,
            env=environment,
            stdout=written,
            stderr=written,
        )
    wait_for(port)
    yield port, log
    server.send_signal(signal.SIGTERM)
    server.wait(20)


def wait_for(port):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, TimeoutError):
            return ask(port)
        time.sleep(0.1)
    raise AssertionError(port)


def ask(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        return answer.status


def send(port, data):
    """Return the status, the lines of the head and the whole body of what is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, [f"{name}: {value}" for name, value in answer.getheaders()], answer.read().decode()


@pytest.mark.once
@pytest.mark.untraced
def test_half_sent_requests_keep_nobody_out_and_leave_no_word_in_the_log(site):
    port, log = site
    with contextlib.ExitStack() as held:
        for half in HALVES.values():
            for _ in range(25):
                connection = held.enter_context(socket.create_connection(("127.0.0.1", port)))
                connection.sendall(half)
            assert [ask(port) for _ in range(3)] == [200] * 3
    for wrong in WRONG:
        status, head, body = send(port, wrong)
        said = "\n".join((*head, body)).lower().replace(TRY_AGAIN, "")
        assert (status >= 400, "zqcanary" in said) == (True, False), (wrong[:60], said)
        assert {"X-Content-Type-Options: nosniff", "X-Frame-Options: DENY"} <= set(head), (wrong[:60], head)
    assert ask(port) == 200
    lines = log.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "zq" in line.lower()] == []
    told = [json.loads(line) for line in lines]
    assert {"time", "level", "logger", "request", "user", "act", "status", "ms", "message"} <= set(told[-1])
    assert {"gunicorn.error", "realist.requests"} <= {entry["logger"] for entry in told}


class Poller:
    """Stands in for the loop."""

    def __init__(self):
        self.registered = {}

    def register(self, one, _events, callback):
        self.registered[one] = callback

    def unregister(self, one):
        del self.registered[one]


class Listener:
    def __init__(self, accepted):
        self.accepted = accepted

    def accept(self):
        if self.accepted is None:
            raise BlockingIOError
        return self.accepted, ("127.0.0.1", 1)

    def getsockname(self):
        return ("127.0.0.1", 80)


@pytest.fixture
def patient(monkeypatch):
    from gunicorn.config import Config  # noqa: PLC0415

    made = PatientWorker.__new__(PatientWorker)
    made.cfg, made.poller, made.nr_conns, made.alive = Config(), Poller(), 0, True
    made.closing = OrderedDict()
    made.waiting, made.keepalived_conns, made.pending_conns = OrderedDict(), [], []
    made.given = []
    monkeypatch.setattr(PatientWorker, "enqueue_req", lambda self, conn: self.given.append(conn))
    return made


@pytest.fixture(autouse=True)
def without_empty_variable(monkeypatch):
    monkeypatch.delenv("WEB_CONCURRENCY")  # which gunicorn reads itself, and not as empty


@pytest.fixture
def connected(patient):
    """A connection that the worker took, from its other end."""
    ours, theirs = socket.socketpair()
    patient.accept(Listener(theirs))
    with ours:
        ours.settimeout(5)
        yield ours


def part(patient, ours, data):
    ours.sendall(data)
    (waiting,) = patient.waiting.values()
    patient.on_part(waiting, waiting.connection.sock)


def test_thread_is_given_to_a_whole_request_alone(patient, connected):
    part(patient, connected, b"\r\nPOST / HTTP/1.1\r\nContent-")
    part(patient, connected, b"Length: 3\r\n\r\nab")
    assert (len(patient.waiting), patient.given) == (1, [])
    part(patient, connected, b"c")
    (given,) = patient.given
    assert (len(patient.waiting), patient.poller.registered, given.data_ready) == (0, {}, True)
    assert given.parser.unreader.buf.getvalue() == b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
    patient.keepalived_conns.append(given)
    patient.poller.register(given.sock, 1, None)
    patient.on_client_socket_readable(given, given.sock)
    assert [one.connection for one in patient.waiting.values()] == [given]
    patient.give_up(*patient.waiting.values())


@pytest.mark.parametrize(
    ("came", "length"),
    [
        (b"GET / HTTP/1.1\r\nA: b", None),
        (b"GET / HTTP/1.1\r\n\r\n", 18),
        (b"A / B\r\ncontent-length:\t12 \r\n\r\n", 42),
        (b"A / B\r\nContent-Length: 999999\r\n\r\n", 33),
        (b"A / B\r\nContent-Length: zq\r\n\r\n", 29),
        (b"A / B\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n", 51),
        (b"A / B\r\nTransfer-Encoding: chunked\r\n\r\n", 37),
    ],
)
def test_what_a_thread_needs(came, length):
    waiting = Waiting(None)
    waiting.take(came)
    assert (waiting.length, waiting.is_whole) == (length, length == len(came))


def test_connection_that_ends_or_sends_too_much_is_given_up(patient, connected, monkeypatch):
    (waiting,) = patient.waiting.values()
    patient.on_part(waiting, waiting.connection.sock)  # nothing has come after all
    assert patient.nr_conns == 1
    monkeypatch.setattr(worker, "MOST_OF_HEAD", 10)
    part(patient, connected, b"GET / HTTP/1.1")
    assert len(patient.waiting) == 1
    part(patient, connected, b"GET / HTTP/1.1")
    part_of_answer = connected.recv(100)
    assert (part_of_answer.split(b"\r\n")[0], patient.nr_conns) == (b"HTTP/1.1 431 Request Header Fields Too Large", 0)


def test_connection_that_breaks_is_given_up(patient, connected):
    class Broken:
        def recv(self, _size):
            raise ConnectionResetError

    (waiting,) = patient.waiting.values()
    patient.on_part(waiting, Broken())
    assert (len(patient.waiting), patient.nr_conns) == (0, 0)


def test_what_takes_too_long_is_given_up_and_too_many_the_oldest(patient, connected, monkeypatch):
    part(patient, connected, b"GET")
    patient.murder_pending()
    assert len(patient.waiting) == 1
    monkeypatch.setattr(worker, "MOST_WAITING", 1)
    other, theirs = socket.socketpair()
    patient.accept(Listener(theirs))
    assert connected.recv(100).startswith(b"HTTP/1.1 408 ")
    with other:
        other.settimeout(5)
        patient.alive = False  # one that ends waits for nothing
        patient.murder_pending()
        assert (other.recv(100), len(patient.waiting), patient.nr_conns) == (b"", 0, 0)


def test_connection_that_somebody_else_took_is_none(patient):
    patient.accept(Listener(None))
    assert (patient.nr_conns, len(patient.waiting)) == (0, 0)


@pytest.mark.parametrize(("answered", "more", "kept"), [(True, b"", True), (True, b"GET", False), (False, b"", False)])
def test_connection_with_more_than_a_request_is_closed(patient, connected, monkeypatch, answered, more, kept):
    part(patient, connected, b"GET / HTTP/1.1\r\n\r\n" + more)
    (given,) = patient.given
    given.parser.unreader.take_buffered()
    given.parser.unreader.unread(more)
    monkeypatch.setattr(worker.ThreadWorker, "handle", lambda *_: answered)
    assert patient.handle(given) is kept
    given.close()


@pytest.fixture
def answered(patient, connected):
    part(patient, connected, b"GET / HTTP/1.1\r\n\r\n")
    (given,) = patient.given
    given.close(graceful=True)
    return given


def test_nobody_waits_for_a_client_to_close(patient, connected, answered):
    assert connected.recv(10) == b""  # nothing more is sent
    patient.on_rest(answered, answered.sock)  # nothing has come after all
    connected.sendall(b"more")
    patient.on_rest(answered, answered.sock)
    patient.murder_pending()
    assert len(patient.closing) == 1
    connected.close()
    patient.on_rest(answered, answered.sock)
    assert (len(patient.closing), patient.poller.registered, answered.sock.fileno()) == (0, {}, -1)


def test_client_that_never_closes_is_closed(patient, answered):
    patient.closing[id(answered)].until = 0
    patient.murder_pending()
    assert (len(patient.closing), answered.sock.fileno()) == (0, -1)


def test_of_too_many_that_never_close_the_oldest_is_closed(patient, connected, monkeypatch):
    part(patient, connected, b"GET / HTTP/1.1\r\n\r\n")
    monkeypatch.setattr(worker, "MOST_WAITING", 0)
    (given,) = patient.given
    given.close(graceful=True)
    assert (len(patient.closing), given.sock.fileno()) == (0, -1)


def test_connection_that_broke_is_closed_at_once(patient, answered):
    class Broken:
        def recv(self, _size):
            raise ConnectionResetError

    patient.on_rest(answered, Broken())
    assert len(patient.closing) == 0

    class Gone:
        sock = answered.sock
        closed = 0

        def close(self):
            self.closed += 1

    gone = Gone()
    patient.let_close(gone)
    assert (gone.closed, len(patient.closing)) == (1, 0)


def test_worker_begins_with_nobody_waiting(monkeypatch):
    monkeypatch.setattr(worker.ThreadWorker, "__init__", lambda *_: None)
    made = PatientWorker()
    assert (len(made.waiting), len(made.closing)) == (0, 0)


def test_thread_gives_up_on_what_comes_too_slowly(monkeypatch):
    ours, theirs = socket.socketpair()
    with ours, ImpatientSocket(fileno=theirs.detach()) as impatient:
        impatient.start()
        ours.sendall(b"abc")
        assert (impatient.recv(10), impatient.received, impatient.gettimeout()) == (b"abc", 3, None)
        monkeypatch.setattr(worker, "PATIENCE", 0.05)
        impatient.start()
        with pytest.raises(TimeoutError):
            impatient.recv(10)
        impatient.begun -= 60
        with pytest.raises(TimeoutError):
            impatient.recv(10)
