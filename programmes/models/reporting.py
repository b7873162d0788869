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

FIRST_ITEM, LAST_ITEM = 1, 20  # of RAMESES II


class Reported(models.TextChoices):
    """Whether a report says what an item of a reporting standard asks for."""

    YES = "yes", "Yes"  # it is reported
    NO = "no", "No"  # it is not
    UNCLEAR = "unclear", "Unclear"  # it can be read in both ways
    NOT_APPLICABLE = "not-applicable", "Not applicable"  # the item asks for what this study has not


class ReportingAnswer(CuratedModel):
    """What somebody says of one item of the RAMESES II reporting standards for the report on a theory."""

    theory = models.ForeignKey(Theory, models.CASCADE, related_name="reporting_answers")
    item = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(FIRST_ITEM), MaxValueValidator(LAST_ITEM)],
        help_text="Its number in the standard, 1 to 20.",
    )
    answer = models.CharField(max_length=20, choices=Reported, help_text="Whether it is reported.")
    locator = ShortTextField(max_length=300, blank=True, help_text="Where: the page of the report, or an address.")
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
                condition=Q(item__in=[*range(FIRST_ITEM, LAST_ITEM + 1)]),
                violation_error_message="The standard has the items 1 to 20.",
            ),
            choice_is_known("answer", Reported, "reportinganswer_answer_known"),
            not_blank("signed_by", "reportinganswer_signed"),
        )

    def __str__(self) -> str:
        return f"Item {self.item}: {self.get_answer_display()}"
