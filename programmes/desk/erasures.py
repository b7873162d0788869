"""The screens on which words are erased for good: a passage of a transcript, and what is kept about each erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from programmes.actions.erase import Signed, erase_passage, passage_places, traces_of_passage
from programmes.desk.screens import DeskView
from programmes.desk.source_screens import FirstCodingView, PlaceForm
from programmes.integrity.access import studies_with_role
from programmes.integrity.numbering import signature
from programmes.integrity.text import TextFormField
from programmes.models import Erasure, LetIn, Restoration, Study
from programmes.models.erased_words import erased_places, with_every_mark
from programmes.transcripts.passages import PassageError, lines_of
from programmes.transcripts.runs import run_words
from programmes.vocabulary import ErasureKind, TeamRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from programmes.actions.traces import Trace

AROUND_PLACE = 40  # letters shown beside each place of a passage
REASON_LETTERS = 300


class ShownTrace:
    """Where words stand beside what is erased, as the screens show it."""

    def __init__(self, trace: Trace, *, chosen: bool) -> None:
        self.trace, self.chosen = trace, chosen
        self.before, self.words, self.after = trace.excerpt
        self.address = address_of_trace(trace)

    @property
    def earlier(self) -> bool:
        """Say whether the words stand in earlier states alone."""
        return not self.trace.places


def address_of_trace(trace: Trace) -> str:
    """Return where the record is changed, or nothing where it has no form of its own or is gone."""
    if not trace.places:
        return ""
    try:
        return reverse(
            f"admin:{trace.model._meta.app_label}_{trace.model._meta.model_name}_change", args=[trace.record]
        )
    except NoReverseMatch:
        return ""


def shown_traces(traces: Iterable[Trace], chosen: Iterable[str] | None, least_words: int = 1) -> dict[str, Any]:
    """Return traces in three groups: those that may get a mark, what others said, and what must be changed by hand.

    Before anything was chosen, those of so many words or more are.
    """
    groups: dict[str, list[ShownTrace]] = {"maskable": [], "by_others": [], "by_hand": []}
    for trace in traces:
        is_long = len(run_words(trace.excerpt[1])) >= least_words
        ticked = is_long if chosen is None else trace.identity in chosen
        group = "by_others" if trace.by_others else "maskable" if trace.maskable else "by_hand"
        groups[group].append(ShownTrace(trace, chosen=ticked))
    return groups


class ErasePassageForm(PlaceForm):
    """A passage that is to be erased."""

    everywhere = forms.BooleanField(
        required=False, initial=True, label="Wherever these words stand in this transcript, not only here"
    )
    reason = TextFormField(
        required=False,
        max_length=REASON_LETTERS,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Kept with the erasure and in the history, such as: a real name. Do not repeat the words.",
    )

    def span(self, cleaned: dict[str, Any]) -> tuple[int, int]:
        """Return where the passage is; where all of its places are meant, the first will do."""
        try:
            return super().span(cleaned)
        except PassageError:
            passage = cleaned["passage"].strip()
            at = self.source.text.find(passage)
            if not cleaned.get("everywhere") or at < 0:
                raise
            return at, at + len(passage)


def erase_what_is_there(**given: Any) -> Erasure:
    """Erase a passage. Raises ValidationError where nothing is left of it, as after a withdrawal."""
    try:
        return erase_passage(**given)
    except ValueError as error:
        raise ValidationError("The passage is not there any more: its words are erased already.", "gone") from error


@method_decorator(sensitive_post_parameters(), name="dispatch")  # nothing on the way may keep the words
class ErasePassageView(FirstCodingView):
    """A passage is chosen, all its places are looked at, and it is erased for good."""

    path = "<int:object_id>/erase/"
    url_name = "programmes_source_erase"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        del request
        return self.screen(ErasePassageForm(self.source))

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show where the passage stands, or erase it."""
        form = ErasePassageForm(self.source, request.POST)
        if not form.is_valid():
            return self.screen(form)
        chosen = request.POST.getlist("chosen")
        if "erase" not in request.POST:
            return self.look(form, None)
        if not form.cleaned_data["reason"]:
            form.add_error("reason", "Say in a few words why.")
            return self.look(form, chosen)
        signed = Signed(form.cleaned_data["reason"], timezone.localdate(), self.user, chosen)
        erasure = erase_what_is_there(
            source=self.source,
            span=form.cleaned_data["span"],
            everywhere=form.cleaned_data["everywhere"],
            signed=signed,
        )
        messages.success(request, "Erased: a mark stands for each letter. Nobody can bring it back.")
        return HttpResponseRedirect(reverse("admin:programmes_participant_erasure", args=[erasure.pk]))

    def screen(self, form: ErasePassageForm) -> HttpResponse:
        return self.show(
            "admin/programmes/source/erase.html",
            title=f"Erase a passage of {self.source}",
            status=400 if form.is_bound else 200,
            form=form,
            action=self.address,
            lines=lines_of(self.source.text, []),
        )

    def look(self, form: ErasePassageForm, chosen: list[str] | None) -> HttpResponse:
        text = self.source.text
        start, end = form.cleaned_data["span"]
        places = passage_places(self.source, start, end, everywhere=form.cleaned_data["everywhere"])
        shown = [
            (
                text.count("\n", 0, first) + 1,
                text[max(0, first - AROUND_PLACE) : first].rpartition("\n")[2],
                text[first:last],
                text[last : last + AROUND_PLACE].partition("\n")[0],
            )
            for first, last in places
        ]
        return self.show(
            "admin/programmes/source/erase_look.html",
            title=f"Erase a passage of {self.source}",
            status=200 if chosen is None else 400,
            form=form,
            action=self.address,
            places=shown,
            **shown_traces(traces_of_passage(self.source, start, end, self.user), chosen),
        )


