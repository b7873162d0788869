"""The list of studies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.shortcuts import render

from programmes.integrity.known_dates import in_words
from programmes.models import Author, Study, Theory
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


@takes("after")
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
    return render(request, "programmes/studies.html", {"page": StudyListPage(rows, page)})
