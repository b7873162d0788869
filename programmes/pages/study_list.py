"""The list of studies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.template.response import TemplateResponse

from programmes.integrity.known_dates import in_words
from programmes.models import Author, Study, Theory
from programmes.pages.as_data import PageData, PortionShown, RecordsShown, told_as_data
from programmes.pages.base import takes
from programmes.pages.keyset import KeysetPage, keyset_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 20
NEWEST_FIRST = ("-slug", "pk")


@dataclass(frozen=True)
class StudyListRow:
    """A study, with when it was published and its theories."""

    study: Study
    published: str


@dataclass(frozen=True)
class StudyListPage:
    rows: list[StudyListRow]
    page: KeysetPage[str]


def study_list_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the studies."""
    page = shown["page"].page
    return PageData("Studies", [RecordsShown(Study, page.keys, page.every, by="slug")], PortionShown.of(page))


@takes("after")
@told_as_data(study_list_data)
def study_list(request: HttpRequest) -> HttpResponse:
    studies = Study.objects.visible_to(request.user)
    page = keyset_page(
        list(studies.order_by(*NEWEST_FIRST).values_list("slug", flat=True)), request.GET.get("after"), PAGE_SIZE
    )
    shown = studies.filter(slug__in=page.keys).select_related("programme").order_by(*NEWEST_FIRST)
    with_parts = shown.prefetch_related(
        Prefetch("authors", Author.objects.order_by("position", "pk")),
        Prefetch("theories", Theory.objects.visible_to(request.user).order_by("title", "pk")),
    )
    rows = [StudyListRow(study, in_words(study.published_date)) for study in with_parts]
    return TemplateResponse(request, "programmes/studies.html", {"page": StudyListPage(rows, page)})
