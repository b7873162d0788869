"""The survey's lines of the field table."""

from programmes.models.field_table import Layer, SeenIn, Unseen, Words, add_field_lines
from surveys.models import QuestionForm, RespondentRole, Survey, TopicGroup


def register_field_lines() -> None:
    """Add whose words the fields of surveys hold, and where they are not seen."""
    add_field_lines(
        Words((Survey, TopicGroup, QuestionForm, RespondentRole), "", Layer.AUTHORS),
        Words((RespondentRole,), "label", Layer.CURATOR),
        Words((Survey,), "title", Layer.RECORD),
        Unseen((Survey,), "visibility", (SeenIn.PAGE,), "it decides who reads the page"),
        Unseen((Survey,), "visibility", (SeenIn.API,), "it decides who gets the row"),
        Unseen((QuestionForm, RespondentRole), "number", (SeenIn.PAGE,), "rows stand in its order"),
        Unseen((QuestionForm,), "kind", (SeenIn.PAGE,), "not shown yet; in the API"),
        Unseen((RespondentRole,), "as_printed", (SeenIn.PAGE,), "not shown yet; in the API"),
        Unseen((Survey,), "tool recruitment pilot analysis", (SeenIn.SEARCH,), "found by title and purpose"),
        Unseen((QuestionForm, RespondentRole), "", (SeenIn.SEARCH,), "read with the survey"),
    )
