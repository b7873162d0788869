"""What an act rests on, held for it: a source with its people, and CMOCs as they stand after what others decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q

from programmes.actions.decisions import RETIRED
from programmes.actions.undo import first_decision
from programmes.integrity.holding import hold
from programmes.models import LineageStep, Participant
from programmes.transcripts.passages import is_label_alone
from programmes.vocabulary import LineageKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from programmes.integrity.holding import Held
    from programmes.models import CMOC, CuratedModel, Source
    from programmes.models.spoken import SourceVoices

SUCCESSION = {LineageKind.MERGE, LineageKind.SPLIT}


def hold_source(source: Source, *others: CuratedModel) -> Held:
    """Hold a source with its study and with those who speak in it, and other records that an act rests on."""
    people = Participant.objects.filter(Q(pk=source.participant_id) | Q(speakers__source=source)).distinct()
    return hold(source.study, *people, source, *others)


def refuse_emptied(source: Source) -> None:
    """Refuse to code in a source whose text was taken away. Raises ValidationError."""
    if not source.text:
        raise ValidationError("No transcript is held here any more.", code="empty")


def refuse_label(voices: SourceVoices, span: tuple[int, int]) -> None:
    """Refuse a passage in which nobody says a word. Raises ValidationError."""
    if is_label_alone(voices.source.text, voices.turns, *span):
        raise ValidationError("That is the label of a speaker and no word of theirs. Select what they say.", "label")


def followers_of(cmoc: CMOC, seen: frozenset[int] = frozenset()) -> list[CMOC]:
    """Return what stands in the place of a configuration: itself, or what it was merged or split into."""
    if cmoc.status != RETIRED:
        return [cmoc]
    steps = LineageStep.objects.filter(before=cmoc, after__isnull=False, event__reversed_by=None).exclude(after=cmoc)
    found: dict[int, CMOC] = {}
    for step in steps.select_related("event__reverses", "after__theory").order_by("event__number", "position"):
        if step.after is not None and step.after_id not in seen and first_decision(step.event).kind in SUCCESSION:
            found |= {other.pk: other for other in followers_of(step.after, seen | {cmoc.pk})}
    return list(found.values())


def standing_cmocs(held: Held, chosen: Iterable[CMOC]) -> list[CMOC]:
    """Return configurations as they stand now: in the place of a merged one its successor.

    Raises ValidationError for one that is retired, and for one that was split; the sentence names what it became.
    """
    found: dict[int, CMOC] = {}
    for cmoc in chosen:
        present = held.now(cmoc)
        followers = followers_of(present)
        if len(followers) != 1:
            raise ValidationError(retired_sentence(present, followers), code="retired")
        found[followers[0].pk] = followers[0]
    held_now = hold(*found.values())
    return [held_now.now(cmoc) for cmoc in found.values()]


def retired_sentence(cmoc: CMOC, followers: list[CMOC]) -> str:
    """Say that a configuration is retired, and what to choose instead."""
    if not followers:
        return f"{cmoc} is retired, and nothing follows it: choose another CMOC."
    names = [str(follower) for follower in followers]
    return f"{cmoc} is retired; {', '.join(names[:-1])} and {names[-1]} follow it: choose among these."
