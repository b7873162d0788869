"""The lists of a study's own: which kinds of people, sectors and delivery modes it tells apart, in its own words."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_or_nothing, not_blank
from programmes.integrity.text import ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.studies import Study
from programmes.vocabulary import Asked


class StudyListEntry(CuratedModel):
    """An entry of one of the lists of a study."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="%(class)ss")
    key = models.SlugField(max_length=80, help_text="Short name in addresses, such as local-authority.")
    label = ShortTextField(max_length=100)
    number = models.PositiveSmallIntegerField(default=1, help_text="Where it stands in the list.")

    access: ClassVar[Access] = Access(study="study")
    key_fields = ("study__slug", "key")

    class Meta:
        abstract = True
        ordering = ("study", "number", "key", "pk")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["study", "key"], name="%(class)s_key_unique"),
            not_blank("label", "%(class)s_label_given"),
        )

    def __str__(self) -> str:
        return self.label


class PersonKind(StudyListEntry):
    """A kind of people, such as patient, peer or nurse: at which level somebody acts or benefits."""

    asked = models.CharField(
        max_length=10, choices=Asked, blank=True, help_text="Whether the study asked any of them; empty if nobody said."
    )

    class Meta(StudyListEntry.Meta):
        constraints = (
            *StudyListEntry.Meta.constraints,
            choice_or_nothing("asked", Asked, "personkind_asked_known"),
        )
        verbose_name = "kind of people"
        verbose_name_plural = "kinds of people"


class Sector(StudyListEntry):
    """A kind of setting, such as school or ward: the curators' grouping of the services; one may be in several."""


class ServicePlace(StudyListEntry):
    """A place in which services are, such as a region or a case: the curators' grouping beside the printed location."""

    class Meta(StudyListEntry.Meta):
        verbose_name = "place"


class DeliveryMode(StudyListEntry):
    """A way in which services meet their users, such as online or in a group."""
