"""How a worker refuses a request that it cannot read."""

import socket

from gunicorn.workers.gthread import ThreadWorker

from realist.worker import HEADERS, PatientWorker


def test_a_request_that_cannot_be_read_is_not_repeated_to_anybody(monkeypatch):
    def as_gunicorn(_worker, _request, client, _address, _error):
        client.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<p>GET /secret</p>")

    monkeypatch.setattr(ThreadWorker, "handle_error", as_gunicorn)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        PatientWorker.handle_error(PatientWorker.__new__(PatientWorker), None, ours, None, ValueError())
        assert theirs.recv(10_000) == b"HTTP/1.1 400 Bad Request" + HEADERS
