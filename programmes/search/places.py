"""The fields in which each kind of record is searched, how a hit is labelled, and where it links to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from programmes.models import (
    CMOC,
    Caveat,
    CMOCGroup,
    CuratedModel,
    Memo,
    Quote,
    Reading,
    Reference,
    Service,
    Study,
    SubstantiveTheory,
    Theory,
)
from programmes.models.configuration import ELEMENTS
from programmes.models.theory import BEGINS_WITH_A_DIGIT
from programmes.vocabulary import SourceKind
from programmes.words import DocumentsWords, words_of

if TYPE_CHECKING:
    from programmes.integrity.access import Person
    from programmes.models.configuration import PartKind
    from programmes.words import LayeredText

NOTHING = Value("")


@dataclass(frozen=True)
class Place:
    """Where records of one sort are searched, and what a hit shows.

    `page`, `address` and `anchor` make its link; they, `name`, `title` and `text` are lookups or expressions. The name
    is ours and stands before the title, which is somebody's.
    """

    kind: str
    model: type[CuratedModel]
    page: str
    address: tuple[str, ...]
    title: Any
    text: Any
    name: Any = NOTHING
    only: Q = field(default_factory=Q)
    anchor: Any = NOTHING
    one_per_page: bool = False  # whether hits that lead to the same page are one record
    said: type[LayeredText] | None = None  # whose words its texts are, where their field alone does not tell

    def rows(self, user: Person) -> QuerySet[Any, Any]:
        """Return the records that a reader may see."""
        return self.model.objects.visible_to(user).filter(self.only).order_by()

    def columns(self, number: int) -> list[Any]:
        """Return the columns of the union of all places: the place's number, address, anchor, name, title and text."""
        values = (*self.address, *[NOTHING] * (2 - len(self.address)), self.anchor, self.name, self.title, self.text)
        return [Value(number), *(Cast(F(value) if isinstance(value, str) else value, CharField()) for value in values)]

    def words(self, of: Any, text: str) -> str:
        """Return what a row has as its title or its text, as words of those who wrote the field that it comes from."""
        parts: list[Any] = [F(of)] if isinstance(of, str) else [part for part in of.flatten() if isinstance(part, F)]
        *relations, name = parts[0].name.split("__") if parts else [""]
        model: Any = self.model
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        return self.said(text) if self.said and of == self.text else words_of(model, name, text)


def concat(*parts: Any) -> Concat:
    """Join texts; a plain string is the name of a field."""
    return Concat(*(Cast(part, CharField()) for part in parts), output_field=CharField())


def element_places(kind: PartKind) -> tuple[Place, Place]:
    """Return where elements are searched: in their own label, and in their wording in each configuration."""
    name, label = kind.name, f"{kind.relation}__label"
    address = ("cmoc__theory__slug", f"{kind.relation}__key")
    return (
        Place(kind.headings, kind.model, name, ("theory__slug", "key"), "label", "description", one_per_page=True),
        Place(kind.headings, kind.link, name, address, label, kind.wording, one_per_page=True),
    )


def name_of_cmoc(path: str = "") -> Case:
    """Return what people call a configuration, as `cmoc_name` does."""
    label = f"{path}label"
    return Case(
        When(**{label: ""}, then=concat(Value("CMOC "), f"{path}number")),
        When(**{f"{label}__regex": BEGINS_WITH_A_DIGIT}, then=concat(Value("CMOC "), label)),
        default=F(label),
        output_field=CharField(),
    )


OF_DOCUMENT = Q(participant=None, source__kind=SourceKind.DOCUMENT)
BEFORE_TITLE = concat(name_of_cmoc(), Case(When(title="", then=NOTHING), default=Value(": ")))
CMOC_OF = name_of_cmoc("cmoc__")
NOTE_NAME = concat(Value("Note by "), "signed_by")
CAVEAT_NAME = concat(Value("Caveat "), "number")
CAVEAT_ANCHOR = concat(Value("#caveat-"), "number")
REFERENCE_ANCHOR = concat(Value("#reference-"), "number")
PLACES = [
    Place("Theories", Theory, "theory", ("slug",), "title", concat("question", Value(" "), "summary")),
    Place("CMOCs", CMOC, "cmoc", ("theory__slug", "number"), "title", "statement", name=BEFORE_TITLE),
    Place("Groups of CMOCs", CMOCGroup, "theory", ("theory__slug",), "heading", "text"),
    *(place for kind in ELEMENTS for place in element_places(kind)),
    Place("Quotes", Quote, "quote", ("study__slug", "key"), "label_as_printed", "text", only=~OF_DOCUMENT),
    Place(
        "Quotes",
        Quote,
        "quote",
        ("study__slug", "key"),
        "label_as_printed",
        "text",
        only=OF_DOCUMENT,
        said=DocumentsWords,
    ),
    Place(
        "Caveats",
        Caveat,
        "cmoc",
        ("theory__slug", "cmoc__number"),
        NOTHING,
        "text",
        CAVEAT_NAME,
        ~Q(cmoc=None),
        CAVEAT_ANCHOR,
    ),
    Place("Caveats", Caveat, "theory", ("theory__slug",), NOTHING, "text", CAVEAT_NAME, Q(cmoc=None), CAVEAT_ANCHOR),
    Place(
        "Services",
        Service,
        "service",
        ("study__slug", "number"),
        "service_type",
        concat("location", Value(". "), "programme_text"),
        concat("number", Value(" ")),
    ),
    Place(
        "Curators’ readings",
        Reading,
        "cmoc",
        ("cmoc__theory__slug", "cmoc__number"),
        NOTHING,
        concat("text", "resource", Value(" "), "reasoning"),
        CMOC_OF,
    ),
    Place("Curators’ notes", Memo, "memo", ("study__slug", "key"), NOTHING, "text", NOTE_NAME),
    Place("Theories drawn on", SubstantiveTheory, "theory", ("theory__slug",), "name", "description"),
    Place("Studies", Study, "study", ("slug",), "title", concat("aim", Value(" "), "setting")),
    Place("References", Reference, "study", ("study__slug",), "title", "as_printed", anchor=REFERENCE_ANCHOR),
]


def add_places(*places: Place) -> None:
    """Let another app add to what is searched."""
    PLACES.extend(place for place in places if place not in PLACES)
