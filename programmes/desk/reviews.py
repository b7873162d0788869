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
from programmes.desk.heard import heard_around
from programmes.desk.screens import DeskFormView, RecordView
from programmes.integrity.text import LONG_TEXT_LETTERS, TextFormField
from programmes.models import CMOC, Quote
from programmes.pages.cmocs import cmoc_page
from programmes.pages.reviews import awaiting_review_by
from programmes.vocabulary import Verdict

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.desk.heard import HeardTurn
    from programmes.models import Evidence
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

    def heard(self) -> list[tuple[str, list[tuple[Evidence, list[HeardTurn]]]]]:
        """Return the evidence by role, each quote with the turn that it stands in, once that is put to reviewers."""
        is_put = self.object.review_asked_date is not None or self.may_ask
        rows = [entry for group in self.page.groups for entry in group.evidence] if is_put else []
        quotes = Quote.objects.visible_to(self.user).filter(pk__in=[entry.quote_id for entry in rows])
        around = heard_around(quotes.filter(source__isnull=False).select_related("source__participant"))
        return [
            (group.role.label, [(entry, around.get(entry.quote_id, [])) for entry in group.evidence])
            for group in self.page.groups
        ]

    @cached_property
    def next_to_review(self) -> CMOC | None:
        """Return the configuration of the same study that awaits this person's verdict after this one, if one does."""
        waiting = [
            cmoc
            for cmoc in awaiting_review_by(self.user)
            if cmoc.theory.study_id == self.object.theory.study_id and cmoc.pk != self.object.pk
        ]
        here = (self.object.theory_id, self.object.number)
        return min(
            waiting, key=lambda cmoc: ((cmoc.theory_id, cmoc.number) < here, cmoc.theory_id, cmoc.number), default=None
        )

    def get_initial(self) -> dict[str, Any]:
        """Return the displayed wording, signed, so that the verdict can be tied to it."""
        return {"read": signing.dumps(self.page.standing.wording, salt=SALT)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Review {self.object}",
            page=self.page,
            heard=self.heard(),
            next_to_review=self.next_to_review,
            may_ask=self.may_ask,
            author=self.user.pk in authors_of([self.object])[self.object.pk],
            given=any(entry.reviewer_id == self.user.pk for entry in self.page.standing.current),
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse(f"admin:{self.url_name}", args=[self.object.pk])

    def address_after_verdict(self) -> str:
        """Return where a reviewer goes on: to what awaits them next, or back here."""
        return reverse(f"admin:{self.url_name}", args=[(self.next_to_review or self.object).pk])

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
            return self.form_invalid(form, status=409)
        follows = f"Next is {self.next_to_review}." if self.next_to_review else "Nothing else awaits you in this study."
        messages.success(self.request, f"Your verdict on {self.object} is recorded. {follows}")
        return HttpResponseRedirect(self.address_after_verdict())

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
