"""What a process is busy with: a request or a command, by which each line of its log is found again."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.signals import request_finished
from django.utils.functional import SimpleLazyObject

from programmes.words import NobodysWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, HttpResponse

    from realist.middleware import GetResponse

REQUESTS = logging.getLogger("realist.requests")
COMMANDS = logging.getLogger("realist.commands")
HEADER = "X-Request-ID"
NUMBER = re.compile("[A-Za-z0-9._-]{8,64}")  # of a request, as proxies make them
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
PROBES = frozenset({"healthz", "readyz", "static"})  # asked for so often that only trouble with them is told
FAILED = 400  # from this status on


@dataclass
class Act:
    """A request or a command."""

    number: str = field(default_factory=lambda: secrets.token_hex(8))
    command: str = ""
    request: HttpRequest | None = None
    status: int | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def name(self) -> str | None:
        """Return the command, or the view by its name or route: an address itself may hold what somebody typed."""
        if self.request is None:
            return self.command
        found = self.request.resolver_match
        if found is not None:
            return found.view_name or found.route
        return "static" if self.status and self.request.path.startswith(settings.STATIC_URL) else None

    @property
    def user(self) -> int | None:
        """Return the id of whoever asks, as far as it is known; nobody is looked up for this."""
        known = vars(self.request) if self.request else {}
        user = known.get("user")
        return getattr(known.get("_cached_user") if isinstance(user, SimpleLazyObject) else user, "pk", None)

    @property
    def milliseconds(self) -> float:
        """Return how long it has lasted."""
        return round((time.perf_counter() - self.started) * 1000, 1)

    @property
    def method(self) -> str:
        """Return the method of a request; one that there is not may be anything."""
        method = self.request.method if self.request else ""
        return method if method in METHODS else "another method"


CURRENT: ContextVar[Act | None] = ContextVar("act", default=None)


def current_act() -> Act | None:
    """Return what this thread is busy with."""
    return CURRENT.get()


def request_number() -> str:
    """Return the number by which the lines of this request are found in the log."""
    act = CURRENT.get()
    return act.number if act else ""


class LogRequests:
    """Numbers each request, and writes a line into the log when it is answered to the end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the number of the request."""
        act = Act(request=request)
        if settings.BELIEVE_REQUEST_ID and NUMBER.fullmatch(given := request.headers.get(HEADER, "")):
            act.number = given
        CURRENT.set(act)
        response = self.get_response(request)
        act.status = response.status_code
        if response.streaming:
            response.streaming_content = told_if_broken(response.streaming_content)  # type: ignore[attr-defined]  # it streams
        response[HEADER] = act.number
        return response


def told_if_broken(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts of an answer; where it breaks off, whoever asked can no longer be told, so the log is."""
    try:
        yield from parts
    except Exception:
        REQUESTS.exception("An answer broke off.")
        raise


def log_answer(**_: Any) -> None:
    """Write the line of a request that is done with."""
    act = CURRENT.get()
    if act is None or act.status is None:
        return
    level = logging.DEBUG if act.name in PROBES and act.status < FAILED else logging.INFO
    REQUESTS.log(level, "%s", NobodysWords(act.method))
    CURRENT.set(None)


request_finished.connect(log_answer)


@contextmanager
def command_logged(arguments: list[str]) -> Iterator[None]:
    """Write a line into the log when a command ends, with the status that the shell gets.

    Whoever runs one at a terminal sees that it went well, and needs no line for it.
    """
    act = Act(command=" ".join(arguments[1:2]))
    before = CURRENT.set(act)
    try:
        yield
        act.status = 0
    except SystemExit as end:
        act.status = end.code if isinstance(end.code, int) else int(bool(end.code))
        raise
    finally:
        act.status = 1 if act.status is None else act.status
        seen = act.status == 0 and sys.stderr is not None and sys.stderr.isatty()
        if apps.ready and not seen:  # and so the log too
            COMMANDS.info("Done." if act.status == 0 else "Failed.")
        CURRENT.reset(before)
