"""The quotes behind a theory as one flat table: a row for each quote and CMOC that it bears on."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, partial
from typing import IO, TYPE_CHECKING, Any

from programmes.actions.order import place_in_order
from programmes.filtersets import QuoteFilterSet
from programmes.formats.tables import csv_lines, csv_values
from programmes.formats.workbooks import (
    DAY,
    NUMBER,
    TEXT,
    WORKBOOK,
    AboutFile,
    DataTable,
    TableColumn,
    write_workbook,
)
from programmes.models import CMOC, Evidence, Source
from programmes.pages.base import base_url, filter_data, takes
from programmes.pages.copies import file_of_theory, refused, written_file
from programmes.pages.evidence import FACETS, RENAMED
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from programmes.models import Quote, Theory
    from programmes.pages.copies import AskedFile, FileCopy

AT_ONCE = 500  # rows that are read at once
CSV = "text/csv; charset=utf-8"
BESIDE = ("cmoc__group", "quote__study", "quote__participant__service", "quote__source__reference")


@dataclass(frozen=True)
class QuoteLine:
    """A quote and a CMOC that it bears on, as the table has them."""

    evidence: Evidence
    table: QuoteTable

    @property
    def quote(self) -> Quote:
        """Return the quote."""
        return self.evidence.quote

    @property
    def cmoc(self) -> CMOC:
        """Return the CMOC."""
        return self.evidence.cmoc

    @property
    def person(self) -> str:
        """Return who speaks, by pseudonym."""
        return self.quote.participant.pseudonym if self.quote.participant else ""

    @property
    def role_of_speaker(self) -> str:
        """Return the role of whoever speaks, or in which way it is missing."""
        who = self.quote.participant
        if who is None:
            return ""
        return who.role or (who.get_role_reporting_display() if who.role_reporting else "")

    def of_service(self, name: str) -> str:
        """Return what is known of the speaker's service."""
        service = self.quote.participant.service if self.quote.participant else None
        return str(getattr(service, name)) if service else ""

    def of_source(self, name: str) -> str:
        """Return what is known of the source."""
        return str(getattr(self.quote.source, name)) if self.quote.source else ""

    @property
    def kind_of_source(self) -> str:
        """Return where the words come from."""
        return self.quote.source.get_kind_display() if self.quote.source else ""

    @property
    def document(self) -> str:
        """Return the work that it is quoted from, as its reference is printed."""
        reference = self.quote.source.reference if self.quote.source else None
        return f"[{reference.number}] {reference.as_printed}" if reference else ""

    @property
    def line(self) -> int | None:
        """Return in which line of its transcript it begins."""
        quote = self.quote
        if quote.source_id is None or quote.start is None:
            return None
        return bisect_right(self.table.breaks(quote.source_id), quote.start) + 1


@dataclass(frozen=True)
class QuoteColumn(TableColumn):
    """A column of the table: how it is read, and the role that it takes in the team's copy."""

    read: Callable[[QuoteLine], Any] = str
    role: TeamRole | None = None  # None: everybody


def column(
    head: str,
    meaning: str,
    read: Callable[[QuoteLine], Any],
    kind: str = TEXT,
    width: int = 16,
    role: TeamRole | None = None,
) -> QuoteColumn:
    """Return a column."""
    return QuoteColumn(head, meaning, kind, width, read, role)


