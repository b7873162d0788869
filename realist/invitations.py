"""The page on which somebody who was invited comes in: with a new account, or with the one that they have.

The secret in its address is looked at only where not too many wrong ones came from the same place; it is in no log, and
no page that is opened from here learns it.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from programmes.actions.team import LinkGoneError, accept_invitation, invitation_of
from programmes.desk.at_study import first_screen
from programmes.models import TooManyTriesError, WrongTries
from programmes.models.sign_in import Counter, hashed_key, time_to_wait
from realist.clients import UNKNOWN, client_address
from realist.sign_in import SignInForm, refuse_while

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from programmes.models import Invitation

log = logging.getLogger(__name__)
PRESENT = "present"  # before the names of the fields for somebody who has an account
BACKEND = "realist.sign_in.CountedPasswords"


class GuestAccountForm(UserCreationForm):  # type: ignore[type-arg]  # it takes none when it runs
    """A name and a password of one's own choice."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username",)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["username"].label = "Name"
        self.fields[
            "username"
        ].help_text = "By which you sign in, and which the team sees. Letters, digits and @ . + - _"
        self.fields[
            "password1"
        ].help_text = "At least twelve characters, not all digits, and nothing that is much used."
        self.fields["password2"].label = "The same password again"
        self.fields["password2"].help_text = ""


def guess_counters(request: HttpRequest) -> list[Counter]:
    """Return what a link that is none is counted for: the address from which it was asked for."""
    address = client_address(request)
    return [] if address == UNKNOWN else [Counter(hashed_key("invitation", address), of_address=True)]


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class InvitationView(TemplateResponseMixin, ContextMixin, View):
    """An invitation, for whoever has its link."""

    http_method_names = ["get", "post", "head", "options"]
    template_name = "desk/invitation.html"
    extra_context = {"title": "You are invited"}
    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the invitation, or with words where its link leads nowhere; no other page learns the link."""
        counters = guess_counters(request)
        try:
            refuse_while(request, WrongTries.objects.seconds_to_wait(counters))
            self.invitation = invitation_of(kwargs["token"])
            response = super().dispatch(request, *args, **kwargs)
        except LinkGoneError:
            response = self.gone(WrongTries.objects.count_wrong(counters, None)[1] if counters else 0)
            log.warning("A link was asked for that is no open invitation")
        except TooManyTriesError as error:
            response = self.gone(error.seconds)
        response.headers["Referrer-Policy"] = "strict-origin"  # forms need the origin; nobody needs the address
        return response

    def gone(self, seconds: int) -> HttpResponse:
        """Say that a link leads nowhere; whether there ever was such a one is told to nobody."""
        self.template_name = "desk/invitation_gone.html"
        wait = time_to_wait(seconds) if seconds else ""
        status = HTTPStatus.TOO_MANY_REQUESTS if seconds else HTTPStatus.NOT_FOUND
        shown = self.get_context_data(title="This link leads nowhere", wait=wait)
        return self.render_to_response(shown, status=status)

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show who invites to what, and the ways in."""
        del request
        return self.look()

    def look(self, *, status: int = 200, **forms: Any) -> HttpResponse:
        """Return the page with its forms."""
        shown = {
            "invitation": self.invitation,
            "new": GuestAccountForm(),
            "present": SignInForm(self.request, prefix=PRESENT),
            **forms,
        }
        return self.render_to_response(self.get_context_data(**shown), status=status)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Let somebody in: as whoever is signed in, with the account that they have, or with a new one."""
        token = kwargs["token"]
        if request.user.is_authenticated:
            return self.enter(token, request.user)
        if "join" in request.POST:  # signed out meanwhile
            return self.look(status=400)
        if PRESENT in request.POST:
            form = SignInForm(request, request.POST, prefix=PRESENT)
            return self.enter(token, form.get_user()) if form.is_valid() else self.look(present=form)
        guest = GuestAccountForm(request.POST)
        if not guest.is_valid():
            return self.look(status=400, new=guest)
        with transaction.atomic():  # a link that was used meanwhile leaves no account behind
            return self.enter(token, guest.save())

    def enter(self, token: str, user: Any) -> HttpResponse:
        """Take somebody into the team, sign them in, and lead to where their work begins."""
        place = accept_invitation(token=token, by=user)
        if not self.request.user.is_authenticated:
            login(self.request, user, backend=BACKEND)
        messages.success(self.request, f"You are in the team of {place.study}, as {place.get_role_display().lower()}.")
        return HttpResponseRedirect(first_screen(place))
