"""The data model of surveys."""

from surveys.models.surveys import QuestionForm, RespondentRole, Survey, TopicGroup

__all__ = ["QuestionForm", "RespondentRole", "Survey", "TopicGroup"]