COLUMNS = (
    column("Theory", "Key of the theory in addresses.", lambda line: line.table.theory.slug),
    column("Number", "Number of the CMOC, for order.", lambda line: line.cmoc.number, NUMBER, 9),
    column("CMOC", "What people call it: its printed label, or its number.", lambda line: line.cmoc.name, width=12),
    column("Title", "Title of the CMOC.", lambda line: line.cmoc.title, width=30),
    column("Group", "Heading under which it stands.", lambda line: line.cmoc.group and line.cmoc.group.heading),
    column("Status", "What has become of the CMOC so far.", lambda line: line.cmoc.get_status_display(), width=12),
    column("Role", "What the quote does to the CMOC.", lambda line: line.evidence.get_role_display(), width=12),
    column("Part", "The part of the CMOC that it speaks to.", lambda line: line.evidence.get_slot_display(), width=12),
    column("Quote", "Key of the quote.", lambda line: line.quote.key, width=12),
    column("Label", "Label of the quote as printed.", lambda line: line.quote.label_as_printed, width=10),
    column("Words", "Exact words; […] is a word that is covered.", lambda line: line.table.words(line.quote), width=70),
    column(
        "Words as printed",
        "The same with the quotation marks as printed.",
        lambda line: line.table.words(line.quote, "text_as_printed"),
        width=30,
    ),
    column(
        "Words for readers",
        "What everybody but the team reads of the words.",
        lambda line: line.quote.shown_text if line.quote.masks else "",
        width=30,
        role=TeamRole.READER,
    ),
    column("Speaker", "Who speaks, as pages name them.", lambda line: line.quote.speaker, width=30),
    column("Role of the speaker", "As the study gives it.", lambda line: line.role_of_speaker, width=20),
    column("Service", "Number of the speaker’s service.", lambda line: line.of_service("number"), width=9),
    column("Name of the service", "What it is called.", lambda line: line.of_service("in_words"), width=30),
    column(
        "Person",
        "Pseudonym of the participant.",
        lambda line: line.person,
        width=14,
        role=TeamRole.CURATOR,
    ),
    column("Kind of source", "Where the words come from.", lambda line: line.kind_of_source, width=14),
    column("Document", "The work that it is quoted from.", lambda line: line.document, width=30),
    column("Source", "Key of the transcript or document.", lambda line: line.of_source("key"), role=TeamRole.CURATOR),
    column(
        "Title of the source",
        "Title of the transcript or document.",
        lambda line: line.of_source("title"),
        width=30,
        role=TeamRole.CURATOR,
    ),
    column(
        "Line",
        "Line of the transcript in which it begins, counted from 1.",
        lambda line: line.line,
        NUMBER,
        8,
        TeamRole.CURATOR,
    ),
    column("Place", "Where it stands in the publication.", lambda line: line.quote.locator),
    column("Why", "Why it counts so, in a curator’s words.", lambda line: line.evidence.note, width=40),
    column("Signed by", "Who says why.", lambda line: line.evidence.signed_by),
    column("Signed on", "When that was said.", lambda line: line.evidence.signed_date, DAY, 12),
    column(
        "Who may read it",
        "Whether the quote is for everybody or for the team.",
        lambda line: line.quote.get_visibility_display(),
        width=12,
        role=TeamRole.READER,
    ),
    column("Address", "Page of the quote.", lambda line: line.table.site + line.quote.get_absolute_url(), width=40),
    column("Title of the theory", "The theory that the CMOC is of.", lambda line: line.table.theory.title, width=30),
    column("Stage", "How far the theory has come.", lambda line: line.table.theory.get_stage_display(), width=10),
    column("Programme", "What was evaluated.", lambda line: line.table.theory.study.programme.name, width=24),
    column("Setting", "Where the study was done.", lambda line: line.table.theory.study.setting, width=24),
    column("Citation", "How to cite the study.", lambda line: line.table.theory.study.citation, width=40),
    column("Licence", "Licence of the study.", lambda line: line.table.theory.study.licence, width=14),
)


