"""The screen on which a configuration is put to reviewers and reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from programmes.actions.review import ask_for_review, authors_of, review
from programmes.models import CMOC
from programmes.pages.cmocs import cmoc_page
from programmes.vocabulary import Verdict

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SALT = "wording that was read"


class ReviewForm(forms.Form):
    """A verdict on what a configuration says."""

    verdict = forms.ChoiceField(choices=Verdict.choices, widget=forms.RadioSelect, label="Do you agree?")
    comment = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Why, or what should change. Required unless you agree. Shown with the CMOC, with your name.",
    )
    read = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for a comment, and find out which wording was read."""
        cleaned = super().clean() or {}
        if cleaned.get("verdict") in {Verdict.CHANGES, Verdict.DISAGREE} and not cleaned.get("comment"):
            self.add_error("comment", "Say why, or what should change.")
        try:
            cleaned["wording"] = signing.loads(cleaned.get("read", ""), salt=SALT)
        except signing.BadSignature:
            raise ValidationError("Open the page again; it cannot be told what you read.", code="unread") from None
        return cleaned


class ReviewsMixin:
    """What an admin of configurations offers to reviewers."""

    admin_site: Any
    model: Any

    def review_urls(self) -> list[Any]:
        """Return the address of the screen."""
        view = self.admin_site.admin_view(self.review_view)
        return [path("<int:object_id>/review/", view, name="programmes_cmoc_review")]

    def review_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show what a configuration says and rests on; take a verdict, or put it to reviewers."""
        user = cast("User", request.user)
        rows = CMOC.objects.visible_to(user).select_related("theory__study")
        cmoc = rows.filter(pk=object_id).first()
        if cmoc is None:
            raise Http404
        if not CMOC.objects.reviewable_by(user).filter(pk=cmoc.pk).exists():
            raise PermissionDenied
        may_ask = self.has_change_permission(request, cmoc)  # type: ignore[attr-defined]
        here = reverse("admin:programmes_cmoc_review", args=[cmoc.pk])
        if request.method == "POST" and "ask" in request.POST:
            if not may_ask:
                raise PermissionDenied
            return self.ask(request, cmoc, here)
        page = cmoc_page(cmoc, user)
        initial = {"read": signing.dumps(page.standing.wording, salt=SALT)}
        form = ReviewForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                given = form.cleaned_data
                review(
                    cmoc=cmoc,
                    read=given["wording"],
                    verdict=Verdict(given["verdict"]),
                    comment=given["comment"],
                    by=user,
                )
            except ValidationError as error:
                form.add_error(None, "; ".join(error.messages))
                again = request.POST.copy()
                again["read"] = initial["read"]  # the next verdict is on what is shown now
                form.data = again
            else:
                messages.success(request, f"Your verdict on {cmoc} is recorded.")
                return HttpResponseRedirect(here)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Review {cmoc}",
            "opts": self.model._meta,
            "cmoc": cmoc,
            "page": page,
            "form": form,
            "may_ask": may_ask,
            "author": user.pk in authors_of([cmoc])[cmoc.pk],
            "given": any(entry.reviewer_id == user.pk for entry in page.standing.current),
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/programmes/cmoc/review.html", context, status=status)

    def ask(self, request: HttpRequest, cmoc: CMOC, here: str) -> HttpResponse:
        """Put a configuration to reviewers, or take it back to work on it."""
        asked = request.POST["ask"] == "yes"
        reason = "Put to reviewers" if asked else "Taken back from reviewers"
        try:
            ask_for_review(cmoc=cmoc, asked=asked, reason=reason)
        except ValidationError as error:
            messages.error(request, "; ".join(error.messages))
        else:
            messages.success(request, f"{reason}.")
        return HttpResponseRedirect(here)
