"""The screen of disclosure: quote after quote, in its turn, is found clean, gets masks, or is kept private."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from programmes.actions.disclose import DisclosureVerdict, check_disclosure, record_consent, take_back_check
from programmes.actions.speakers import name_interviewed, name_participant
from programmes.desk.at_study import StudyDeskView
from programmes.desk.base import parse_id
from programmes.desk.disclosure_queue import (
    NAMES_OF_ORDERS,
    ORDERS,
    WAITING,
    disclosure_queue,
    quote_at_hand,
)
from programmes.models import Participant, Quote, StaleVersionError
from programmes.transcripts.masks import places_of_words
from programmes.vocabulary import ConsentScope, TeamRole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DONE = "disclosure_done"  # in the session: the checks that can be taken back, without a word of anybody
MOST_TAKEN_BACK = 20
SAID = {
    DisclosureVerdict.CLEAN: "Clean, made public",
    DisclosureVerdict.MASK: "Masked, made public",
    DisclosureVerdict.PRIVATE: "Kept private",
}
AGREED = {
    "quotes-public": ConsentScope.QUOTES_PUBLIC,
    "team-only": ConsentScope.TEAM_ONLY,
    "took-part": ConsentScope.UNKNOWN,  # of somebody who is a participant already
}
MARKED_AND_CLEAN = (
    "Words are marked, and a clean quote has no masks: choose “Mask and make public”, or take the marks off first."
)


class DisclosureView(StudyDeskView):
    """The queue of quotes whose words nobody has checked yet, and those that were."""

    url_name = "desk-disclosure"
    title = "Disclosure check"
    role = TeamRole.CURATOR
    template_name = "desk/disclosure.html"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the quote that is asked for, or the first that waits."""
        del request
        return self.shown()

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Carry out an act, and land on the next quote."""
        act = request.POST.get("act", "")
        try:
            if act in SAID:
                return self.check(DisclosureVerdict(act))
            if act in AGREED:
                return self.agreed(AGREED[act])
            if act == "undo":
                return self.undo()
            return self.marked()
        except (StaleVersionError, ValidationError) as error:
            told = " ".join(error.messages) if isinstance(error, ValidationError) else f"{error}."
            return self.shown(told=f"Nothing was saved. {told}", status=HTTPStatus.CONFLICT)

    @property
    def order(self) -> str:
        """Return the order in which the quotes come."""
        asked = self.request.GET.get("by") or self.request.POST.get("by") or ""
        return asked if asked in ORDERS else "person"

    def asked_quote(self) -> Quote:
        """Return the quote that a form is about. Raises Http404 where this study has none of that key."""
        rows = Quote.objects.select_related("study", "source__reference", "participant").defer("source__text")
        return get_object_or_404(rows, study=self.study, key=self.request.POST.get("quote", ""))

    def given_masks(self, quote: Quote) -> list[tuple[int, int]]:
        """Return the words that a form marks: findings that are ticked, words that are typed, and places."""
        spans = []
        marked = [str(value) for name, value in self.request.POST.items() if name.startswith("finding-")]
        for value in (*marked, *self.request.POST.getlist("mask")):
            first, last = map(parse_id, value.partition(" ")[::2])
            if first is not None and last is not None:
                spans.append((first, last))
        for words in self.request.POST.get("words", "").splitlines():
            there = places_of_words(quote.text, words)
            if not there and words.strip():
                raise ValidationError(f"“{words.strip()}” does not stand in this quote: copy the words from it.")
            spans += there
        return spans

    def check(self, verdict: DisclosureVerdict) -> HttpResponse:
        """Sign the check of a quote."""
        quote = self.asked_quote()
        masks = self.given_masks(quote)
        if verdict == DisclosureVerdict.CLEAN and self.request.POST.get("words", "").strip():
            raise ValidationError(MARKED_AND_CLEAN)
        done = check_disclosure(
            quote=quote,
            version=self.opened_version(),
            verdict=verdict,
            masks=masks,
            by=self.user,
            on=timezone.localdate(),
        )
        kept = self.request.session.get(DONE, [])
        self.request.session[DONE] = [*kept, [done.pk, done.version, verdict]][-MOST_TAKEN_BACK:]
        queue = disclosure_queue(self.study, self.order, quote.key)
        return self.onward(queue.later())

    def agreed(self, scope: ConsentScope) -> HttpResponse:
        """Record what a participant agreed to, and stay at the quote; of a new one also that it is them who speak."""
        quote = self.asked_quote()
        if "label" in self.request.POST:
            return self.named(quote, scope)
        people = Participant.objects.filter(study=self.study, pk=parse_id(self.request.POST.get("who", "")) or 0)
        participant = get_object_or_404(people)
        version = parse_id(self.request.POST.get("who_version", "")) or 0
        record_consent(participant=participant, version=version, scope=scope)
        return self.onward(quote.key)

    def named(self, quote: Quote, scope: ConsentScope) -> HttpResponse:
        """Record that whoever is called by a label of the transcript took part, and stay at the quote."""
        at_hand = quote_at_hand(quote.pk, None)
        label = self.request.POST.get("label", "")
        if at_hand.unnamed is None or at_hand.unnamed.label != label or quote.source is None:
            raise ValidationError(f"Nobody needs to say any more {f'who {label} is' if label else 'who speaks here'}.")
        reason = "Said at the disclosure check who speaks"
        if not label:
            name_interviewed(quote=quote, pseudonym=at_hand.unnamed.pseudonym, scope=scope, reason=reason)
            return self.onward(quote.key)
        name_participant(
            source=quote.source, label=label, pseudonym=at_hand.unnamed.pseudonym, scope=scope, reason=reason
        )
        return self.onward(quote.key)

    def undo(self) -> HttpResponse:
        """Take the last check back, and show its quote."""
        kept = self.request.session.get(DONE, [])
        if not kept:
            raise ValidationError("There is no check of yours to take back.")
        pk, version, _ = kept[-1]
        self.request.session[DONE] = kept[:-1]
        quote = take_back_check(quote=get_object_or_404(Quote, study=self.study, pk=pk), version=version)
        return self.onward(quote.key)

    def marked(self) -> HttpResponse:
        """Show the same quote with the words that a form marks, where no script does it; nothing is saved."""
        quote = self.asked_quote()
        return self.shown(key=quote.key, masks=self.given_masks(quote))

    def opened_version(self) -> int:
        """Return the version of the quote that the form was opened on."""
        return parse_id(self.request.POST.get("version", "")) or 0

    def onward(self, key: str) -> HttpResponse:
        """Go to a quote, or to what is said where none waits."""
        query = {"by": self.order, **({"quote": key} if key else {})}
        return HttpResponseRedirect(f"{reverse(self.url_name, args=[self.study.slug])}?{urlencode(query)}")

    def last_done(self) -> dict[str, Any] | None:
        """Return the last check that can be taken back, in words."""
        for pk, version, verdict in reversed(self.request.session.get(DONE, [])[-1:]):
            row = Quote.objects.filter(study=self.study, pk=pk, version=version).select_related("participant").first()
            if row is not None:
                return {"said": SAID[DisclosureVerdict(verdict)], "quote": row}
        return None

    def shown(
        self, *, key: str = "", masks: list[tuple[int, int]] | None = None, told: str = "", status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """Return the screen."""
        asked = key or self.request.GET.get("quote", "") or self.request.POST.get("quote", "")
        queue = disclosure_queue(self.study, self.order, asked)
        return self.show(
            self.template_name,
            status=status,
            queue=queue,
            at_hand=quote_at_hand(queue.quotes[queue.place].pk, masks) if queue.place is not None else None,
            order=self.order,
            orders=[(name, NAMES_OF_ORDERS[name]) for name in ORDERS],
            told=told,
            last=self.last_done(),
            is_done=bool(queue.quotes) and queue.waiting == 0,
            is_waiting=queue.place is not None and queue.quotes[queue.place].state == WAITING,
        )