class QuoteTable:
    """The rows of a theory's table in the order of the theory, read a few at a time."""

    def __init__(self, theory: Theory, copy: FileCopy, evidence: QuerySet[Evidence, Any], site: str) -> None:
        self.theory: Theory = theory
        self.copy: FileCopy = copy
        self.evidence = evidence
        self.site: str = site
        self.known_breaks: dict[int, list[int]] = {}

    @property
    def columns(self) -> list[QuoteColumn]:
        """Return the columns that this copy has."""
        return [entry for entry in COLUMNS if self.copy.allows(entry.role)]

    def words(self, quote: Quote, name: str = "text") -> str:
        """Return the words of a quote as whoever this copy is for reads them."""
        return self.copy.words(quote, name)

    def breaks(self, source: int) -> list[int]:
        """Return where lines of a transcript end; each is read once."""
        if source not in self.known_breaks:
            text = Source.objects.filter(pk=source).values_list("text", flat=True).get()
            self.known_breaks[source] = [place for place, letter in enumerate(text) if letter == "\n"]
        return self.known_breaks[source]

    @cached_property
    def order(self) -> list[int]:
        """Return the keys of the rows in the order of the theory."""
        cmocs = self.copy.rows(CMOC).filter(theory=self.theory).select_related("group")
        places = {cmoc.pk: place for place, cmoc in enumerate(self.theory.in_own_order(cmocs, place_in_order))}
        found = self.evidence.order_by("cmoc", "position", "pk").values_list("pk", "cmoc")
        return [key for key, _ in sorted(found, key=lambda row: places[row[1]])]

    def lines(self) -> Iterator[QuoteLine]:
        """Yield the rows."""
        rows = Evidence.objects.select_related("cmoc", *BESIDE).defer("quote__source__text", "quote__source__turns")
        for first in range(0, len(self.order), AT_ONCE):
            wanted = self.order[first : first + AT_ONCE]
            found = rows.in_bulk(wanted)
            yield from (QuoteLine(found[key], self) for key in wanted)

    def values(self) -> Iterator[list[Any]]:
        """Yield what stands in each row."""
        columns = self.columns
        return ([entry.read(line) for entry in columns] for line in self.lines())

    def in_csv(self, file: IO[bytes]) -> None:
        """Write it as CSV."""
        heads = [entry.head for entry in self.columns]
        for row in itertools.chain([heads], self.values()):
            file.write(csv_lines([csv_values(row)]).encode())

    def in_workbook(self, file: IO[bytes]) -> None:
        """Write it as a workbook."""
        meaning = "A row is a quote and a CMOC that it bears on."
        table = DataTable("Quotes", meaning, self.columns, self.values())
        write_workbook(file, about_file(self.theory, self.copy, self.site), [table])


def about_file(theory: Theory, copy: FileCopy, site: str) -> AboutFile:
    """Return what a file about a theory says of itself."""
    study = theory.study
    facts: Iterable[tuple[str, str]] = (
        ("Theory", theory.title),
        ("Stage", theory.get_stage_display()),
        ("Study", study.title),
        ("Programme", study.programme.name),
        ("Setting", study.setting),
        ("Citation", study.citation),
        ("DOI", study.doi),
        ("Licence", " ".join(filter(None, (study.licence, study.licence_url, study.licence_note)))),
        ("From", site + theory.get_absolute_url()),
    )
    return AboutFile(theory.title, [fact for fact in facts if fact[1]], copy.notice)


TABLE_FORMATS = {
    "csv": (CSV, QuoteTable.in_csv),
    "xlsx": (WORKBOOK, QuoteTable.in_workbook),
}


@takes("copy", *FACETS, "quote_q", renamed=RENAMED)
@file_of_theory
def quote_table_file(asked: AskedFile, form: str) -> HttpResponse:
    """Return the quotes that the page of quotes finds under the same filters, a row for each CMOC that they bear on."""
    data = filter_data(asked.request, (*FACETS, "quote_q"), RENAMED)
    data["theory"] = asked.theory.slug
    filterset = QuoteFilterSet(data, request=asked.asking)
    if not filterset.is_valid():
        return refused(message for messages in filterset.errors.values() for message in messages)
    evidence = filterset.pieces(asked.copy.rows(Evidence))
    table = QuoteTable(asked.theory, asked.copy, evidence, base_url(asked.request))
    media_type, write = TABLE_FORMATS[form]
    return written_file(partial(write, table), media_type, asked.copy.name(asked.theory.slug, "quotes", form))
