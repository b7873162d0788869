"""The process of gunicorn that answers: it gives a thread to a request only when all of it has come.

gunicorn itself gives a thread to whoever connects, and waits there for the rest of the request; as many clients as it
has threads then keep everybody else out, by sending nothing. When it closes a connection, all others wait until the
client closes it too. Here both are waited for beside all others, for some seconds. A long body is still read by a
thread, which gives up where it comes too slowly.
"""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import struct
import time
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import TConn, ThreadWorker

if TYPE_CHECKING:
    from collections.abc import Callable

    from gunicorn.sock import BaseSocket

END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
ASKS_FIRST = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)  # whose body must not be waited for
MOST_OF_HEAD = 65_536  # bytes
MOST_OF_BODY = 262_144  # bytes that are waited for; of more a thread reads the rest
PATIENCE = 10  # seconds that a request may take to come
LEAST_SPEED = 10_000  # bytes of a long body for each second beyond that
SEND_PATIENCE = 30  # seconds without a byte taken, after which an answer is given up
CLOSING = 2  # seconds in which a client may close its side, so that it loses nothing of the answer
MOST_WAITING = 400  # connections; of more the oldest gives way
# What browsers are told with a refusal, which no page of the site is.
HEADERS = b"\r\n".join(
    (
        b"",
        b"Connection: close",
        b"Cache-Control: no-store",
        b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        b"X-Content-Type-Options: nosniff",
        b"X-Frame-Options: DENY",
        b"Referrer-Policy: same-origin",
        b"Content-Length: 0\r\n\r\n",
    )
)
TOO_SLOW = b"HTTP/1.1 408 Request Timeout" + HEADERS
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large" + HEADERS


class WithoutPage:
    """A connection on which gunicorn refuses a request, without its page: that repeats what came."""

    def __init__(self, connection: socket.socket) -> None:
        self.gettimeout, self.setblocking, self.send_all = (
            connection.gettimeout,
            connection.setblocking,
            connection.sendall,
        )

    def sendall(self, page: bytes) -> None:
        """Send the status of a page, and the headers of a refusal."""
        self.send_all(page.partition(b"\r\n")[0] + HEADERS)


