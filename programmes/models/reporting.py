"""What a team answers to a reporting standard: of each item whether it is reported, and where."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_is_known, not_blank
from programmes.integrity.dates import ActDateField
from programmes.integrity.text import LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.theory import Theory
from programmes.vocabulary import Reported

FIRST_ITEM, LAST_ITEM = 1, 20  # of RAMESES II


class ReportingAnswer(CuratedModel):
    """What somebody says of one item of the RAMESES II reporting standards for the report on a theory."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="reporting_answers")
    item = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(FIRST_ITEM), MaxValueValidator(LAST_ITEM)],
        help_text="Its number in the standard, 1 to 20.",
    )
    answer = models.CharField(max_length=20, choices=Reported, help_text="Whether it is reported.")
    place = ShortTextField(max_length=300, blank=True, help_text="Where: the page of the report, or an address.")
    note = LongTextField(blank=True, help_text="Why, if that needs a word.")
    signed_by = ShortTextField(max_length=150)
    signed_date = ActDateField()

    access: ClassVar[Access] = Access(study="theory__study", theory="theory")
    key_fields = ("theory__slug", "item")

    class Meta:
        ordering = ("theory", "item", "pk")
        constraints = (
            models.UniqueConstraint(fields=["theory", "item"], name="reportinganswer_item_unique"),
            models.CheckConstraint(
                name="reportinganswer_item_known",
                condition=Q(item__gte=FIRST_ITEM, item__lte=LAST_ITEM),
                violation_error_message="The standard has the items 1 to 20.",
            ),
            choice_is_known("answer", Reported, "reportinganswer_answer_known"),
            not_blank("signed_by", "reportinganswer_signed"),
        )

    def __str__(self) -> str:
        return f"Item {self.item}: {self.get_answer_display()}"
