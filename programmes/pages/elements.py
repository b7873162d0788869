"""The page of a context, mechanism or outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render

from programmes.models import CMOC, Caveat, Context, Element, Mechanism, Memo, Outcome
from programmes.models.configuration import Part, Parts, parts_of_theory
from programmes.models.theory import not_retired

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person


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
    for cmoc in CMOC.objects.visible_to(user).filter(not_retired(), theory=element.theory_id).order_by("number", "pk"):
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


def context_detail(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show a context."""
    return element_detail(request, Context, slug, key)


def mechanism_detail(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show a mechanism."""
    return element_detail(request, Mechanism, slug, key)


def outcome_detail(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show an outcome."""
    return element_detail(request, Outcome, slug, key)


def element_detail(request: HttpRequest, model: type[Element], slug: str, key: str) -> HttpResponse:
    """Show an element with every configuration that uses it."""
    rows = model.objects.visible_to(request.user).select_related("theory__study__programme")
    found = get_object_or_404(rows, theory__slug=slug, key=key)
    shown = {"page": element_page(found, request.user), "theory": found.theory, "study": found.theory.study}
    return render(request, "programmes/element.html", shown)
