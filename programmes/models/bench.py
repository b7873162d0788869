"""What somebody did last at the bench of a study, so that it can be undone, and done once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from programmes.models.lineage import LineageEvent
from programmes.models.sources import Source
from programmes.models.studies import Study
from programmes.models.theory import Theory
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KEPT_ACTS = 20  # of each person in each study


class BenchActKind(models.TextChoices):
    """What somebody did at the bench."""

    CODED = "coded", "Coded"  # a passage to a configuration
    MADE = "made", "Made"  # a configuration of a passage
    NOTED = "noted", "Wrote a memo"  # on a passage, a configuration or a source
    REWORDED = "reworded", "Reworded"  # a title or a statement
    PARTED = "parted", "Changed a part of"  # a part was added to a configuration or taken out of it
    ADJUSTED = "adjusted", "Adjusted"  # where a quote begins and ends
    RE_ROLED = "re-roled", "Changed what it does"  # a quote to a configuration
    MOVED = "moved", "Moved"  # a quote from one configuration to another
    UNCODED = "uncoded", "Un-coded"  # a quote bears on a configuration no more
    ORDERED = "ordered", "Put elsewhere"  # a configuration in the order of its theory
    GROUPED = "grouped", "Put under a heading"  # configurations, or under none
    JUDGED = "judged", "Changed the status of"  # configurations
    ASKED = "asked", "Put to reviewers"  # configurations
    RENAMED = "renamed", "Renamed a part of"  # wherever it stands
    CAVEATED = "caveated", "Added a caveat on"  # a configuration
    LINKED = "linked", "Linked an outcome of"  # to the context that it becomes
    DELETED = "deleted", "Deleted"  # a configuration that was a mistake
    RETIRED = "retired", "Retired"  # a configuration
    PASTED = "pasted", "Pasted rows"  # from a spreadsheet


class BenchActQuerySet(models.QuerySet["BenchAct"]):
    """Acts at the bench."""

    def of(self, user: User, study: Study) -> BenchActQuerySet:
        """Return what somebody did in a study, the last first."""
        return self.filter(user=user, study=study).order_by("-pk")


class BenchAct(models.Model):
    """An act of one person at the bench: which records it changed, from which state of each to which.

    It names kinds, places and states of the history, and holds no word of anybody. It is kept as long as it can be
    undone, which is until so many later acts of that person.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bench_acts")
    study = models.ForeignKey(Study, models.CASCADE, related_name="bench_acts")
    kind = models.CharField(max_length=20, choices=BenchActKind)
    source = models.ForeignKey(Source, models.SET_NULL, null=True, blank=True, related_name="bench_acts")
    place = models.PositiveIntegerField(null=True, blank=True)  # in the text of the source, in code points
    time = models.CharField(max_length=12, blank=True)  # when that was said, as the foot tells it
    theory = models.ForeignKey(Theory, models.SET_NULL, null=True, blank=True, related_name="bench_acts")
    number = models.PositiveIntegerField(null=True, blank=True)  # of the CMOC that it was about
    role = models.CharField(max_length=20, choices=EvidenceRole, blank=True)
    event = models.ForeignKey(LineageEvent, models.SET_NULL, null=True, blank=True, related_name="bench_acts")
    changes: Any = models.JSONField(default=list)  # of each record: model, id, state before, state after, last state
    undone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    objects = BenchActQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
