"""What the page of a configuration shows, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programmes.models import CMOC, Caveat, CMOCLink, Evidence, LineageEvent, Memo, Service, SubstantiveTheory
from programmes.pages.as_data import PageData, RecordsShown

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.pages.cmocs import CMOCPage


def cmoc_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the evidence on a CMOC, itself, and what is said of it."""
    page: CMOCPage = shown["page"]
    return PageData(
        str(page.cmoc.short_name) if page.cmoc.title or page.cmoc.statement else str(page.cmoc),
        [
            RecordsShown(Evidence, [entry.pk for group in page.groups for entry in group.evidence]),
            RecordsShown(CMOC, [page.cmoc.pk]),
            RecordsShown(Caveat, [caveat.pk for caveat in page.caveats]),
            RecordsShown(CMOCLink, [link.pk for link in page.links]),
            RecordsShown(SubstantiveTheory, [link.substantive_theory_id for link in page.substantive_theories]),
            RecordsShown(LineageEvent, [row.event.pk for row in page.decisions]),
            RecordsShown(Service, [service.pk for service in page.services_quoted]),
            RecordsShown(Memo, [note.pk for note in page.notes]),
        ],
    )