class ImpatientSocket(socket.socket):
    """A connection from which a thread reads only as long as enough comes."""

    begun = 0.0
    received = 0

    def start(self) -> None:
        """Begin to count."""
        self.begun, self.received = time.monotonic(), 0

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return what came. Raises TimeoutError where it is too little for the time that it took."""
        if self.gettimeout() == 0:
            return super().recv(size, flags)
        left = self.begun + PATIENCE + self.received / LEAST_SPEED - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
        try:
            data = super().recv(size, flags)
        finally:
            self.settimeout(None)
        self.received += len(data)
        return data


class Waiting:
    """A connection whose request has not come as a whole."""

    def __init__(self, connection: Any, seconds: float = PATIENCE) -> None:
        self.connection = connection
        self.came = bytearray()
        self.until = time.monotonic() + seconds

    def take(self, data: bytes) -> None:
        """Keep what came; empty lines before a request are none of it."""
        self.came += data
        while self.came.startswith(b"\r\n"):
            del self.came[:2]

    @property
    def length(self) -> int | None:
        """Return how many bytes a thread needs, or None where the head has not come to its end."""
        end = self.came.find(END_OF_HEAD)
        if end < 0:
            return None
        head = bytes(self.came[: end + len(END_OF_HEAD)])
        found = None if ASKS_FIRST.search(head) else LENGTH.search(head)
        body = int(found[1]) if found else 0
        return len(head) + (body if body <= MOST_OF_BODY else 0)

    @property
    def is_whole(self) -> bool:
        """Say whether a thread has enough to begin with."""
        length = self.length
        return length is not None and len(self.came) >= length


class PatientConnection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection whose end nobody waits for."""

    linger: Callable[[Any], None]

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002  as gunicorn calls it
        """Close it; where an answer was sent, the client may first read it to its end."""
        if graceful:
            self.linger(self)
        else:
            super().close()


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Waits for requests in its main loop, and answers them in threads."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.waiting: OrderedDict[int, Waiting] = OrderedDict()
        self.closing: OrderedDict[int, Waiting] = OrderedDict()

    def accept(self, listener: BaseSocket) -> None:
        """Take a connection, and wait for its request."""
        try:
            accepted, address = listener.accept()
        except OSError:  # whoever it was has gone, or another process was faster
            return
        held = ImpatientSocket(fileno=accepted.detach())
        with contextlib.suppress(OSError):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_PATIENCE, 0))
        self.nr_conns += 1
        connection = PatientConnection(self.cfg, held, address, listener.getsockname())
        connection.linger = self.let_close
        self.wait_for(connection)

    def wait_for(self, connection: Any) -> None:
        """Wait for the request of a connection; where too many wait, the one that did longest gives way."""
        waiting = Waiting(connection)
        self.waiting[id(connection)] = waiting
        self.poller.register(connection.sock, selectors.EVENT_READ, partial(self.on_part, waiting))
        if len(self.waiting) > MOST_WAITING:
            self.give_up(next(iter(self.waiting.values())), TOO_SLOW)

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """Wait for the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.wait_for(conn)

    def on_part(self, waiting: Waiting, client: Any) -> None:
        """Take a part of a request; give it to a thread when it is whole."""
        try:
            data = client.recv(MOST_OF_HEAD)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        waiting.take(data)
        if not data:
            self.give_up(waiting)
        elif waiting.is_whole:
            self.hand_over(waiting)
        elif waiting.length is None and len(waiting.came) > MOST_OF_HEAD:
            self.give_up(waiting, TOO_LARGE)

    def hand_over(self, waiting: Waiting) -> None:
        """Let a thread answer."""
        connection = self.forget(waiting)
        connection.init()
        connection.data_ready = True
        connection.sock.start()
        connection.parser.unreader.unread(bytes(waiting.came))
        self.enqueue_req(connection)

    def handle(self, conn: Any) -> Any:
        """Answer, and close the connection where more came than a request: nobody waits in a thread for the rest."""
        result = super().handle(conn)
        return result and not conn.parser.unreader.buf.getvalue()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse a request that cannot be read."""
        super().handle_error(req, WithoutPage(client), addr, exc)

    def forget(self, waiting: Waiting) -> Any:
        """Wait no longer for a request; return its connection."""
        del self.waiting[id(waiting.connection)]
        self.poller.unregister(waiting.connection.sock)
        return waiting.connection

    def give_up(self, waiting: Waiting, reason: bytes = b"") -> None:
        """Close a connection, and say why if something had come."""
        connection = self.forget(waiting)
        if reason and waiting.came:
            with contextlib.suppress(OSError):
                connection.sock.send(reason)
        self.nr_conns -= 1
        connection.close()

    def let_close(self, connection: Any) -> None:
        """Say that nothing more is sent, and wait for the client to close the connection."""
        try:
            connection.sock.settimeout(0)
            connection.sock.shutdown(socket.SHUT_WR)
            self.poller.register(connection.sock, selectors.EVENT_READ, partial(self.on_rest, connection))
        except OSError:
            connection.close()
            return
        self.closing[id(connection)] = Waiting(connection, CLOSING)
        if len(self.closing) > MOST_WAITING:
            self.end(next(iter(self.closing.values())).connection)

    def on_rest(self, connection: Any, client: Any) -> None:
        """Throw away what still comes; at its end close the connection."""
        try:
            ended = not client.recv(MOST_OF_HEAD)
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self.end(connection)

    def end(self, connection: Any) -> None:
        """Close a connection for good."""
        del self.closing[id(connection)]
        self.poller.unregister(connection.sock)
        connection.close()

    def murder_pending(self) -> None:
        """Give up what took too long; gunicorn calls this every second. One that ends waits for nothing."""
        super().murder_pending()
        now = time.monotonic()
        for waiting in [one for one in self.waiting.values() if one.until < now or not (self.alive or one.came)]:
            self.give_up(waiting, TOO_SLOW)
        for closing in [one for one in self.closing.values() if one.until < now]:
            self.end(closing.connection)
