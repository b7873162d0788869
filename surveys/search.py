"""The survey's part of the search."""

from programmes.search.places import Place, add_places
from surveys.models import Survey, TopicGroup


def register_places() -> None:
    """Add surveys and the topics they ask about to the search."""
    add_places(
        Place("Surveys", Survey, "survey", ("slug",), "purpose", ("title",), one_per_page=True),
        Place("Surveys", TopicGroup, "survey", ("survey__slug",), "text", ("survey__title",), one_per_page=True),
    )
