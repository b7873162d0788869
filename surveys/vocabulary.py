"""The words of survey research, as choices."""

from django.db.models import TextChoices


class QuestionType(TextChoices):
    """How a question is answered."""

    FIXED = "fixed", "Fixed response"  # one or more of given categories
    FREE_TEXT = "free-text", "Free text"  # in the respondent's own words
