"""The coding screen, where passages of a transcript are linked to the configurations they bear on."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from programmes.actions.code import Coding, NewCMOC, adjust_quote, code_passage, undo_coding
from programmes.actions.standing import refuse_emptied
from programmes.desk.base import parse_id
from programmes.desk.source_screens import FirstCodingView, PassageForm
from programmes.desk.transcripts import Passage, shown_transcript
from programmes.integrity.text import LONG_TEXT_LETTERS, LineInput, TextFormField
from programmes.models import CMOC, Evidence, Quote, Source, Theory
from programmes.models.spoken import quote_spans
from programmes.models.theory import not_retired
from programmes.search.did_you_mean import suggestion
from programmes.vocabulary import EvidenceRole, MemoKind, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from programmes.desk.transcripts import Transcript
    from programmes.integrity.access import Person

SALT = "undo coding"


class CodingForm(PassageForm):
    """The code for a passage: which configurations, in which role, and why."""

    numbers = forms.CharField(
        required=False,
        label="CMOCs by number",
        help_text="Such as 3, 5: quicker to type. Of the theory that is chosen below.",
    )
    new_title = TextFormField(
        required=False, max_length=300, widget=LineInput, label="New candidate CMOC", help_text="A fragment is enough."
    )
    new_theory = forms.ModelChoiceField(Theory.objects.none(), required=False, label="Theory")
    element = TextFormField(
        required=False,
        max_length=300,
        widget=LineInput,
        label="Its one part, in short",
        help_text="For a new candidate that is a fragment: what stands in the part chosen below.",
    )
    slot = forms.ChoiceField(choices=[("", "the whole"), *Slot.choices], required=False, label="Part it speaks to")
    memo_kind = forms.ChoiceField(
        choices=[entry for entry in MemoKind.choices if entry[0] != MemoKind.SOURCE_NOTE], label="Kind of memo"
    )
    memo = TextFormField(
        required=False,
        max_length=LONG_TEXT_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why you decided so. Private until shown.",
    )
    disclosing = forms.BooleanField(
        required=False, label="May give somebody away", help_text="Noted for the disclosure check."
    )

    adjust = forms.CharField(
        required=False,
        max_length=80,
        label="Or change where a quote begins and ends",
        help_text="Its key, such as q07: it gets the passage above, and what it does stays. Nothing else is asked.",
    )

    def __init__(self, source: Source, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(source, user, *args, **kwargs)
        self.user = user
        theories = cast("forms.ModelChoiceField[Theory]", self.fields["new_theory"])
        theories.queryset = Theory.objects.editable_by(user).filter(study=source.study_id).order_by("title")
        theories.initial = theories.queryset.first()

    def clean(self) -> dict[str, Any]:
        """Require a configuration or a new candidate, or a quote whose boundaries are to be moved."""
        cleaned = super().clean()
        if cleaned.get("adjust"):
            quotes = Quote.objects.editable_by(self.user).filter(source=self.source, start__isnull=False)
            cleaned["quote"] = quotes.filter(key=cleaned["adjust"]).select_related("source").first()
            if cleaned["quote"] is None:
                keys = quotes.values_list("key", flat=True)
                self.add_error("adjust", f"No such quote in this transcript; {suggestion(cleaned['adjust'], keys)}")
            return cleaned
        if cleaned.get("element") and not (cleaned.get("new_title") and cleaned.get("slot")):
            self.add_error("element", "Name a new candidate, and choose which part of it this is.")
        if cleaned.get("element") and cleaned.get("slot") == Slot.ACTOR:
            self.add_error("element", "Who acts is chosen from the people of the study, in the form of the CMOC.")
        cleaned["cmocs"] = [*(cleaned.get("cmocs") or ()), *self.by_number(cleaned)]
        if not cleaned["cmocs"] and not cleaned.get("new_title") and not self.errors:
            self.add_error("cmocs", "Choose a CMOC, or name a new candidate.")
        if cleaned.get("new_title") and not cleaned.get("new_theory"):
            self.add_error("new_theory", "Choose the theory that the candidate belongs to.")
        return cleaned

    def by_number(self, cleaned: dict[str, Any]) -> list[CMOC]:
        """Return the configurations named by number that are not selected already."""
        given = [word for word in re.split(r"[\s,;]+", cleaned.get("numbers") or "") if word]
        rows = CMOC.objects.editable_by(self.user).filter(theory=cleaned.get("new_theory"))
        known = {str(cmoc.number): cmoc for cmoc in rows}  # what follows a retired one is found out in the act
        unknown = [word for word in given if word not in known]
        if unknown:
            standing = {str(cmoc.number): cmoc for cmoc in rows.filter(not_retired())}
            self.add_error("numbers", f"No CMOC {unknown[0]} in this theory; {suggestion(unknown[0], standing)}")
        chosen = {cmoc.pk for cmoc in cleaned.get("cmocs") or ()}
        found = dict.fromkeys(known[word] for word in given if word in known)
        return [cmoc for cmoc in found if cmoc.pk not in chosen]


class CodingView(FirstCodingView):
    path = "<int:object_id>/code/"
    url_name = "programmes_source_code"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the screen; the query string may name a quote whose boundaries are to be moved."""
        adjusted = {"adjust": request.GET.get("adjust", "")[:80]}
        return self.screen(CodingForm(self.source, self.user, initial=adjusted))

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Code a passage, or undo the last act of coding."""
        if "undo" in request.POST:
            return self.undo()
        refuse_emptied(self.source)
        form = CodingForm(self.source, self.user, request.POST)
        if not form.is_valid():
            return self.screen(form)
        given = form.cleaned_data
        try:
            return self.adjust(given["quote"], given["span"]) if given.get("quote") else self.code(given)
        except ValidationError as error:
            refuse_emptied(Source.objects.only("text").get(pk=self.source.pk))
            done = "changed" if given.get("quote") else "coded"
            form.add_error(None, f"Nothing was {done}: {' '.join(error.messages)}")
            return self.screen(form, 409)

    def screen(self, form: CodingForm, refused: int = 400) -> HttpResponse:
        """Show the transcript with its quotes, or those of one CMOC, and the form; one that is refused stays filled."""
        chosen = self.request.GET.get("cmoc", "")
        return self.show(
            "admin/programmes/source/code.html",
            title=f"Code {self.source}",
            status=refused if form.is_bound else 200,
            page=coding_page(self.source, self.user, parse_id(chosen)),
            form=form,
            media=self.admin.media + form.media,
            action=self.request.get_full_path(),
            chosen=chosen,
            cmocs=CMOC.objects.visible_to(self.user)
            .filter(evidence__quote__source=self.source)
            .distinct()
            .order_by("theory", "number"),
        )

    def adjust(self, quote: Quote, span: tuple[int, int]) -> HttpResponse:
        """Move the boundaries of a quote to those of the passage. Raises ValidationError."""
        adjust_quote(quote=quote, span=span)
        messages.success(
            self.request, f"Quote {quote.key} begins and ends anew. It is private until it is checked again."
        )
        return HttpResponseRedirect(f"{self.address}#{quote.key}")

    def code(self, cleaned: dict[str, Any]) -> HttpResponse:
        """Code a passage as the form says. Raises ValidationError."""
        new = NewCMOC(cleaned["new_theory"], cleaned["new_title"], cleaned["element"]) if cleaned["new_title"] else None
        coding = Coding(
            role=EvidenceRole(cleaned["role"]),
            cmocs=list(cleaned["cmocs"]),
            new_cmoc=new,
            slot=cleaned["slot"],
            memo_kind=MemoKind(cleaned["memo_kind"]),
            memo=cleaned["memo"],
            disclosing=cleaned["disclosing"],
        )
        coded = code_passage(source=self.source, span=cleaned["span"], coding=coding, by=self.user)
        for before, after in coded.followed:
            messages.warning(self.request, f"{before} is retired: coded to {after}, which stands in its place.")
        undo = signing.dumps([self.source.pk, coded.made], salt=SALT)
        messages.success(
            self.request,
            format_html(
                'Coded as <a href="#{0}">{0}</a>. '
                '<button class="undo" name="undo" value="{1}" form="undo">Undo</button>',
                coded.quote.key,
                undo,
            ),
        )
        return HttpResponseRedirect(f"{self.request.get_full_path().split('#')[0]}#{coded.quote.key}")

    def undo(self) -> HttpResponse:
        """Undo an act of coding, unless something it made was changed since."""
        try:
            source, made = signing.loads(self.request.POST["undo"], salt=SALT)
        except signing.BadSignature:
            source, made = None, []
        if source != self.source.pk:
            messages.error(self.request, "That cannot be undone here.")
            return HttpResponseRedirect(self.address)
        if undo_coding(made=made, by=self.user):
            messages.success(self.request, "Undone: what was coded last is gone.")
        else:
            messages.error(self.request, "Not undone: it was changed or used since. Change it by hand.")
        return HttpResponseRedirect(self.address)


def coding_page(source: Source, user: Person, cmoc: int | None = None) -> Transcript:
    """Return a transcript with its quotes; with a CMOC's id only those that bear on it."""
    evidence = Evidence.objects.visible_to(user).filter(quote__source=source).select_related("cmoc")
    by_quote: dict[int, list[Evidence]] = defaultdict(list)
    for entry in evidence.order_by("cmoc__number", "pk"):
        by_quote[entry.quote_id].append(entry)
    quotes = Quote.objects.visible_to(user).filter(source=source, start__isnull=False).order_by("start", "end", "pk")
    passages = [
        passage
        for quote in quotes
        if cmoc is None or any(entry.cmoc_id == cmoc for entry in by_quote[quote.pk])
        for passage in quote_passages(quote, by_quote[quote.pk])
    ]
    return shown_transcript(source, passages)


def quote_passages(quote: Quote, evidence: Sequence[Evidence]) -> list[Passage]:
    """Return the passages of a quote, one for each turn that it is in, with the configurations it bears on."""
    bears_on = "; ".join(f"{entry.get_role_display().lower()} {entry.cmoc}" for entry in evidence)
    spans = quote_spans(quote)
    return [
        Passage(
            anchor=quote.key if part == 1 else f"{quote.key}-{part}",
            start=start,
            end=end,
            summary=bears_on or "no CMOC yet",
            kinds=frozenset(entry.role for entry in evidence),
            name=quote.key,
            address=reverse("admin:programmes_quote_change", args=[quote.pk]),
            part=part,
            parts=len(spans),
        )
        for part, (start, end) in enumerate(spans, 1)
    ]