class ErasureScreen(DeskView):
    """A screen about erasures, for those who curate the studies."""

    def erasures(self) -> QuerySet[Erasure]:
        """Return the erasures of the studies that the person curates; those of deleted studies are administrators'."""
        if self.user.is_superuser:
            return Erasure.objects.all()
        return Erasure.objects.filter(study_slug__in=Study.objects.editable_by(self.user).values("slug"))


class ErasuresView(ErasureScreen):
    """Everything that was erased for good."""

    path = "erasures/"
    url_name = "programmes_participant_erasures"

    def get(self, request: HttpRequest) -> HttpResponse:
        del request
        return self.show(
            "admin/programmes/participant/erasures.html",
            title="Erased for good",
            erasures=self.erasures(),
            restorations=Restoration.objects.all(),
        )


class LetInForm(forms.Form):
    """Words that only sound like what was erased."""

    text = TextFormField(
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="The text that was refused. It is looked at now and not kept here.",
    )
    reason = TextFormField(
        max_length=REASON_LETTERS,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="How it is known that these are not the words of the person who withdrew. It is kept.",
    )


@method_decorator(sensitive_post_parameters(), name="dispatch")  # as above
class ErasureView(ErasureScreen):
    """One erasure: what went, where such words still stand and why, and what a lead let in."""

    path = "erasures/<int:erasure>/"
    url_name = "programmes_participant_erasure"

    def get(self, request: HttpRequest, erasure: int) -> HttpResponse:
        del request
        return self.screen(self.found(erasure), LetInForm())

    def post(self, request: HttpRequest, erasure: int) -> HttpResponse:
        """Let a text in that only sounds like what was erased."""
        found = self.found(erasure)
        if not self.leads(found):
            return HttpResponse("Only a lead of the study can let words in.", status=403)
        form = LetInForm(request.POST)
        if form.is_valid() and (number := self.let_in(found, form)):
            messages.success(request, f"{number} runs of words may come in now.")
            return HttpResponseRedirect(request.path)
        return self.screen(found, form, status=400)

    def found(self, erasure: int) -> Erasure:
        """Return the erasure. Raises Http404 for those who may not see it."""
        row = self.erasures().filter(pk=erasure).first()
        if row is None:
            raise Http404
        return row

    def leads(self, erasure: Erasure) -> bool:
        """Say whether the person leads the study."""
        leads = Study.objects.filter(slug=erasure.study_slug, pk__in=studies_with_role(self.user, TeamRole.LEAD))
        return self.user.is_superuser or leads.exists()

    def let_in(self, erasure: Erasure, form: LetInForm) -> int:
        """Keep that runs of words may come in, and why; return how many, and say in the form if there are none."""
        values = {value for place in erased_places(form.cleaned_data["text"]) for value in place.values}
        with transaction.atomic():
            runs = erasure.runs.filter(value__in=list(values), let_in=None)
            number = runs.count()
            if not number:
                form.add_error("text", "Nothing in it sounds like what was erased here.")
                return 0
            word = LetIn.objects.create(
                erasure=erasure,
                reason=with_every_mark(form.cleaned_data["reason"]),
                signed_by=signature(self.user),
                signed_date=timezone.localdate(),
                runs=number,
            )
            runs.update(let_in=word)
        return number

    def screen(self, erasure: Erasure, form: LetInForm, *, status: int = 200) -> HttpResponse:
        return self.show(
            "admin/programmes/participant/erasure.html",
            title=f"{erasure.get_kind_display()} of {date_format(erasure.signed_date, 'j F Y')}",
            status=status,
            erasure=erasure,
            of_person=erasure.kind == ErasureKind.WITHDRAWAL,
            let_in=erasure.let_in.all(),
            form=form if self.leads(erasure) and erasure.kind == ErasureKind.WITHDRAWAL else None,
        )


ERASURE_SCREENS = (ErasuresView, ErasureView)
