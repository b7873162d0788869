"""What everybody may know of the past of a theory: the states that were public at their time, and no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from programmes.models import PublicSpan, Theory

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from programmes.integrity.access import Person


@dataclass(frozen=True)
class PublicState:
    """A state of a record, and since when it was public where that began with the publication of the theory."""

    state: Any
    published: dt.datetime | None = None


@dataclass(frozen=True)
class PublicPast:
    """The times in which everybody could read a theory."""

    spans: tuple[PublicSpan, ...]

    def states(self, versions: Sequence[Any]) -> list[PublicState]:
        """Return of the states of one record, the earliest first, those that were public at their time."""
        found: list[PublicState] = []
        for span in self.spans:
            after, until = span.bounds(versions[0].instance_type)
            before = [version for version in versions if version.history_id <= after]
            if before and before[-1] not in [shown.state for shown in found]:
                found.append(PublicState(before[-1], span.began_at))
            found += [
                PublicState(version)
                for version in versions
                if after < version.history_id and (until is None or version.history_id <= until)
            ]
        return found

    def span_at(self, moment: dt.datetime) -> PublicSpan | None:
        """Return the public time in which a moment lies; the last one that began, if there are several."""
        within = [
            span for span in self.spans if span.began_at <= moment and (not span.ended_at or span.ended_at > moment)
        ]
        return within[-1] if within else None

    def changes(self, model: Any) -> Q:
        """Return the condition that a state was written while the theory was public."""
        condition = Q(pk__in=())
        for span in self.spans:
            after, until = span.bounds(model)
            condition |= Q(history_id__gt=after) & (Q() if until is None else Q(history_id__lte=until))
        return condition

    def has_review(self, key: int) -> bool:
        """Say whether a review was given while the theory was public, so that its wording was public too."""
        return any(
            span.reviews_after < key and (span.reviews_until is None or key <= span.reviews_until)
            for span in self.spans
        )


def public_past(theory: Theory, user: Person) -> PublicPast | None:
    """Return what this person may know of the past of a theory; None for its team, who may know all of it."""
    if Theory.objects.of_teams_of(user).filter(pk=theory.pk).exists():
        return None
    return PublicPast(tuple(PublicSpan.objects.filter(theory=theory).order_by("pk")))
