"""The page of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from programmes.integrity.known_dates import in_words, period_in_words
from programmes.models import Author, Memo, Programme, Quote, Reference, Service, Study, Theory
from programmes.models.holdings import holdings_of, known_documents
from programmes.pages.as_data import PageData, RecordsShown, told_as_data
from programmes.pages.holdings import absence_sentences
from programmes.vocabulary import Holding

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person


METHODS = (
    *("aim", "setting", "design", "data_collection", "collection_start", "collection_end", "analysis", "involvement"),
    *("reporting_standard", "ethics_body", "funding", "data_availability"),
)
OF_PROGRAMME = ("description", "setting", "reach", "deliverers", "directions", "locations")


@dataclass(frozen=True)
class StudyPage:
    study: Study
    authors: list[Author]
    theories: list[Theory]
    references: list[tuple[Reference, list[Memo]]]
    notes: list[Memo]
    services: int
    quotes: int
    documents: int
    holds: dict[str, str]

    @property
    def names_with_commas(self) -> bool:
        """Say whether a comma would not tell one author from the next."""
        return any("," in str(author) for author in self.authors)

    @property
    def published(self) -> str:
        """Return when the study was published, as far as that is known."""
        return in_words(self.study.published_date)

    @property
    def collected(self) -> str:
        """Return when the data were collected, as far as that is known."""
        return period_in_words(self.study.collection_start, self.study.collection_end)

    @property
    def asked_people(self) -> bool:
        """Say whether it is known that anybody took part."""
        return bool(self.study.interviews) or self.holds["participants"] in {Holding.LOADED, Holding.NOT_PUBLIC}

    @property
    def missing(self) -> list[str]:
        """Return a sentence for each kind of content that the reader does not find here."""
        return list(absence_sentences(self.holds, self.study).values())

    @property
    def told(self) -> bool:
        """Say whether anything is told of how the study was done."""
        return any(getattr(self.study, name) for name in METHODS)

    @property
    def programme_told(self) -> bool:
        """Say whether anything is told of the programme."""
        return any(getattr(self.study.programme, name) for name in OF_PROGRAMME)


def study_page(study: Study, user: Person) -> StudyPage:
    notes: list[Memo] = []
    reference_notes: dict[int, list[Memo]] = {}
    memos = Memo.objects.visible_to(user).filter(study=study, theory=None, service=None, quote=None, source=None)
    for memo in memos.order_by("key", "pk"):
        if memo.reference_id is None:
            notes.append(memo)
        else:
            reference_notes.setdefault(memo.reference_id, []).append(memo)
    references = Reference.objects.visible_to(user).filter(study=study).order_by("number", "pk")
    return StudyPage(
        study=study,
        authors=list(Author.objects.visible_to(user).filter(study=study).order_by("position", "pk")),
        theories=list(Theory.objects.visible_to(user).filter(study=study).order_by("title", "pk")),
        references=[(reference, reference_notes.get(reference.pk, [])) for reference in references],
        notes=notes,
        services=Service.objects.visible_to(user).filter(study=study).count(),
        quotes=Quote.objects.visible_to(user).filter(study=study).count(),
        documents=known_documents(study.pk, user),
        holds=holdings_of(study, user),
    )


def study_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the works of a study, itself, its programme, theories and notes."""
    page: StudyPage = shown["page"]
    notes = [*page.notes, *(note for _, of_reference in page.references for note in of_reference)]
    return PageData(
        page.study.title,
        [
            RecordsShown(Reference, [reference.pk for reference, _ in page.references]),
            RecordsShown(Study, [page.study.pk]),
            RecordsShown(Programme, [page.study.programme_id]),
            RecordsShown(Theory, [theory.pk for theory in page.theories]),
            RecordsShown(Memo, [note.pk for note in notes]),
        ],
    )


@told_as_data(study_data)
def study_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a study was done, and what came of it."""
    found = get_object_or_404(Study.objects.visible_to(request.user).select_related("programme"), slug=slug)
    return TemplateResponse(request, "programmes/study.html", {"page": study_page(found, request.user), "study": found})
