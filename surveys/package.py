"""The survey's part of the theory package."""

from programmes.package.sections import Section, add_section
from surveys.models import QuestionForm, RespondentRole, Survey, TopicGroup


def register_sections() -> None:
    """Add the section of surveys to the package."""
    nested = (
        Section("topic_groups", TopicGroup, "survey", "number"),
        Section("question_forms", QuestionForm, "survey", "number"),
        Section("respondent_roles", RespondentRole, "survey", "number"),
    )
    add_section(Section("surveys", Survey, "study", "slug", nested=nested))
