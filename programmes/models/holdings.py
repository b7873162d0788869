"""What a theory and its study hold: of each kind of content whether it is here, or in which way it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from programmes.integrity.access import NOBODY
from programmes.models.evidence import Evidence, Quote
from programmes.models.participants import Participant
from programmes.models.services import Service
from programmes.models.sources import Source
from programmes.models.studies import Study
from programmes.models.theory import CMOC, Theory
from programmes.models.theory_notes import Caveat
from programmes.vocabulary import Holding, SourceKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from programmes.integrity.access import AccessQuerySet, Person
    from programmes.models.base import CuratedModel


@dataclass(frozen=True)
class HeldKind:
    """A kind of content that theories or studies may have: its rows speak for themselves, its absence is said."""

    name: str  # what several are called
    holder: type[Theory | Study]
    model: type[CuratedModel]
    path: str  # from a row to the theory or study that holds it
    counted: Q | None = None  # which rows of the model are such content; none says all
    known: Q = NOBODY  # which of them everybody knows of, although what is in them is the team's alone

    @property
    def absence(self) -> str:
        """Return the field of the theory or study that says in which way there is none."""
        return f"{self.name}_absence"

    def rows(self, holder: Any) -> AccessQuerySet[Any]:
        """Return the rows of one theory or study, or of the one that a query is at."""
        return self.model.objects.filter(self.counted or Q(), **{self.path: holder}).order_by()

    def holding(self, user: Person) -> Case:
        """Return, for a query of theories or studies, whether a person finds such content, or in which way not."""
        rows = self.rows(OuterRef("pk"))
        return Case(
            When(Exists(rows.visible_to(user)), then=Value(Holding.LOADED.value)),
            When(Exists(rows.filter(self.known)), then=Value(Holding.LOADED.value)),
            When(Exists(rows), then=Value(Holding.NOT_PUBLIC.value)),
            default=F(self.absence),
        )


HELD = (
    HeldKind("statements", Theory, CMOC, "theory", ~Q(statement="")),
    HeldKind("quotes", Theory, Evidence, "cmoc__theory"),
    HeldKind("caveats", Theory, Caveat, "theory"),
    HeldKind("services", Study, Service, "study"),
    HeldKind("documents", Study, Source, "study", Q(kind=SourceKind.DOCUMENT), Q(reference__isnull=False)),
    HeldKind("participants", Study, Participant, "study"),
)


def known_documents(study_id: int, user: Person) -> int:
    """Return of how many documents of a study a person knows: of its works, and of those that are quoted."""
    documents = Source.objects.filter(study=study_id, kind=SourceKind.DOCUMENT)
    quoted = Quote.objects.visible_to(user).filter(study=study_id).exclude(source=None).values("source")
    return documents.filter(Q(reference__isnull=False) | Q(pk__in=quoted)).count()


def held_by(holder: type[Any]) -> list[HeldKind]:
    """Return the kinds of content of theories, or of studies."""
    return [kind for kind in HELD if kind.holder is holder]


def with_holdings(rows: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
    """Add to each theory or study what a person finds of each kind of content; nothing where there is none unexplained.

    What is here wins over what was said while it was not.
    """
    annotated: QuerySet[Any, Any] = rows.annotate(
        **{f"{kind.name}_holding": kind.holding(user) for kind in held_by(rows.model)}
    )
    return annotated


def holdings_of(holder: Theory | Study, user: Person) -> dict[str, str]:
    """Return what a person finds of each kind of content of one theory or study."""
    kinds = held_by(type(holder))
    row = with_holdings(type(holder)._default_manager.filter(pk=holder.pk), user)
    values = row.values_list(*(f"{kind.name}_holding" for kind in kinds)).get()
    return dict(zip((kind.name for kind in kinds), values, strict=True))
