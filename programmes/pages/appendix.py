"""The appendix of a theory, for a journal or for the team: as Word, PDF or a workbook, whole or in chosen parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import IO, TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone

from programmes.filtersets import CMOCFilterSet
from programmes.formats.pdf_documents import pdf_document
from programmes.formats.printed_document import (
    PaperTable,
    PrintedDocument,
    PrintedFigure,
    PrintedHeading,
    PrintedText,
)
from programmes.formats.web import WebFile, drawing, sheet_of
from programmes.formats.word_documents import word_document
from programmes.formats.workbooks import WORKBOOK, write_workbook
from programmes.models import Author, Evidence
from programmes.pages.appendix_parts import PARTS
from programmes.pages.appendix_tables import AppendixSource
from programmes.pages.base import base_url, get_theory, takes
from programmes.pages.choices import PARAMETERS
from programmes.pages.copies import file_of_theory, refused, role_of, written_file
from programmes.pages.holdings import absence_sentences
from programmes.pages.quote_table import about_file
from programmes.pages.theory import context_sentence, theory_page
from programmes.pages.web import add_evidence
from programmes.search.did_you_mean import shown, suggestion
from programmes.tables_in.heads import OWN_KEYWORD
from programmes.vocabulary import Visibility

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse

    from programmes.formats.printed_document import PrintedBlock
    from programmes.pages.appendix_tables import AppendixPart
    from programmes.pages.copies import AskedFile, FileCopy
    from programmes.pages.theory import TheoryPage

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FIGURE = "figure"
NAMES = {
    FIGURE: "Figure",
    "cmocs": "CMOCs",
    "quotes": "Quotes for and against",
    "caveats": "Caveats",
    "relations": "Relations",
    "services": "Services",
    "names": "Names of parts (the team’s copy)",
    "sources": "Sources (the team’s copy)",
    "participants": "Participants by kind",
    "methods": "Methods",
    "decisions": "Decisions",
    "reviews": "Reviews",
    "checklist": "Reporting checklist",
}
OF_TEAM = {"names", "sources"}  # without which the team’s copy could not be read back
PAPERS = {"portrait": "portrait", "landscape": "landscape"}
EACH = {"all": None, "1": 1, "2": 2, "3": 3}  # quotes for each CMOC, and as many against it
WIDE = 6  # columns of the table of CMOCs from which on the page lies on its side
OWN = ("copy", "part", "paper", "quotes")


@dataclass(frozen=True)
class Appendix:
    """An appendix: of what, with which parts in which order, and on which paper."""

    source: AppendixSource
    parts: list[str]
    chosen: bool  # whether somebody chose other parts or another order: then one that is empty says so
    paper: str

    @property
    def copy(self) -> FileCopy:
        """Return for whom it is."""
        return self.source.copy

    @cached_property
    def tables(self) -> dict[str, AppendixPart]:
        """Return the parts that are tables, in their order."""
        names = [name for name in self.parts if name != FIGURE and (name not in OF_TEAM or self.copy.of_team)]
        found = {name: PARTS[name](self.source) for name in names}
        return {name: part for name, part in found.items() if self.chosen or part.rows or part.sentences}

    @property
    def landscape(self) -> bool:
        """Say whether the pages lie on their sides: as somebody chose, or where the table of CMOCs is wide."""
        if self.paper:
            return self.paper == "landscape"
        return "cmocs" in self.tables and len(self.tables["cmocs"].printed) > WIDE

    def document(self) -> PrintedDocument:
        """Return it for paper."""
        theory, study = self.source.theory, self.source.theory.study
        address = self.source.site + theory.get_absolute_url()
        foot = f"{study.title} · {address} · {timezone.localdate():%d %B %Y}"
        return PrintedDocument(theory.title, self.copy.notice, foot, self.landscape, list(self.blocks()))

    def blocks(self) -> Iterator[PrintedBlock]:
        """Yield what stands in it."""
        yield from self.head()
        for name in self.parts:
            if name == FIGURE:
                yield from self.figure()
            elif name in self.tables:
                yield from printed_part(self.tables[name])

    def head(self) -> Iterator[PrintedBlock]:
        """Yield the title and what has to be known of the theory."""
        theory, study = self.source.theory, self.source.theory.study
        yield PrintedHeading(theory.title)
        authors = self.copy.rows(Author).filter(study=study).order_by("position", "pk")
        names = "; ".join(map(str, authors))
        about = about_file(theory, self.copy, self.source.site)
        said = [f"{head}: {text}" for head, text in about.facts if head != "Theory"]
        said = [*([f"Authors: {names}"] if names else []), *said]
        if not self.is_public:
            said.append("The theory is not public yet: its address opens for the team of the study alone.")
        yield from map(PrintedText, filter(None, (theory.summary, context_sentence(theory))))
        yield from (PrintedText(text, quiet=True) for text in said)
        missing = absence_sentences(self.source.page.holds, study).values()
        yield from (PrintedText(text, quiet=True) for text in missing)

    @property
    def is_public(self) -> bool:
        """Say whether everybody may read the theory."""
        theory = self.source.theory
        return Visibility.PUBLIC == theory.visibility == theory.study.visibility

    def figure(self) -> Iterator[PrintedBlock]:
        """Yield the picture of the theory, or say why there is none."""
        page, theory = self.source.page, self.source.theory
        if page.is_apart:
            address = f"{self.source.site}{theory.get_absolute_url()}?view=picture"
            number = len(page.rows)
            yield PrintedHeading("Figure", 2)
            yield PrintedText(f"{number} CMOCs are too many for one picture; each outcome has its own at {address}")
        elif page.columns and page.rows:
            web = WebFile("", "", "", page.web, page.pictures)
            sheet = sheet_of(web)
            caption = f"{theory.title}. {page.summary}"
            told = f"{page.summary} {web.description} The same stands in the table of CMOCs."
            yield PrintedFigure(caption, told, drawing(web), sheet.width, sheet.height)
        elif self.chosen:
            yield PrintedHeading("Figure", 2)
            yield PrintedText("Nothing is drawn of it.")

    def in_word(self, file: IO[bytes]) -> None:
        """Write it as Word."""
        file.write(word_document(self.document()))

    def in_pdf(self, file: IO[bytes]) -> None:
        """Write it as PDF."""
        file.write(pdf_document(self.document()))

    def in_workbook(self, file: IO[bytes]) -> None:
        """Write it as a workbook, a sheet for each part."""
        about = about_file(self.source.theory, self.copy, self.source.site)
        write_workbook(
            file, replace(about, keywords=OWN_KEYWORD), [part.in_workbook() for part in self.tables.values()]
        )


def printed_part(part: AppendixPart) -> Iterator[PrintedBlock]:
    """Yield a part as heading, sentences and table, without columns in which nothing stands."""
    yield PrintedHeading(part.heading, 2)
    yield from map(PrintedText, part.sentences)
    places = part.printed
    if not places:
        if not part.sentences:
            yield PrintedText("None is here.")
        return
    columns = [part.columns[place] for place in places]
    yield PaperTable(
        caption=part.caption,
        heads=[column.head for column in columns],
        shares=[column.share for column in columns],
        rows=[[on_paper(row[place]) for place in places] for row in part.rows],
        description=f"{part.meaning} Columns: {', '.join(column.head for column in columns)}.",
    )


def on_paper(value: object) -> str:
    """Return a value as it is printed."""
    if value is None:
        return ""
    return value.strftime("%d %B %Y").lstrip("0") if hasattr(value, "strftime") else str(value)


APPENDIX_FORMATS: dict[str, tuple[str, Callable[[Appendix, IO[bytes]], None]]] = {
    "docx": (WORD, Appendix.in_word),
    "pdf": ("application/pdf", Appendix.in_pdf),
    "xlsx": (WORKBOOK, Appendix.in_workbook),
}


def page_of_copy(asked: AskedFile) -> TheoryPage:
    """Return the theory as its page shows it under the filters of an address, with what the copy may count."""
    copy, theory = asked.copy, asked.theory
    page = theory_page(asked.asking, theory, base_url(asked.request))
    rows = {row.cmoc.pk: row for row in (*page.every_row, *page.rows)}
    for row in rows.values():
        row.roles, row.quoted, row.speakers = {}, {}, set()
    among = copy.rows(Evidence).filter(cmoc__in=rows)
    add_evidence(rows, copy.user, theory, among)
    return page


def unknown_choices(request: HttpRequest) -> list[str]:
    """Return a sentence for each choice of an address that there is not."""
    known = {"part": [*NAMES], "paper": [*PAPERS], "quotes": [*EACH]}
    return [
        f"{shown(value)} is not known here; {suggestion(value, values)}"
        for name, values in known.items()
        for value in request.GET.getlist(name)
        if value and value not in values
    ]


@takes(*OWN, *PARAMETERS, renamed=CMOCFilterSet.renamed)
@file_of_theory
def appendix_file(asked: AskedFile, form: str) -> HttpResponse:
    """Return the appendix of a theory, or of what a filter leaves of it."""
    page, chosen = page_of_copy(asked), asked.request.GET
    if errors := [*unknown_choices(asked.request), *page.errors]:
        return refused(errors)
    parts = [*dict.fromkeys(filter(None, chosen.getlist("part")))]
    each = EACH[chosen.get("quotes") or "all"]
    source = AppendixSource(asked.theory, page, asked.copy, base_url(asked.request), each)
    appendix = Appendix(source, parts or [*NAMES], parts not in ([], [*NAMES]), chosen.get("paper", ""))
    media_type, write = APPENDIX_FORMATS[form]
    return written_file(partial(write, appendix), media_type, asked.copy.name(asked.theory.slug, "appendix", form))


@takes(*PARAMETERS, renamed=CMOCFilterSet.renamed)
def appendix_choices(request: HttpRequest, slug: str) -> HttpResponse:
    """Show which parts an appendix may have, in which order and on which paper."""
    theory = get_theory(request, slug)
    page = theory_page(request, theory)
    names = list(NAMES)
    context = {
        "theory": theory,
        "study": theory.study,
        "page": page,
        "places": list(enumerate(names, 1)),
        "names": NAMES,
        "forms": {"docx": "Word", "pdf": "PDF", "xlsx": "Workbook (XLSX)"},
        "of_team": role_of(request.user, theory.study) is not None,
        "kept": [(name, value) for name in PARAMETERS for value in request.GET.getlist(name) if value],
    }
    return render(request, "programmes/appendix.html", context, status=400 if page.errors else 200)
