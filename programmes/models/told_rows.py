"""What is kept so that a copy of the site, made through the API, can be kept right: what was written and told.

Whoever writes notes beside it, by a trigger and in the same transaction, which records were written. Later one process
at a time works out which rows of the API that concerns, and gives each the next place in the order of changes. As only
what is committed is worked out, and one after another, nothing ever comes before what was shown already.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class ToldTo(models.IntegerChoices):
    """Who sees a row of the API, from nobody to everybody."""

    NOBODY = 0  # it is gone
    TEAM = 1  # those of the study's team who see what is kept back
    READERS = 2  # the whole team of the study
    EVERYBODY = 3  # it is public


class Touch(models.Model):
    """A record was written, or something below it that may be gone: a trigger noted it."""

    kind = models.CharField(max_length=80)  # of the record, as Django labels its model
    record = models.BigIntegerField()  # its id
    below = models.CharField(max_length=80, blank=True)  # not itself, but a record of this kind that leads to it

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"


class RowToTell(models.Model):
    """A row of the API that may have changed for somebody, which nobody has been told yet."""

    resource = models.CharField(max_length=80)
    record = models.BigIntegerField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["resource", "record"], name="rowtotell_unique"),)

    def __str__(self) -> str:
        return f"{self.resource} {self.record}"


class ToldRow(models.Model):
    """A row of the API by its public key: when it last changed, who sees it, and until when others saw it.

    It stays when its record is gone, so that copies learn of that. Places in the order of changes are microseconds
    since 1970, and never go back. Of each audience it has the first place at which the row was theirs, the last at
    which it became so, and the last at which it ceased to be; 0 where it never was, or never ceased.
    """

    resource = models.CharField(max_length=80)
    key = models.CharField(max_length=400)
    study = models.BigIntegerField()  # whose team sees it; 0 where everybody with an account is the team
    theory = models.BigIntegerField(null=True, blank=True)
    record = models.BigIntegerField()
    place = models.BigIntegerField(unique=True)
    told_to = models.PositiveSmallIntegerField(choices=ToldTo.choices)
    least_rank = models.PositiveSmallIntegerField()  # of a role in the team, from which what is kept back is seen
    public_from = models.BigIntegerField(default=0)
    public_since = models.BigIntegerField(default=0)
    public_until = models.BigIntegerField(default=0)
    readers_from = models.BigIntegerField(default=0)
    readers_since = models.BigIntegerField(default=0)
    readers_until = models.BigIntegerField(default=0)
    team_from = models.BigIntegerField(default=0)
    team_since = models.BigIntegerField(default=0)
    team_until = models.BigIntegerField(default=0)

    seen_by: int = ToldTo.NOBODY  # who sees it now, before that is told

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=["resource", "key", "study"], name="toldrow_unique"),)
        indexes = (
            models.Index(fields=["resource", "record"], name="toldrow_record"),
            models.Index(fields=["study", "id"], name="toldrow_study"),
            models.Index(fields=["theory", "place"], name="toldrow_theory"),
        )

    AUDIENCES: ClassVar[dict[str, int]] = {
        "public": ToldTo.EVERYBODY,
        "readers": ToldTo.READERS,
        "team": ToldTo.TEAM,
    }

    def __str__(self) -> str:
        return f"{self.resource} {self.key}"

    def tell(self, told_to: int, place: int) -> None:
        """Give the row its next place in the order of changes, and remember who sees it from there on."""
        for audience, needed in self.AUDIENCES.items():
            if told_to >= needed > self.told_to:
                setattr(self, f"{audience}_since", place)
                setattr(self, f"{audience}_from", getattr(self, f"{audience}_from") or place)
            if told_to < needed <= self.told_to:
                setattr(self, f"{audience}_until", place)
        self.told_to, self.place = told_to, place


class Telling(models.Model):
    """How far the order of changes has come, on what it rests, and which of its places there never were.

    There is one. A database that was restored is younger than what was told: places after the backup are void.
    """

    last_place = models.BigIntegerField(default=0)
    resources = models.TextField()  # by name
    migration = models.BigIntegerField(default=0)  # the last that was applied
    restoration = models.BigIntegerField(default=0)  # the last from a backup
    void: Any = models.JSONField(default=list, blank=True)  # pairs of places, between which there are none

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Told up to {self.last_place}"
