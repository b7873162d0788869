"""The quotes of a theory counted by CMOC, source, person and role, as a page with filters and as files.

Those who may not read who spoke, and in which transcript, count by the kind of source and by what pages call a speaker.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from django.http import HttpResponseRedirect
from django.urls import reverse

from programmes.actions.order import place_in_order
from programmes.desk.picker import theory_at_hand
from programmes.desk.theory_table import TableView
from programmes.filtersets import NOT_GIVEN
from programmes.formats.tables import csv_lines, csv_values
from programmes.formats.workbooks import NUMBER, WORKBOOK, DataTable, TableColumn, write_workbook
from programmes.models import CMOC, Theory
from programmes.models.short_names import service_name, speaker_name
from programmes.pages.base import FilterChoice, base_url, filter_choice, filter_data
from programmes.pages.copies import FileCopy, refused, written_file
from programmes.pages.keyset import KeysetPage, keyset_page
from programmes.pages.matrix import unretired_cmocs, unretired_evidence
from programmes.pages.quote_table import CSV, about_file
from programmes.search.did_you_mean import shown, suggestion
from programmes.vocabulary import EvidenceRole, SourceKind, TeamRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse, QueryDict

    from programmes.integrity.access import Person

ROWS = 200  # of one page
FILTERS = ("cmoc", "source", "person", "role")
KINDS = dict(SourceKind.choices)
BETWEEN = "~"  # in the name of a row, which no key has


@dataclass(frozen=True)
class HeardFrom:
    """From where words come, or whose they are: a value to choose by, and what it is called."""

    value: str
    label: str

    def __bool__(self) -> bool:
        return self.value != NOT_GIVEN


NOWHERE = HeardFrom(NOT_GIVEN, "Not given")


@dataclass(frozen=True)
class CountedPiece:
    """A quote on a CMOC."""

    cmoc: int
    quote: int
    role: str
    source: HeardFrom
    people: tuple[HeardFrom, ...]  # several where it goes over their turns

    @property
    def row(self) -> tuple[int, HeardFrom, tuple[HeardFrom, ...]]:
        """Return the row that it is counted in."""
        return self.cmoc, self.source, self.people


@dataclass
class CountedRow:
    """The quotes of one source and person on one CMOC, by what they do."""

    cmoc: CMOC
    source: HeardFrom
    people: tuple[HeardFrom, ...]
    roles: Counter[str] = field(default_factory=Counter)

    @property
    def key(self) -> str:
        """Return the name of the row in addresses."""
        return BETWEEN.join([str(self.cmoc.number), self.source.value, *(who.value for who in self.people)])

    @property
    def person(self) -> str:
        """Return whose words they are."""
        first, *others = (who.label for who in self.people)
        return " with ".join([first, *others]) if others else first

    @property
    def by_role(self) -> list[tuple[EvidenceRole, int]]:
        """Return the number of quotes in each role, zeros too."""
        return [(role, self.roles[role]) for role in EvidenceRole]

    @property
    def quotes(self) -> int:
        """Return how many quotes; a quote has one role in one CMOC."""
        return self.roles.total()


@dataclass(frozen=True)
class CountedPage:
    """The rows that fit what is chosen."""

    every_row: list[CountedRow]
    page: KeysetPage[str]
    choices: list[FilterChoice]
    errors: list[str]
    query: str
    totals: list[tuple[EvidenceRole, int]]  # of different quotes
    quotes: int  # different ones
    of: int  # without filters

    @property
    def rows(self) -> list[CountedRow]:
        """Return the rows of this page."""
        shown = set(self.page.keys)
        return [row for row in self.every_row if row.key in shown]

    @property
    def chosen(self) -> bool:
        """Say whether anything is chosen."""
        return any(entry.chosen for entry in self.choices)


def pieces_of_theory(theory: Theory, user: Person, *, names_people: bool) -> list[CountedPiece]:
    """Return the quotes on the standing CMOCs of a theory, as far as somebody may read them."""
    read = pieces_by_name if names_people else pieces_by_kind
    return read(theory, user)


def pieces_by_name(theory: Theory, user: Person) -> list[CountedPiece]:
    """Return them with source and person."""
    evidence = unretired_evidence(theory, user)
    several: dict[int, list[HeardFrom]] = defaultdict(list)
    together = evidence.exclude(quote__also_by=None).values_list("quote", "quote__also_by__pseudonym").distinct()
    for quote, pseudonym in together.order_by("quote", "quote__also_by__pseudonym"):
        several[quote].append(HeardFrom(pseudonym, pseudonym))
    columns = ("cmoc", "quote", "role", "quote__source__key", "quote__source__title", "quote__participant__pseudonym")
    return [
        CountedPiece(
            cmoc,
            quote,
            role,
            HeardFrom(source, f"{title} ({source})" if title != source else title) if source else NOWHERE,
            (HeardFrom(who, who),) if who else tuple(several.get(quote, [NOWHERE])),
        )
        for cmoc, quote, role, source, title, who in evidence.values_list(*columns)
    ]


def pieces_by_kind(theory: Theory, user: Person) -> list[CountedPiece]:
    """Return them with the kind of source and what pages call the speaker."""
    who, service = "quote__participant__", "quote__participant__service__"
    of_speaker = (f"{who}role", f"{who}role_reporting", *(f"{service}{name}" for name in ("name", "service_type")))
    columns = ("cmoc", "quote", "role", "quote__source__kind", f"{who}pk", *of_speaker, f"{service}location")
    found = []
    for cmoc, quote, role, kind, participant, *called in unretired_evidence(theory, user).values_list(*columns):
        speaker_role, reporting, *of_service = called
        place = service_name(*of_service) if of_service[1] else None
        source = HeardFrom(kind, KINDS[kind]) if kind else NOWHERE
        name = speaker_name(speaker_role, reporting, place) if participant else ""
        speaker = HeardFrom(str(name), name) if name else NOWHERE
        found.append(CountedPiece(cmoc, quote, role, source, (speaker,)))
    return found


def fits(piece: CountedPiece, data: QueryDict, numbers: dict[int, str]) -> bool:
    """Say whether a piece is among what is chosen."""
    values = {
        "cmoc": {numbers[piece.cmoc]},
        "source": {piece.source.value},
        "person": {who.value for who in piece.people},
        "role": {piece.role},
    }
    return all(values[name].intersection(data.getlist(name)) for name in FILTERS if name in data)


def counted_choices(
    pieces: Iterable[CountedPiece], cmocs: Iterable[CMOC], data: QueryDict, heads: dict[str, str]
) -> list[FilterChoice]:
    """Return what can be chosen: each value that stands in the table, those not given last."""
    pieces = list(pieces)
    sources = {piece.source for piece in pieces}
    people = {who for piece in pieces for who in piece.people}
    quoted = {piece.cmoc for piece in pieces}
    roles = {piece.role for piece in pieces}

    def options(found: Iterable[HeardFrom]) -> list[tuple[str, str]]:
        in_order = sorted(found, key=lambda one: (not one, one.label.lower(), one.value))
        return [(one.value, one.label) for one in in_order]

    values = {
        "cmoc": [(str(cmoc.number), str(cmoc.short_name)) for cmoc in cmocs if cmoc.pk in quoted],
        "source": options(sources),
        "person": options(people),
        "role": [(role.value, str(role.label)) for role in EvidenceRole if role in roles],
    }
    return [filter_choice(data, name, heads[name], values[name]) for name in FILTERS]


def unknown_values(choice: FilterChoice, data: QueryDict) -> list[str]:
    """Return a sentence for each value that is asked for and stands nowhere in the table."""
    known = [option.value for option in choice.options]
    asked = [value for value in data.getlist(choice.name) if value not in known]
    return [f"{shown(value)} is not known here; {suggestion(value, known)}" for value in asked]


def counted_page(theory: Theory, user: Person, data: QueryDict, after: str = "", *, names_people: bool) -> CountedPage:
    """Return the counts that fit what is chosen."""
    cmocs = theory.in_own_order(unretired_cmocs(theory, user).select_related("group"), place_in_order)
    places = {cmoc.pk: place for place, cmoc in enumerate(cmocs)}
    numbers = {cmoc.pk: str(cmoc.number) for cmoc in cmocs}
    every = pieces_of_theory(theory, user, names_people=names_people)
    choices = counted_choices(every, cmocs, data, heads_of(names_people=names_people))
    errors = [sentence for choice in choices for sentence in unknown_values(choice, data)]
    found = [] if errors else [piece for piece in every if fits(piece, data, numbers)]
    rows: dict[Any, CountedRow] = {}
    quotes: dict[str, set[int]] = defaultdict(set)
    for piece in found:
        row = rows.setdefault(piece.row, CountedRow(cmocs[places[piece.cmoc]], piece.source, piece.people))
        row.roles[piece.role] += 1
        quotes[piece.role].add(piece.quote)
    in_order = sorted(
        rows.values(), key=lambda row: (places[row.cmoc.pk], not row.source, row.source.label, row.person, row.key)
    )
    return CountedPage(
        every_row=in_order,
        page=keyset_page([row.key for row in in_order], after, ROWS),
        choices=choices,
        errors=errors,
        query=data.urlencode(),
        totals=[(role, len(quotes[role])) for role in EvidenceRole],
        quotes=len(set().union(*quotes.values())),
        of=len({piece.quote for piece in every}),
    )


def heads_of(*, names_people: bool) -> dict[str, str]:
    """Return what stands above the columns by which is counted."""
    source, person = ("Source", "Person") if names_people else ("Kind of source", "Speaker")
    return {"cmoc": "CMOC", "source": source, "person": person, "role": "What the quote does"}


def columns_of_counts(*, names_people: bool) -> list[TableColumn]:
    """Return the columns of the table as a file."""
    heads = heads_of(names_people=names_people)
    return [
        TableColumn("Number", "Number of the CMOC, for order.", NUMBER, 9),
        TableColumn("CMOC", "What people call it: its printed label, or its number.", width=12),
        TableColumn("Title", "Title of the CMOC.", width=40),
        TableColumn(heads["source"], "Where the words come from.", width=30),
        TableColumn(heads["person"], "Whose words they are.", width=24),
        *(TableColumn(role.label, f"Quotes with the role “{role.label}”.", NUMBER, 11) for role in EvidenceRole),
        TableColumn("Quotes", "Quotes in any role.", NUMBER, 9),
    ]


def values_of_row(row: CountedRow) -> list[Any]:
    """Return a row as it stands in a file."""
    roles = [number for _, number in row.by_role]
    return [row.cmoc.number, row.cmoc.name, row.cmoc.title, row.source.label, row.person, *roles, row.quotes]


def counts_in_csv(columns: list[TableColumn], rows: list[CountedRow], file: IO[bytes]) -> None:
    """Write the counts as CSV."""
    lines = [[entry.head for entry in columns], *map(values_of_row, rows)]
    file.write(csv_lines(map(csv_values, lines)).encode())


class QuoteCountsStart(TableView):
    """Leads to the counts of the theory at hand, or says that there is none yet."""

    url_name = "desk-quotes"
    title = "Quotes"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Lead to the counts."""
        theory = theory_at_hand(request, self.person)
        if theory is None:
            return self.show("desk/quotes/none.html")
        return HttpResponseRedirect(reverse("desk-quotes-theory", args=[self.study.slug, theory.slug]))


