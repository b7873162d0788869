"""One's own tokens: what lets a program read the API on one's behalf is made, seen and ended here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import View

from programmes.actions.accounts import DAYS_OF_TOKEN, LONGEST_NAME_OF_TOKEN, MOST_DAYS_OF_TOKEN, end_token, make_token
from programmes.integrity.text import LineInput, TextFormField
from programmes.models import TokenSeal

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


class TokenForm(forms.Form):
    """What a token is for, and how long it is good."""

    name = TextFormField(
        label="What is it for?",
        max_length=LONGEST_NAME_OF_TOKEN,
        widget=LineInput(),
        help_text="Such as: nightly copy.",
    )
    days = forms.IntegerField(
        label="For how many days?", min_value=1, max_value=MOST_DAYS_OF_TOKEN, initial=DAYS_OF_TOKEN
    )


class OwnTokensView(LoginRequiredMixin, View):
    """The page of somebody's own tokens."""

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the tokens that are good."""
        del request
        return self.look()

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Make a token, which is shown this once, or end one."""
        if key := request.POST.get("end"):
            return self.ended(key)
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self.look(form=form, status=400)
        token = make_token(user=self.user, **form.cleaned_data)
        return self.look(token=token, name=form.cleaned_data["name"])

    @property
    def user(self) -> User:
        """Return whose page it is."""
        return cast("User", self.request.user)

    def ended(self, key: str) -> HttpResponse:
        """End a token."""
        try:
            name = end_token(user=self.user, key=key)
        except ValidationError as error:
            messages.error(self.request, error.messages[0])
            return self.look(status=409)
        messages.success(self.request, f"The token “{name}” has ended. What uses it is refused now.")
        return HttpResponseRedirect(reverse("desk-tokens"))

    def look(
        self, *, status: int = 200, form: TokenForm | None = None, token: str = "", name: str = ""
    ) -> HttpResponse:
        """Return the page."""
        shown = {
            "title": "Your tokens",
            "form": form or TokenForm(),
            "tokens": list(TokenSeal.objects.of(self.user)),
            "token": token,
            "name": name,
        }
        return render(self.request, "desk/tokens.html", shown, status=status)
