"""The page of a context, mechanism or outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.models import CMOC, Caveat, Element, Mechanism, Memo, Outcome
from programmes.parts import Part, Parts, parts_of_theory
from programmes.querysets import standing

if TYPE_CHECKING:
    from programmes.querysets import Person


@dataclass(frozen=True)
class Use:
    """A configuration that uses an element."""

    cmoc: CMOC
    wording: str
    parts: Parts


@dataclass(frozen=True)
class ElementPage:
    """Everything that the page of an element shows."""

    element: Element
    slot: str
    slots: str
    uses: list[Use]
    caveats: list[Caveat]
    notes: list[Memo]
    pair: Mechanism | None
    reasonings: list[Mechanism]


def element_page(element: Element, user: Person) -> ElementPage:
    """Return what the page of an element shows."""
    slot = str(element._meta.model_name)
    everybody = parts_of_theory(element.theory_id, user)
    caveats = Caveat.objects.visible_to(user).select_related("outcome", "refutes").order_by("number", "pk")
    uses = []
    for cmoc in CMOC.objects.visible_to(user).filter(standing(), theory=element.theory_id).order_by("number", "pk"):
        parts = everybody.get(cmoc.pk, Parts())
        wordings: list[Part] = [part for part in getattr(parts, f"{slot}s") if part.key == element.key]
        uses += [Use(cmoc, part.wording, parts) for part in wordings]
    return ElementPage(
        element=element,
        slot=slot,
        slots=f"{slot}s",
        uses=uses,
        caveats=list(caveats.filter(outcome=element)) if isinstance(element, Outcome) else [],
        notes=list(Memo.objects.visible_to(user).filter(**{slot: element}).order_by("key", "pk")),
        pair=element.resource if isinstance(element, Mechanism) else None,
        reasonings=(
            list(Mechanism.objects.visible_to(user).filter(resource=element)) if isinstance(element, Mechanism) else []
        ),
    )
