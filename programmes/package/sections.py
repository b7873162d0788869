"""The structure of a theory package, derived from the models so that a new field needs no change here.

A section holds the rows of one model. A row is a JSON object with the model's fields in their order; a field with its
default value is left out. A related row is named by its key. Rows that belong to another row (the wordings of a
configuration, the authors of a study) are nested in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from programmes.integrity.covered_copies import CoveredCopyField
from programmes.models import (
    CMOC,
    Author,
    Caveat,
    CMOCGroup,
    CMOCLink,
    CuratedModel,
    Delivery,
    DeliveryMode,
    EditorialMark,
    Evidence,
    LineageEvent,
    LineageMove,
    LineageStep,
    Memo,
    Participant,
    PersonKind,
    Population,
    Programme,
    Quote,
    Reading,
    Reference,
    ReportingAnswer,
    Review,
    Sector,
    Service,
    ServiceLocation,
    ServicePlace,
    ServiceSector,
    Source,
    Speaker,
    Study,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    SubstantiveTheoryReference,
    Theory,
)
from programmes.models.configuration import CONFIGURATION, ELEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models

FORMAT = "realist-theory-package"
VERSION = 2


@dataclass(frozen=True)
class Section:
    """The rows of one model, at the top of the document or nested in the rows of another section."""

    name: str
    model: type[CuratedModel]
    parent: str = ""  # the foreign key that the place in the document implies
    key: str = ""  # the field that names a row among those of its parent; empty if its place in the list does
    nested: tuple[Section, ...] = field(default=())
    single: bool = False  # one object instead of a list

    @cached_property
    def fields(self) -> tuple[models.Field[Any, Any], ...]:
        """Return the fields that a row of the document has."""
        implied = {"id", "version", "position", self.parent, "reviewer"}  # whoever signs is named, accounts are not
        return tuple(
            entry
            for entry in self.model._meta.concrete_fields
            if entry.name not in implied
            and not isinstance(entry, CoveredCopyField)  # worked out
            and not (self.model is Study and entry.name == "programme")
        )

    @property
    def relations(self) -> list[str]:
        """Return the relations whose keys a row needs."""
        return [entry.name for entry in self.fields if entry.many_to_one]

    @property
    def positioned(self) -> bool:
        """Say whether the order of the rows in the document is part of their data."""
        return any(entry.name == "position" for entry in self.model._meta.concrete_fields)

    def is_key(self, fields: Iterable[str]) -> bool:
        """Say whether a row is found by what these fields have together."""
        return self.single or set(fields) in ({self.parent, self.key}, {self.parent, "position"})

    def key_of(self, row: CuratedModel) -> str | int:
        """Return what identifies a row of the database among those of its parent."""
        value = getattr(row, self.key or "position")
        return related_key(value) if isinstance(value, CuratedModel) else value


def key_field_of(model: type[models.Model]) -> str:
    """Return the field by which a document identifies rows of a model."""
    return str(model.key_fields[-1])  # type: ignore[attr-defined]  # curated models declare their key


def related_key(row: CuratedModel) -> str | int:
    """Return the key by which a document refers to a row."""
    value: str | int = getattr(row, key_field_of(type(row)))
    return value


def default_of(entry: models.Field[Any, Any]) -> Any:
    """Return the value of a field that a document leaves out."""
    if entry.has_default():
        return entry.get_default()
    return None if entry.null else ""


def is_required(entry: models.Field[Any, Any]) -> bool:
    """Say whether a document must have a value for a field."""
    return not entry.blank and not entry.null and not entry.has_default()


SECTIONS: list[Section] = [
    Section("programme", Programme, key="slug", single=True),
    Section("study", Study, key="slug", single=True, nested=(Section("authors", Author, "study"),)),
    Section("kinds_of_people", PersonKind, "study", "key"),
    Section("sectors", Sector, "study", "key"),
    Section("places", ServicePlace, "study", "key"),
    Section("delivery_modes", DeliveryMode, "study", "key"),
    Section(
        "services",
        Service,
        "study",
        "number",
        nested=(
            Section("sectors", ServiceSector, "service", "sector"),
            Section("places", ServiceLocation, "service", "place"),
            Section("deliveries", Delivery, "service", "mode"),
        ),
    ),
    Section("populations", Population, "study", "key"),
    Section("references", Reference, "study", "number"),
    Section("participants", Participant, "study", "pseudonym"),
    Section("sources", Source, "study", "key", nested=(Section("speakers", Speaker, "source", "label"),)),
    Section("quotes", Quote, "study", "key", nested=(Section("editorial_marks", EditorialMark, "quote"),)),
    Section("theory", Theory, "study", "slug", single=True),
    *(Section(kind.plural, kind.model, "theory", "key") for kind in ELEMENTS),
    Section("groups", CMOCGroup, "theory", "number"),
    Section(
        "cmocs",
        CMOC,
        "theory",
        "number",
        nested=(
            *(Section(kind.plural, kind.link, "cmoc", kind.relation) for kind in CONFIGURATION),
            Section("evidence", Evidence, "cmoc", "quote"),
            Section("readings", Reading, "cmoc", "kind"),
            Section("reviews", Review, "cmoc", "number"),
        ),
    ),
    Section("caveats", Caveat, "theory", "number"),
    Section("reporting_answers", ReportingAnswer, "theory", "item"),
    Section("cmoc_links", CMOCLink, "theory", "number"),
    Section(
        "substantive_theories",
        SubstantiveTheory,
        "theory",
        "key",
        nested=(
            Section("references", SubstantiveTheoryReference, "substantive_theory", "reference"),
            Section("cmocs", SubstantiveTheoryLink, "substantive_theory", "cmoc"),
        ),
    ),
    Section("memos", Memo, "study", "key"),
    Section(
        "lineage",
        LineageEvent,
        "theory",
        "number",
        nested=(Section("steps", LineageStep, "event"), Section("moves", LineageMove, "event")),
    ),
]


def add_section(section: Section) -> None:
    """Let another app add a section; a second call changes nothing."""
    if all(present.name != section.name for present in SECTIONS):
        SECTIONS.append(section)
