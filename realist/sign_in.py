"""Who may try a password: the one place that every form and every door asks through `django.contrib.auth`.

Wrong passwords are counted for the account that was named, whether there is one or not, and for the address they come
from. A browser in which somebody has signed in to the account before has a count of its own, so that nobody who guesses
locks out the people who work here. Why no library does this: docs/decisions/0019-own-count-of-wrong-passwords.md.
"""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, authenticate, get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.cache import add_never_cache_headers
from django.views.decorators.debug import sensitive_variables

from programmes.actions.accounts import seal_again
from programmes.models.sign_in import (
    LONGEST_NAME,
    Counter,
    TooManyTriesError,
    WrongTries,
    hashed_key,
    key_of_account,
)
from realist.clients import UNKNOWN, client_address

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from realist.middleware import GetResponse

log = logging.getLogger(__name__)
KNOWN = "known_since_password"  # of a session: the password, hashed, with which its browser was made known
KNOWN_FOR = 365 * 24 * 3600  # seconds that a browser is known after a sign-in


class CountedPasswords(ModelBackend):
    """Looks at a password, unless too many were wrong."""

    @sensitive_variables("password")
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> User | None:
        """Return whose name and password these are, or None; raise TooManyTriesError where it is not to be told."""
        username = more.get(get_user_model().USERNAME_FIELD) if username is None else username
        if username is None or password is None:
            return None
        account = account_named(username)
        counters = counters_of(request, username, account)
        refuse_while(request, WrongTries.objects.seconds_to_wait(counters))
        if not self.is_right(account, password):
            count_try(request, counters, account)
            return None
        refuse_while(request, WrongTries.objects.seconds_to_wait(counters))  # where others were wrong meanwhile
        return account

    async def aauthenticate(self, request: HttpRequest | None, *given: Any, **named: Any) -> User | None:
        """Do the same for views that are asynchronous."""
        return await sync_to_async(self.authenticate)(request, *given, **named)

    @sensitive_variables("password")
    def is_right(self, account: User | None, password: str) -> bool:
        """Say whether somebody may sign in with this; it takes as long where there is no such account."""
        if account is None:
            get_user_model()().set_password(password)
            return False
        stored = account.password
        if not account.check_password(password):
            return False
        if account.password != stored:  # the same password, hashed as this version of Django does
            seal_again(account, stored)
        return self.user_can_authenticate(account)


def account_named(username: str) -> User | None:
    """Return the account of a name, if there is one; some names not even a database can be asked for."""
    if "\0" in username or len(username) > LONGEST_NAME or any("\ud800" <= letter <= "\udfff" for letter in username):
        return None
    return get_user_model()._default_manager.filter(username=username).first()


def counters_of(request: HttpRequest | None, username: str, account: User | None) -> list[Counter]:
    """Return what a wrong password would be counted for."""
    if request is not None and account is not None and (browser := known_browser(request, account)):
        return [Counter(hashed_key("browser", browser))]
    counters = [Counter(key_of_account(username))]
    if request is not None and (address := client_address(request)) != UNKNOWN:
        counters.append(Counter(hashed_key("address", address), of_address=True))
    return counters


def refuse_while(request: HttpRequest | None, seconds: int) -> None:
    """Refuse while somebody has to wait, and let the answer have its status."""
    if seconds:
        if request is not None:
            request.__dict__["seconds_to_wait"] = seconds
        raise TooManyTriesError(seconds)


def count_try(request: HttpRequest | None, counters: list[Counter], account: User | None) -> None:
    """Count a wrong password and write it down; refuse where the next has to wait."""
    tries, seconds = WrongTries.objects.count_wrong(counters, account)
    if tries and account is not None:
        log.warning("Wrong password for user %d, number %d; the next waits %d s", account.pk, tries, seconds)
    elif tries:
        log.warning("Wrong password for no user, number %d; the next waits %d s", tries, seconds)
    refuse_while(request, seconds)


def known_name(user: User) -> str:
    """Return the name of the cookie by which a browser is known to an account."""
    return f"known-{user.pk}"


def known_signer(user: User) -> Signer:
    """Return what signs for one account while it has its password."""
    return Signer(salt=f"realist.sign_in.known {user.pk} {user.password}")


def known_browser(request: HttpRequest, user: User) -> str | None:
    """Return the browser in which somebody signed in to this account before, if it is one."""
    try:
        return known_signer(user).unsign(request.COOKIES.get(known_name(user), ""))
    except BadSignature:
        return None


def is_newly_signed_in(request: HttpRequest) -> bool:
    """Say whether somebody is signed in with a password with which this browser was not yet made known."""
    is_known = request.session.get(HASH_SESSION_KEY) == request.session.get(KNOWN)
    return not is_known and request.user.is_authenticated


def make_known(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser be known to whoever is signed in; the account is read anew, with its newest password."""
    request.session[KNOWN] = request.session[HASH_SESSION_KEY]
    user = get_user_model()._default_manager.get(pk=request.session[SESSION_KEY])
    response.set_cookie(
        known_name(user),
        known_signer(user).sign(secrets.token_urlsafe(16)),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


class KnowBrowsers:
    """Lets a browser be known after a sign-in and a change of password, and gives refused tries their status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; whichever view it was that asked for a password, it need not know of this."""
        response = self.get_response(request)
        if seconds := request.__dict__.get("seconds_to_wait"):
            if response.status_code == HTTPStatus.OK:  # the form, with the sentence
                response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = str(seconds)
            add_never_cache_headers(response)
        elif request.session.modified and is_newly_signed_in(request):
            make_known(request, response)
        return response


class SignInForm(AuthenticationForm):
    """Django's form. Whoever has an account may sign in; which studies they see is told by their memberships."""

    error_messages = {
        "invalid_login": "There is no account with this name and password. Capital letters count in both.",
        "inactive": "There is no account with this name and password. Capital letters count in both.",
    }

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["username"].label = "Name"


class OwnPasswordForm(PasswordChangeForm):
    """Django's form, in which the old password is tried like any other."""

    def __init__(self, user: User, *given: Any, request: HttpRequest, **named: Any) -> None:
        self.request = request
        super().__init__(user, *given, **named)

    @sensitive_variables("old_password")
    def clean_old_password(self) -> str:
        """Return the old password if it is right."""
        old_password: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=old_password) is None:
            code = "password_incorrect"
            raise ValidationError(self.error_messages[code], code=code)
        return old_password


class OwnPasswordView(PasswordChangeView):
    """Django's page on which people change their own password."""

    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know who asks."""
        return {**super().get_form_kwargs(), "request": self.request}
