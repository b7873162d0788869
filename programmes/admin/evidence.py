"""Quotes, participants and sources in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from programmes.actions.withdraw import traces_of_participant, withdraw_participant, withdrawal_erases
from programmes.admin.base import CuratedAdmin, StackedInline
from programmes.admin.forms import ReasonForm
from programmes.admin.quote_form import QuoteForm
from programmes.admin.scoped import OwnStudiesFilter
from programmes.characters import as_kept
from programmes.desk.agreement import AgreementView
from programmes.desk.blind_coding import BlindCodingView
from programmes.desk.coding import CodingView
from programmes.desk.erasures import ERASURE_SCREENS, ErasePassageView, shown_traces
from programmes.desk.evidence_matrix import CellFilter
from programmes.desk.pseudonyms import PseudonymsView
from programmes.desk.queues import WaitingFilter
from programmes.desk.screens import ScreensMixin
from programmes.desk.speakers import SpeakersView
from programmes.desk.transcript_files import encoding_field, file_field, submitted_reading
from programmes.desk.transcript_search import TranscriptSearchView
from programmes.desk.transcript_uploads import (
    UPLOAD_SCREENS,
    ConfirmTranscriptsView,
    keep_report,
    keep_waiting,
    turn_lines,
)
from programmes.models import EditorialMark, Evidence, Participant, Quote, Source
from programmes.models.quote_masks import column_read
from programmes.transcripts.read import checksum
from programmes.transcripts.runs import KEPT_RUN

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.transcripts.reading import TranscriptReading

TRANSCRIPT_SCREENS = (CodingView, SpeakersView, BlindCodingView, AgreementView)


class EditorialMarkInline(StackedInline):
    """Editorial traces in a quote."""

    model = EditorialMark
    fields = (("position", "kind", "text"),)


class BearsOnInline(StackedInline):
    """CMOCs that a quote bears on."""

    model = Evidence
    autocomplete_fields = ("cmoc",)
    fields = (("position", "cmoc"), ("role", "slot"), "note")


@admin.register(Quote)
class QuoteAdmin(CuratedAdmin):
    form = QuoteForm
    list_display = ("key", "beginning", "visibility", "disclosure_checked_date", "cmoc_count", "study")
    list_display_links = ("key", "beginning")
    list_filter = (
        WaitingFilter,
        CellFilter,
        ("study", admin.RelatedOnlyFieldListFilter),
        "visibility",
        ("consent", OwnStudiesFilter),
    )
    list_select_related = ("study",)
    search_fields = ("key", "shown_text")
    readonly_fields = ("as_everybody_reads",)
    autocomplete_fields = ("study", "participant", "source")
    inlines = (BearsOnInline, EditorialMarkInline)
    fieldsets = (
        (
            "Exact words",
            {
                "fields": ("study", "key", "text", "as_everybody_reads", "text_as_printed", "label_as_printed"),
                "description": "The participant’s words, never corrected.",
            },
        ),
        (
            "Where they stand",
            {
                "fields": ("locator", "participant", "source", ("start", "end"), ("prefix", "suffix")),
                "description": "A locator in a publication, or a span of a source text counted in code points.",
            },
        ),
        (
            "Who may read it",
            {
                "fields": (
                    "visibility",
                    "consent",
                    "disclosure_checked_by",
                    "disclosure_checked_date",
                    "disclosure_note",
                ),
                "description": "A quote becomes public only with a disclosure check and a ground of consent.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        rows = super().get_queryset(request).annotate(said=column_read(request.user, "text"))
        return rows.annotate(cmoc_number=self.count(request, Evidence, "quote"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any, Any], search_term: str
    ) -> tuple[QuerySet[Any, Any], bool]:
        """Find words as everybody reads them, and for the team those that a mask covers as well."""
        found, repeats = super().get_search_results(request, queryset, search_term)
        own = queryset.filter(pk__in=Quote.objects.of_teams_of(request.user).exclude(masks=[]).order_by().values("pk"))
        for words in search_term.split():
            own = own.filter(Q(key__icontains=words) | Q(text__icontains=words))
        return (found | own if search_term else found), repeats

    @admin.display(description="As everybody reads it")
    def as_everybody_reads(self, quote: Any) -> str:
        """Return the words with their masks, for those who read no others."""
        return str(quote.shown_text)

    @admin.display(description="Words")
    def beginning(self, quote: Any) -> str:
        return f"{quote.said[:80]}…" if len(quote.said) > 80 else str(quote.said)  # noqa: PLR2004  one line of the list

    @admin.display(description="CMOCs", ordering="cmoc_number")
    def cmoc_count(self, quote: Any) -> int:
        return int(quote.cmoc_number)


@admin.register(Participant)
class ParticipantAdmin(ScreensMixin, CuratedAdmin):
    screens = ERASURE_SCREENS
    actions = ("withdraw",)
    readonly_fields = ("withdrawn_date",)  # a withdrawal is an act, which erases

    list_display = ("pseudonym", "role", "service", "consent_scope", "withdrawn_date", "study")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "consent_scope")
    list_select_related = ("study", "service")
    search_fields = ("pseudonym",)
    autocomplete_fields = ("study", "service")
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "pseudonym", "label_as_printed", "role", "role_reporting"),
                "description": "Never a real name. This record is never public.",
            },
        ),
        (
            "Service",
            {"fields": ("service", "service_basis", "service_note"), "description": "And how it is known."},
        ),
        (
            "Consent",
            {
                "fields": ("consent_scope", "consent_note", "withdrawn_date"),
                "description": "Public quotes need consent to publication.",
            },
        ),
    )

    @admin.action(description="Withdraw: erase the words of chosen participants", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Participant, Participant]) -> HttpResponse | None:
        """Erase the words of the chosen participants, after showing what that means and asking for a reason."""
        user = cast("User", request.user)
        chosen = list(Participant.objects.editable_by(user).filter(pk__in=queryset.values("pk")))
        reason = as_kept(request.POST.get("reason", ""))
        places = request.POST.getlist("chosen")
        if not reason:
            asked = "reason" in request.POST
            context = {
                **self.admin_site.each_context(request),
                "title": "Withdraw participants",
                "opts": self.opts,
                "chosen": [
                    (
                        participant,
                        withdrawal_erases(participant),
                        shown_traces(traces_of_participant(participant, user), places if asked else None, KEPT_RUN),
                    )
                    for participant in chosen
                ],
                "asked": asked,
            }
            return TemplateResponse(request, "admin/programmes/participant/withdraw.html", context)
        with transaction.atomic():
            erasures = [
                withdraw_participant(
                    participant=participant, reason=reason, on=timezone.localdate(), by=user, chosen=places
                )
                for participant in chosen
            ]
        names = ", ".join(participant.pseudonym for participant in chosen)
        self.message_user(request, f"Withdrawn: {names}. Their words are erased, in the history too.")
        if len(erasures) == 1:
            return HttpResponseRedirect(reverse("admin:programmes_participant_erasure", args=[erasures[0].pk]))
        return HttpResponseRedirect(reverse("admin:programmes_participant_erasures"))


class SourceForm(ReasonForm):
    """A source, whose transcript is pasted or read from a file, once."""

    file = file_field("Only its text is kept.")
    encoding = encoding_field()

    class Meta:
        model = Source
        exclude = ("sha256", "turns")

    reading: TranscriptReading | None = None  # of the file

    def clean(self) -> dict[str, Any]:
        """Read the file, and make all ends of lines alike."""
        cleaned = super().clean()
        pasted = cleaned.get("text") or ""
        if cleaned.get("file") or (pasted and "text" in self.changed_data):
            self.reading = submitted_reading(self, pasted)
            if self.reading is not None:
                cleaned["text"] = self.reading.text
                self.instance.turns = turn_lines(self.reading)
                if self.reading.left_out:
                    self.add_error("file", "Some of its words are not in its text. Look at it, and confirm it.")
        if "text" in cleaned:
            self.instance.sha256 = checksum(cleaned["text"]) if cleaned["text"] else ""
        return cleaned

    @property
    def waits(self) -> bool:
        """Say whether nothing is wrong but that words of the file are not in its text, which has to be looked at."""
        left_out = self.reading is not None and bool(self.reading.left_out)
        return left_out and list(self.errors) == ["file"]


@admin.register(Source)
class SourceAdmin(ScreensMixin, CuratedAdmin):
    screens = (PseudonymsView, TranscriptSearchView, *UPLOAD_SCREENS, *TRANSCRIPT_SCREENS, ErasePassageView)
    form = SourceForm
    list_display = ("key", "title", "kind", "participant", "consent", "length", "study")
    list_display_links = ("key", "title")
    list_filter = (WaitingFilter, ("study", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("study", "participant")
    search_fields = ("key", "title")
    autocomplete_fields = ("study", "participant", "reference")
    readonly_fields = ("consent",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("study", "key"),
                    ("kind", "title"),
                    "reference",
                    ("participant", "consent"),
                    ("interviewer", "collected_date"),
                    "note",
                ),
                "description": "Where words come from. This record is never public.",
            },
        ),
        (
            "Transcript",
            {
                "fields": (("file", "encoding"), "text"),
                "description": "Give a file or paste the text. Once it is saved it stays as it is, because quotes are "
                "places in it; a corrected transcript is a new source.",
            },
        ),
    )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let a file of which words are left out wait, to be looked at before its text is fixed."""
        response = super().changeform_view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        form = shown["adminform"].form if "adminform" in shown else None
        if not (isinstance(form, SourceForm) and form.is_bound and form.waits):
            return response
        keep_waiting(form, cast("User", request.user))
        return HttpResponseRedirect(reverse(ConfirmTranscriptsView.address))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  Django's own
        """Save a source; keep a report about a file that it was read from."""
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("file"):
            keep_report(obj, cast("User", request.user), form.reading)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        """Return the sources with the lengths of their texts; a list leaves out the texts themselves."""
        rows = super().get_queryset(request).annotate(letters=Length("text"))
        listing = request.resolver_match and request.resolver_match.url_name == "programmes_source_changelist"
        return rows.defer("text") if listing else rows

    @admin.display(description="Consent")
    def consent(self, source: Source) -> str:
        """Say what the participant consented to. It stands with the participant, whose quotes it limits."""
        return source.participant.get_consent_scope_display() if source.participant else "no participant is named"

    @admin.display(description="Transcript", ordering="letters")
    def length(self, source: Any) -> str:
        """Say how long the transcript is, and lead to the screens where it is coded and codings are compared."""
        if not source.letters:
            return "not held here"
        return format_html(
            '{} letters · <a href="{}">Code</a> · <a href="{}">Speakers</a> · <a href="{}">Code blind</a> · '
            '<a href="{}">Agreement</a>',
            f"{source.letters:,}",
            *(reverse(f"admin:{screen.url_name}", args=[source.pk]) for screen in TRANSCRIPT_SCREENS),
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the transcript where there is one: it is read on the coding screen."""
        fieldsets = super().get_fieldsets(request, obj)
        return [entry for entry in fieldsets if entry[0] != "Transcript"] if obj and obj.text else fieldsets
