"""What reviewers say of a configuration as it stood when they read it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_is_known, not_blank
from programmes.integrity.dates import ActDateField
from programmes.integrity.text import LINE_LETTERS, STATEMENT_LETTERS, LinesField, LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.theory import CMOC
from programmes.vocabulary import Verdict

MOST_REVIEWED_LINES = 10_000  # a property or a part of a configuration on each


class Review(CuratedModel):
    """A reviewer's verdict on one exact wording of a configuration.

    It holds that wording. Once the configuration says something else, the review is of an earlier wording, and the
    configuration is open again. A disagreement stays and is shown; verdicts are never averaged.
    """

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="reviews")
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=20, choices=Verdict)
    comment = LongTextField(blank=True, help_text="Why. Required unless you agree. Shown with the CMOC.")
    signed_by = ShortTextField(max_length=150)
    signed_date = ActDateField()
    wording = LinesField(
        line_letters=STATEMENT_LETTERS + LINE_LETTERS,
        most_lines=MOST_REVIEWED_LINES,
        help_text="The configuration as it was reviewed, a property on each line.",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reviews"
    )

    access = Access(study="cmoc__theory__study", theory="cmoc__theory")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "number")

    class Meta:
        ordering = ("cmoc", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["cmoc", "number"], name="review_number_unique"),
            models.CheckConstraint(name="review_number_positive", condition=Q(number__gt=0)),
            not_blank("signed_by", "review_signed"),
            choice_is_known("verdict", Verdict, "review_verdict_known"),
            models.CheckConstraint(
                name="review_says_why",
                condition=Q(verdict=Verdict.AGREE) | ~Q(comment=""),
                violation_error_message="Say why you do not agree, or what should change.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}, {self.signed_by}"
