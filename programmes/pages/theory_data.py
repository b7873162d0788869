"""What the page of a theory shows, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programmes.models import CMOC, Caveat, CMOCLink, Memo, SubstantiveTheory, Theory
from programmes.pages.as_data import PageData, PortionShown, RecordsShown
from programmes.pages.claims import ClaimsPage

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.pages.theory import TheoryPage


def theory_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the CMOCs of the view that is shown, the theory, and what stands beside them there."""
    page: TheoryPage | ClaimsPage = shown["page"]
    lists = [RecordsShown(CMOC, page.page.keys, page.page.every), RecordsShown(Theory, [page.theory.pk])]
    if isinstance(page, ClaimsPage):
        caveats = [*page.caveats, *(caveat for group in page.groups for caveat in group.caveats)]
        lists.append(RecordsShown(Caveat, [caveat.pk for caveat in caveats]))
    else:
        lists += [
            RecordsShown(Caveat, [caveat.pk for caveat in page.caveats]),
            RecordsShown(CMOCLink, [link.pk for link in page.links]),
            RecordsShown(SubstantiveTheory, [row.pk for row in page.substantive_theories]),
            RecordsShown(Memo, [note.pk for note in page.notes]),
        ]
    return PageData(page.theory.title, lists, PortionShown.of(page.page, page.after_numbers))
