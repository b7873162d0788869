"""Since when, and until when, everybody could read a theory: its public history has nothing of any other time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from programmes.models.theory import Theory

if TYPE_CHECKING:
    from programmes.models.base import CuratedModel


class PublicSpan(models.Model):
    """A time in which everybody could read a theory, and how far the histories of its records had come at both ends.

    States are told apart by their place in the history, never by the clock, which may have been wrong. The state that
    a record had when the time began is the first that was public.
    """

    told_below = True  # the API tells by it which earlier wordings were public

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="public_spans")
    began_at = models.DateTimeField(default=timezone.now)
    began_after: Any = models.JSONField(
        default=dict, blank=True
    )  # by kind of record, the last state of the time before
    reviews_after = models.PositiveBigIntegerField(default=0)  # the last review of the time before
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_with: Any = models.JSONField(default=dict, blank=True)  # by kind of record, the last state of the time
    reviews_until = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d} to {self.ended_at:%Y-%m-%d}" if self.ended_at else f"{self.began_at:%Y-%m-%d}"

    def bounds(self, model: type[CuratedModel]) -> tuple[int, int | None]:
        """Return the last state of a kind of record before the time, and the last in it; None while it lasts."""
        label = model._meta.label_lower
        return self.began_after.get(label, 0), None if self.ended_at is None else self.ended_with.get(label, 0)