class QuoteCountsView(TableView):
    """The counts of a theory."""

    url_name = "desk-quotes"
    title = "Quotes"

    @property
    def names_people(self) -> bool:
        """Say whether this person may read who spoke."""
        return self.may(TeamRole.CURATOR)

    def counted(self) -> CountedPage:
        """Return the counts that fit the address."""
        data = filter_data(self.request, FILTERS)
        after = self.request.GET.get("after", "")
        return counted_page(self.theory, self.user, data, after, names_people=self.names_people)

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the page."""
        theory_at_hand(request, self.person, self.theory.slug)
        page = self.counted()
        theories = Theory.objects.visible_to(self.user).filter(study=self.study).order_by("title", "pk")
        context = {
            "page": page,
            "theory": self.theory,
            "theories": [theory for theory in theories if theory != self.theory],
            "heads": heads_of(names_people=self.names_people),
            "roles": list(EvidenceRole),
        }
        return self.show("desk/quotes/counts.html", status=400 if page.errors else 200, **context)


class QuoteCountsFile(QuoteCountsView):
    """The same counts as a file."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file."""
        page = self.counted()
        if page.errors:
            return refused(page.errors)
        form = kwargs["form"]
        copy = FileCopy(self.user, self.own_role)
        columns = columns_of_counts(names_people=self.names_people)
        if form == "csv":
            write = partial(counts_in_csv, columns, page.every_row)
            return written_file(write, CSV, copy.name(self.theory.slug, "counts", form))
        meaning = "A row is the quotes of one source and person on one CMOC."
        tables = [DataTable("Counts", meaning, columns, map(values_of_row, page.every_row))]
        about = about_file(self.theory, copy, base_url(request))
        return written_file(
            lambda file: write_workbook(file, about, tables), WORKBOOK, copy.name(self.theory.slug, "counts", form)
        )
