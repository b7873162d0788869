"""The disclosure check of a quote: whether everybody may read it, and which of its words they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices

from programmes.integrity.holding import hold
from programmes.integrity.numbering import signature
from programmes.models import Participant, Quote, StaleVersionError
from programmes.models.open_quotes import agrees
from programmes.transcripts.masks import mask_lines, whole_masks
from programmes.vocabulary import ConsentScope, QuoteConsent, SourceKind, Visibility

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.contrib.auth.models import User


class DisclosureVerdict(TextChoices):
    """What came of the disclosure check of a quote."""

    CLEAN = "clean", "Clean"  # nothing in it gives somebody away: everybody reads all of it
    MASK = "mask", "Masked"  # everybody reads it, with masks over words that may give somebody away
    PRIVATE = "private", "Kept private"  # the team alone reads it


CHECKED = ("visibility", "consent", "masks", "disclosure_checked_by", "disclosure_checked_date")
REASONS = {
    DisclosureVerdict.CLEAN: "Disclosure check: nothing in it gives somebody away",
    DisclosureVerdict.MASK: "Disclosure check: words that may give somebody away have masks",
    DisclosureVerdict.PRIVATE: "Disclosure check: kept private",
}


@dataclass(frozen=True)
class Ground:
    """On what ground a quote may be public, or why it may not, with who has to agree first."""

    consent: QuoteConsent | None
    why_not: str = ""
    person: Participant | None = None


def ground_of(quote: Quote) -> Ground:
    """Return on what ground a quote may be public; its source and participant must be loaded with it."""
    people = [quote.participant] if quote.participant else list(quote.also_by.all())
    for who in people:
        if not agrees(who):
            return Ground(None, why_not(who), who)
    if quote.consent != QuoteConsent.UNKNOWN and (people or quote.consent != QuoteConsent.PARTICIPANT):
        return Ground(QuoteConsent(quote.consent))
    return Ground(QuoteConsent.PARTICIPANT) if people else ground_without_people(quote)


def ground_without_people(quote: Quote) -> Ground:
    """Return on what ground a quote may be public of which nobody is known to have said it."""
    source = quote.source
    if source is not None and source.kind != SourceKind.DOCUMENT:
        return Ground(None, "Nobody has said who speaks here, so nobody can have agreed.")
    if source is not None and source.reference_id is None:
        return Ground(None, "Nobody has said which work this document is, or that it needs no consent.")
    return Ground(QuoteConsent.PUBLISHED)  # a work, or a place in a publication


def why_not(who: Participant) -> str:
    """Return why somebody's words may not be public."""
    if who.withdrawn_date is not None:
        return f"{who.pseudonym} has withdrawn from the study."
    if who.consent_scope == ConsentScope.TEAM_ONLY:
        return f"{who.pseudonym} agreed that the study team reads these words, and nobody else."
    return f"Nobody has recorded what {who.pseudonym} agreed to."


def held_as_opened(quote: Quote, version: int) -> Any:
    """Hold a quote and return it as it stands. Raises StaleVersionError where somebody changed it since it was read."""
    present = hold(quote).now(quote)
    if present.version != version:
        raise StaleVersionError(f"quote {present.key} was changed by somebody else since you read it", present)
    return present


@transaction.atomic
def check_disclosure(
    *,
    quote: Quote,
    version: int,
    verdict: DisclosureVerdict,
    masks: Sequence[tuple[int, int]],
    by: User,
    on: dt.date,
) -> Quote:
    """Sign that a quote was checked: it becomes public, with masks over these words or without any, or stays private.

    A ValidationError means that nothing was written.
    """
    present: Quote = held_as_opened(quote, version)
    spans = whole_masks(present.text, masks)
    if verdict == DisclosureVerdict.MASK and not spans:
        raise ValidationError("No word is marked: mark the words first, or say that it is clean.", code="masks")
    if verdict == DisclosureVerdict.PRIVATE:
        present.visibility = Visibility.PRIVATE
    else:
        ground = ground_of(present)
        if ground.consent is None:
            raise ValidationError(ground.why_not, code="consent")
        present.visibility, present.consent = Visibility.PUBLIC, ground.consent
    present.masks = [] if verdict == DisclosureVerdict.CLEAN else mask_lines(spans)
    present.disclosure_checked_by, present.disclosure_checked_date = signature(by), on
    present.set_change_reason(REASONS[verdict])
    present.full_clean()
    present.save()
    return present


@transaction.atomic
def take_back_check(*, quote: Quote, version: int) -> Quote:
    """Let a quote be as it was before its last check. A StaleVersionError or ValidationError means nothing was written.

    Nobody may have changed it since, and nothing of it was erased meanwhile.
    """
    present: Quote = held_as_opened(quote, version)
    states = list(Quote.history.filter(id=present.pk).order_by("-history_id")[:2])
    if len(states) < len(("after", "before")) or states[0].history_change_reason not in REASONS.values():
        raise ValidationError(f"Quote {present.key} was not checked last, so no check of it can be taken back.", "gone")
    for name in CHECKED:
        setattr(present, name, getattr(states[1], name))
    if present.text != states[1].text:
        raise ValidationError(f"The words of quote {present.key} are others by now; check it again.", "gone")
    present.set_change_reason("Disclosure check taken back")
    present.full_clean()
    present.save()
    return present


@transaction.atomic
def record_consent(*, participant: Participant, version: int, scope: ConsentScope) -> Participant:
    """Record what somebody agreed to, where nobody has yet."""
    present = hold(participant).now(participant)
    if scope == ConsentScope.UNKNOWN:
        raise ValidationError("Say what they agreed to.", code="scope")
    if present.version != version or present.consent_scope != ConsentScope.UNKNOWN:
        raise StaleVersionError(
            f"participant {present.pseudonym} was changed by somebody else since you read it", present
        )
    present.consent_scope = scope
    present.set_change_reason("Consent recorded at the disclosure check")
    present.full_clean()
    present.save()
    return present
