"""The screen on which a configuration is put to reviewers and reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property

from programmes.actions.review import ask_for_review, authors_of, review
from programmes.desk.screens import DeskFormView, RecordView
from programmes.integrity.text import LONG_TEXT_LETTERS, TextFormField
from programmes.models import CMOC
from programmes.pages.cmocs import cmoc_page
from programmes.vocabulary import Verdict

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.pages.cmocs import CMOCPage

SALT = "wording that was read"


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(choices=Verdict.choices, widget=forms.RadioSelect, label="Do you agree?")
    comment = TextFormField(
        required=False,
        max_length=LONG_TEXT_LETTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Why, or what should change. Required unless you agree. Shown with the CMOC, with your name.",
    )
    read = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Require a comment where the verdict needs one, and find out which wording was read."""
        cleaned = super().clean() or {}
        if cleaned.get("verdict") in {Verdict.CHANGES, Verdict.DISAGREE} and not cleaned.get("comment"):
            self.add_error("comment", "Say why, or what should change.")
        try:
            cleaned["wording"] = signing.loads(cleaned.get("read", ""), salt=SALT)
        except signing.BadSignature:
            raise ValidationError("Open the page again; it cannot be told what you read.", code="unread") from None
        return cleaned


class ReviewView(RecordView, DeskFormView):
    """A configuration and its evidence, as its reviewers see it."""

    path = "<int:object_id>/review/"
    url_name = "programmes_cmoc_review"
    template_name = "admin/programmes/cmoc/review.html"
    form_class = ReviewForm

    def get_queryset(self) -> QuerySet[CMOC, CMOC]:
        return CMOC.objects.visible_to(self.user).select_related("theory__study")

    def may_open(self, record: CMOC) -> bool:
        return CMOC.objects.reviewable_by(self.user).filter(pk=record.pk).exists()

    @cached_property
    def may_ask(self) -> bool:
        """Say whether the person may put it to reviewers."""
        return self.admin.has_change_permission(self.request, self.object)

    @cached_property
    def page(self) -> CMOCPage:
        """Return the configuration as it was when the request came."""
        return cmoc_page(self.object, self.user)

    def get_initial(self) -> dict[str, Any]:
        """Return the displayed wording, signed, so that the verdict can be tied to it."""
        return {"read": signing.dumps(self.page.standing.wording, salt=SALT)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Review {self.object}",
            page=self.page,
            may_ask=self.may_ask,
            author=self.user.pk in authors_of([self.object])[self.object.pk],
            given=any(entry.reviewer_id == self.user.pk for entry in self.page.standing.current),
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse(f"admin:{self.url_name}", args=[self.object.pk])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record a verdict, or put the configuration to reviewers."""
        return self.ask() if "ask" in request.POST else super().post(request, *args, **kwargs)

    def form_valid(self, form: ReviewForm) -> HttpResponse:
        """Record the verdict; refuse it where the wording has changed since it was read."""
        given = form.cleaned_data
        try:
            review(
                cmoc=self.object,
                read=given["wording"],
                verdict=Verdict(given["verdict"]),
                comment=given["comment"],
                by=self.user,
            )
        except ValidationError as error:
            form.add_error(None, "; ".join(error.messages))
            again = self.request.POST.copy()
            again["read"] = form.initial["read"]  # the next verdict is on what is shown now
            form.data = again
            return self.form_invalid(form)
        messages.success(self.request, f"Your verdict on {self.object} is recorded.")
        return super().form_valid(form)

    def ask(self) -> HttpResponse:
        """Put the configuration to reviewers, or withdraw it from them."""
        if not self.may_ask:
            raise PermissionDenied
        asked = self.request.POST["ask"] == "yes"
        reason = "Put to reviewers" if asked else "Taken back from reviewers"
        try:
            ask_for_review(cmoc=self.object, asked=asked, reason=reason)
        except ValidationError as error:
            messages.error(self.request, "; ".join(error.messages))
        else:
            messages.success(self.request, f"{reason}.")
        return HttpResponseRedirect(self.get_success_url())
