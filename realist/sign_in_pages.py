"""The pages of the desk by which people come in and go: signing in, signing out, a new password of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView
from django.http import HttpResponseRedirect
from django.urls import reverse_lazy

from realist.sign_in import OwnPasswordView, SignInForm

if TYPE_CHECKING:
    from django.contrib.auth.forms import PasswordChangeForm
    from django.http import HttpRequest, HttpResponse

DOORS = frozenset({"/desk/sign-in/", "/desk/sign-out/", "/admin/login/", "/admin/logout/"})  # nowhere to go on to


class SignInView(LoginView):
    """Django's page on which people sign in, at the desk; who has done so goes on to where they wanted."""

    authentication_form = SignInForm
    template_name = "desk/sign_in.html"
    extra_context = {"title": "Sign in"}

    def get(self, request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        """Return the page; who is signed in already goes on. A name and password that were sent count all the same."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *given, **named)

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Return where somebody wanted to go: an address of this site that is more than a door, or nothing."""
        del request
        asked = super().get_redirect_url()
        return "" if urlsplit(asked).path in DOORS else asked


class OwnPasswordPage(LoginRequiredMixin, OwnPasswordView):
    """The page on which people give themselves another password, at the desk."""

    template_name = "desk/password.html"
    success_url = reverse_lazy("desk")
    extra_context = {"title": "Your password"}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Keep the new password, and say so on the next page."""
        response = super().form_valid(form)
        messages.success(
            self.request, "You have another password now. Other browsers in which you were signed in ask for it."
        )
        return response
