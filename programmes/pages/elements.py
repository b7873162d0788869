"""The page of a context, mechanism or outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from programmes.filtersets.base import leads_to_unretired
from programmes.filtersets.theory_notes import CMOCS_OF_LINK
from programmes.models import CMOC, Caveat, CMOCLink, Context, Element, Mechanism, Memo, Outcome
from programmes.models.configuration import (
    Part,
    Parts,
    kind_of_element,
    parts_of_theory,
)
from programmes.models.slots import FilledSlot, SlotColumn, columns_of, slots_from
from programmes.models.theory import not_retired
from programmes.pages.as_data import DataColumn, LinesShown, PageData, RecordsShown, told_as_data
from programmes.vocabulary import MemoAbout

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person


@dataclass(frozen=True)
class Use:
    """A configuration that uses the element."""

    cmoc: CMOC
    wording: str
    slots: list[FilledSlot]


@dataclass(frozen=True)
class ElementPage:
    element: Element
    slot: str
    slots: str
    columns: list[SlotColumn]
    uses: list[Use]
    caveats: list[Caveat]
    links: list[CMOCLink]
    notes: list[Memo]
    pair: Mechanism | None
    reasonings: list[Mechanism]
    part: Part  # what is said of it wherever it is shown

    @property
    def worded(self) -> bool:
        """Say whether any configuration has the element in words of its own."""
        return any(use.wording for use in self.uses)


def element_page(element: Element, user: Person) -> ElementPage:
    kind = kind_of_element(type(element))
    everybody = parts_of_theory(element.theory_id, user)
    caveats = Caveat.objects.visible_to(user).select_related("outcome", "refutes").order_by("number", "pk")
    notes = Memo.objects.visible_to(user)
    notes = notes.filter(**{kind.name: element}) if kind.name in MemoAbout.values else notes.none()
    cmocs = CMOC.objects.visible_to(user).filter(not_retired(), theory=element.theory_id).order_by("number", "pk")
    configurations = [(cmoc, everybody.get(cmoc.pk, Parts())) for cmoc in cmocs]
    columns = columns_of(
        element.theory.form,
        [(cmoc, parts) for cmoc, parts in configurations if element.key in {part.key for part in kind.of(parts)}],
    )
    uses = []
    for cmoc, parts in configurations:
        slots = slots_from(cmoc, parts, columns)
        uses += [Use(cmoc, part.wording, slots) for part in kind.of(parts) if part.key == element.key]
    return ElementPage(
        element=element,
        slot=kind.name,
        slots=kind.plural,
        columns=columns,
        uses=uses,
        caveats=list(caveats.filter(outcome=element)) if isinstance(element, Outcome) else [],
        links=links_of(element, user),
        notes=list(notes.order_by("key", "pk")),
        pair=element.resource if isinstance(element, Mechanism) else None,
        part=Part(element.key, element.label, "", qualities=tuple(getattr(element, name) for name in kind.qualities)),
        reasonings=(
            list(Mechanism.objects.visible_to(user).filter(resource=element)) if isinstance(element, Mechanism) else []
        ),
    )


def links_of(element: Element, user: Person) -> list[CMOCLink]:
    """Return what an outcome leads on to or is related to, and from what a context or an outcome comes about."""
    ends = {Outcome: ("source_outcome", "target_outcome"), Context: ("target_context",)}.get(type(element), ())
    if not ends:
        return []
    at_an_end = Q(*[(end, element) for end in ends], _connector=Q.OR)
    return list(
        CMOCLink.objects.visible_to(user)
        .filter(at_an_end, leads_to_unretired(CMOCLink, *CMOCS_OF_LINK))
        .select_related("source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_context")
        .order_by("number", "pk")
    )


OF_ELEMENT = ("key", "label", "description", "level")


def element_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the CMOCs that use an element, itself, and what is said of it."""
    page: ElementPage = shown["page"]
    fields = [entry for entry in type(page.element)._meta.concrete_fields if entry.name in OF_ELEMENT]
    columns = [DataColumn(entry.name, "string", str(entry.help_text or entry.verbose_name)) for entry in fields]
    values = {name: str(getattr(page.element, name)) for name in OF_ELEMENT}
    itself: RecordsShown | LinesShown = LinesShown(page.slots, "The element that the page is about.", columns, [values])
    if isinstance(page.element, Context | Mechanism | Outcome):  # which the API has rows of
        itself = RecordsShown(type(page.element), [page.element.pk])
    return PageData(
        page.element.label,
        [
            RecordsShown(CMOC, list(dict.fromkeys(use.cmoc.pk for use in page.uses))),
            itself,
            RecordsShown(Caveat, [caveat.pk for caveat in page.caveats]),
            RecordsShown(CMOCLink, [link.pk for link in page.links]),
            RecordsShown(Memo, [note.pk for note in page.notes]),
        ],
    )


@told_as_data(element_data)
def element_detail(request: HttpRequest, slug: str, key: str, model: type[Element]) -> HttpResponse:
    """Show an element with every configuration that uses it."""
    rows = model.objects.visible_to(request.user).select_related("theory__study__programme")
    found = get_object_or_404(rows, theory__slug=slug, key=key)
    shown = {"page": element_page(found, request.user), "theory": found.theory, "study": found.theory.study}
    return TemplateResponse(request, "programmes/element.html", shown)
