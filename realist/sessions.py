"""How long a sign-in lasts: until nobody uses it for a while, and a week at most."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from programmes.models.sign_in import WrongTries
from programmes.trouble import trouble_of, without_sign_in
from programmes.words import NobodysWords
from realist.sign_in import counters_of, known_browser
from realist.trouble import answer_to_trouble, answer_with

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest, HttpResponse

    from realist.middleware import GetResponse

SIGNED_IN_AT = "signed_in_at"
USED_AT = "used_at"
WITHOUT_SESSION = frozenset({"/healthz", "/readyz"})  # which answer though the database does not
WRITTEN_EACH = 10  # parts of the idle time: a use is written down once in each, since most requests only read


log = logging.getLogger(__name__)


class KeepAnswers(SessionMiddleware):
    """Lets an answer go out whose session cannot be written down: what it tells of is done by then.

    Django's own answers such a request as if it could not be read, and a page of a site whose disk is full likewise.
    Only who has just signed in is told, for of that nothing would be left.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Write the session down, if it changed, and return the answer."""
        try:
            return super().process_response(request, response)
        except (SessionInterrupted, DatabaseError) as error:
            reason = error_of_database(error)
            trouble = trouble_of(reason, writes=True)
            if trouble is None and reason.__cause__ is not None:
                raise reason from reason.__cause__
        name = trouble.name if trouble else "it ended meanwhile"
        log.warning("A session was not written down (%s)", NobodysWords(name))
        if trouble and signed_in_by(request):
            return answer_with(request, without_sign_in(trouble))
        patch_vary_headers(response, ("Cookie",))
        return response


def error_of_database(error: BaseException) -> BaseException:
    """Return what the database said of a session that was to be written."""
    while isinstance(error, SessionInterrupted | UpdateError) and error.__context__ is not None:
        error = error.__context__
    return error


def signed_in_by(request: HttpRequest) -> bool:
    """Say whether this request itself began or renewed a sign-in."""
    session = request.session
    return SESSION_KEY in session and session.session_key != request.COOKIES.get(settings.SESSION_COOKIE_NAME)


class EndSessions:
    """Ends a sign-in that was not used for a while, or is a week old, and says so to whoever comes back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; who comes back to a page that they alone may see is led to it by way of a sign-in."""
        try:
            ended = self.ends(request)
        except DatabaseError as error:
            if trouble := answer_to_trouble(request, error):
                return trouble
            raise
        if not ended:
            return self.get_response(request)
        is_page = request.method == "GET" and not request.path.startswith("/api/")
        response = self.get_response(request)
        if is_page and response.status_code == HTTPStatus.NOT_FOUND and not is_secret_link(request):
            # Perhaps it is there for those who are signed in.
            response = redirect_to_login(request.get_full_path())
        if is_page and response.get("Location", "").startswith(reverse(settings.LOGIN_URL)):
            messages.info(request, ended)
        return response

    @staticmethod
    def ends(request: HttpRequest) -> str:
        """End a sign-in that no longer holds, and return why; nothing where there is none or it holds."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path in WITHOUT_SESSION:
            return ""
        if SESSION_KEY not in request.session:
            return ""
        ended = why_ended(request.session)
        if ended:
            request.session.flush()
        return ended


def why_ended(session: SessionBase) -> str:
    """Return why a sign-in no longer holds, or nothing where it does; then write down that it is used."""
    now = timezone.now().timestamp()
    signed_in, used = session.get(SIGNED_IN_AT, 0), session.get(USED_AT, 0)
    if now - signed_in >= settings.SESSION_COOKIE_AGE:
        return "You were signed out, as everybody is a week after they signed in. Sign in to go on."
    idle = settings.SESSION_IDLE_MINUTES * 60
    if now - used >= idle:
        return f"You were signed out after {in_hours(settings.SESSION_IDLE_MINUTES)} without use. Sign in to go on."
    if now - used >= idle / WRITTEN_EACH:
        session[USED_AT] = now
    return ""


def is_secret_link(request: HttpRequest) -> bool:
    """Say whether an address is itself a secret, which is to be in no other address."""
    return request.resolver_match is not None and request.resolver_match.url_name == "invitation"


def in_hours(minutes: int) -> str:
    """Return a time in hours where these are whole, otherwise in minutes."""
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def start_session(request: HttpRequest, user: User, **_: Any) -> None:
    """Let a sign-in begin, and tell of wrong passwords; hangs on the signal that somebody signed in."""
    request.session[SIGNED_IN_AT] = request.session[USED_AT] = timezone.now().timestamp()
    if hasattr(request, "_messages"):  # somebody who reads what is told
        tell_of_wrong_tries(request, user)


def tell_of_wrong_tries(request: HttpRequest, user: User) -> None:
    """Tell an account's owner of wrong passwords since they were last told, but for those in their own browser.

    The count of where they signed in begins anew; the others stay, for whoever guesses has not stopped.
    """
    now = timezone.now()
    here = [counter.key for counter in counters_of(request, user.get_username(), user) if not counter.of_address]
    with transaction.atomic():
        rows = list(WrongTries.objects.select_for_update().filter(user=user, untold__gt=0))
        WrongTries.objects.filter(pk__in=[row.pk for row in rows]).update(untold=0, untold_since=None)
        WrongTries.objects.filter(key__in=here).begin_anew()
    others = [row for row in rows if not (row.key in here and known_browser(request, user))]
    if not others:
        return
    number, since = sum(row.untold for row in others), min(row.untold_since or now for row in others)
    were = "1 wrong password was" if number == 1 else f"{number} wrong passwords were"
    messages.warning(
        request,
        f"{were} given for your account since {since:%d %B %Y at %H:%M} UTC. If it was not you, change your password "
        "and tell whoever runs the site.",
    )
