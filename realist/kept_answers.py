"""Answers that are given again while nothing in the database has changed, without asking it for a row."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

from realist.database_state import database_state
from realist.sessions import WITHOUT_SESSION
from realist.trouble import answer_to_trouble

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from realist.middleware import GetResponse

MOST_SECONDS = 60  # for which an answer is given again, though nothing should make it untrue
LARGEST_SHARE = 8  # a part of all that is kept; larger answers are not kept
# What a request may say besides, and no answer rests on. All else is part of the question.
IDLE_HEADERS = frozenset(
    f"HTTP_{name}"
    for name in (
        *("CACHE_CONTROL", "CONNECTION", "DNT", "FORWARDED", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "KEEP_ALIVE"),
        *("PRAGMA", "PRIORITY", "REFERER", "SEC_CH_UA", "SEC_CH_UA_MOBILE", "SEC_CH_UA_PLATFORM", "SEC_FETCH_DEST"),
        *("SEC_FETCH_MODE", "SEC_FETCH_SITE", "SEC_FETCH_USER", "SEC_GPC", "TE", "TRACEPARENT", "TRACESTATE"),
        *("UPGRADE_INSECURE_REQUESTS", "USER_AGENT", "VIA", "X_FORWARDED_FOR", "X_REAL_IP", "X_REQUEST_ID"),
    )
)
Question = tuple[object, ...]


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it went out, and when it was made; without content where it was that nothing had changed."""

    content: bytes | None
    headers: tuple[tuple[str, str], ...]
    made: float

    @property
    def size(self) -> int:
        """Return how many bytes it takes, about."""
        return len(self.content or b"") + sum(len(name) + len(value) for name, value in self.headers)

    def response(self, request: HttpRequest) -> HttpResponse | None:
        """Return the answer again, or 304 to whoever has it; None where it has no content and they do not."""
        response = HttpResponse(self.content or b"", headers=dict(self.headers))
        changed = response.get("Last-Modified")
        found = get_conditional_response(
            request,
            etag=response.get("ETag"),
            last_modified=parse_http_date_safe(changed) if changed else None,
            response=response,
        )
        return cast("HttpResponse", found) if found is not response or self.content is not None else None


class AnswersOfState:
    """The answers of one state of the database, the last used last; all go with the state."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self, state: str | None = None) -> None:
        """Begin with a state, without any answer."""
        self.state = state
        self.size = 0
        self.answers: OrderedDict[Question, KeptAnswer] = OrderedDict()

    def find(self, state: str, question: Question) -> KeptAnswer | None:
        """Return the answer to a question, if it was given in this very state and is young."""
        with self.lock:
            if state != self.state:
                self.forget(state)
            kept = self.answers.get(question)
            if kept is None or time.monotonic() - kept.made > MOST_SECONDS:
                return None
            self.answers.move_to_end(question)
            return kept

    def keep(self, state: str, question: Question, answer: KeptAnswer) -> None:
        """Keep an answer, unless the state is another by now; those that nobody asked for go first."""
        most = settings.KEPT_ANSWERS_MEGABYTES * 1_000_000
        with self.lock:
            if state != self.state or answer.size > most // LARGEST_SHARE:
                return
            if old := self.answers.pop(question, None):
                self.size -= old.size
            self.answers[question] = answer
            self.size += answer.size
            while self.size > most:
                _, oldest = self.answers.popitem(last=False)
                self.size -= oldest.size


KEPT = AnswersOfState()


class AnswerAgain:
    """Gives an answer again that is the same for everybody, while the database is as it was when it was made.

    What it rests on besides is part of the question: the address and all that the request says of itself. Who signed
    in, or has a token, is always answered anew, and so is whoever asks for what is not kept at all.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if not is_for_everybody(request):
            return self.get_response(request)
        try:
            state, question = database_state(), question_of(request)
        except DisallowedHost:  # whoever answers says so
            return self.get_response(request)
        except DatabaseError as error:
            return answer_to_trouble(request, error) or self.get_response(request)
        if state is None:
            return self.get_response(request)
        kept = KEPT.find(state, question)
        if kept and (again := kept.response(request)):
            return again
        response = self.get_response(request)
        if may_be_kept(response):
            content = response.content if response.status_code == HTTPStatus.OK else None
            KEPT.keep(state, question, KeptAnswer(content, tuple(response.items()), time.monotonic()))
        return response


def is_for_everybody(request: HttpRequest) -> bool:
    """Say whether a request is one that anybody could make, of what rests on the database."""
    return (
        settings.KEPT_ANSWERS_MEGABYTES > 0
        and request.method in {"GET", "HEAD"}
        and "HTTP_AUTHORIZATION" not in request.META
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and request.path not in WITHOUT_SESSION
        and not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
    )


def question_of(request: HttpRequest) -> Question:
    """Return all of a request on which its answer may rest, and the day."""
    said = sorted(item for item in request.META.items() if item[0].startswith("HTTP_") and item[0] not in IDLE_HEADERS)
    today: dt.date = timezone.localdate()
    return request.method, request.scheme, request.get_host(), request.get_full_path(), tuple(said), today


def may_be_kept(response: HttpResponse) -> bool:
    """Say whether an answer is whole, says nothing to one browser alone, and may be kept."""
    return (
        response.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}
        and not response.streaming
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and "private" not in response.get("Cache-Control", "")
    )
