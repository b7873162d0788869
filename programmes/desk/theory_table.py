"""The theory as a table that is worked in: a row for each configuration, and a cell for each thing that it says."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.db.models.functions import Left
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from programmes.actions.order import place_in_order
from programmes.desk.base import parse_id
from programmes.desk.bench import FRAGMENT, BenchView
from programmes.desk.picker import theory_at_hand
from programmes.desk.theory_lines import CountedQuotes, SlotHead, slots_of_form
from programmes.models import CMOC, CMOCGroup, Evidence, Theory
from programmes.models.configuration import SLOTS, Part, Parts, parts_of_theory
from programmes.models.short_names import cut_between_words
from programmes.models.slots import FilledSlot, columns_of, slots_from
from programmes.models.theory import not_retired
from programmes.pages.reviews import ReviewProgress, review_progress
from programmes.pages.statement_spans import StatementPiece, statement_pieces
from programmes.vocabulary import CMOCStatus, EvidenceRole, ReviewState, TeamRole
from programmes.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from programmes.integrity.access import Person

SHOWN_AGAINST = 2  # quotes of each row whose beginnings are shown
LONGEST_EXCERPT = 70  # letters
ROWS_AT_ONCE = 150
NO_GROUP = -1  # the id of none
STATUSES = [("", ""), *((status.value, str(status.label)) for status in CMOCStatus if status != CMOCStatus.RETIRED)]


@dataclass(frozen=True)
class TableCell:
    """What a row says in a slot: its parts, or in which way they are missing."""

    head: SlotHead
    parts: list[Part]
    absence: str

    @property
    def text(self) -> str:
        """Return it as it is edited: a part on a line."""
        return "\n".join(part.label for part in self.parts)


@dataclass
class TableRow(CountedQuotes):
    """A configuration as a row."""

    cmoc: CMOC
    pieces: list[StatementPiece]
    cells: list[TableCell]
    progress: ReviewProgress
    roles: dict[str, int] = field(default_factory=dict)
    heard_against: list[tuple[str, str]] = field(default_factory=list)  # beginnings of quotes, and who says them

    @property
    def label(self) -> str:
        """Return its number as lists show it."""
        return self.cmoc.name.removeprefix("CMOC ")

    @property
    def reviewed(self) -> str:
        """Return how far its review is, in a few words."""
        progress = self.progress
        if progress.state == ReviewState.CANDIDATE:
            return ""
        if progress.state == ReviewState.DISPUTED:
            return "disputed"
        if progress.state == ReviewState.IN_REVIEW:
            return f"asked, {progress.agreeing} of {progress.required}"
        return f"agreed by {progress.agreeing}"


@dataclass
class RowGroup:
    """Rows under one heading, or under none."""

    group: CMOCGroup | None
    number: int  # of its rows in all
    is_begun: bool = False  # by rows that are shown already
    rows: list[TableRow] = field(default_factory=list)


def rows_in_order(theory: Theory, user: Person, only: Iterable[int] | None = None) -> list[CMOC]:
    """Return the standing configurations of a theory in its order, all or those with these ids."""
    visible = CMOC.objects.visible_to(user).filter(not_retired(), theory=theory)
    chosen = visible if only is None else visible.filter(pk__in=list(only))
    return theory.in_own_order(chosen.select_related("group", "theory__study"), place_in_order)


def rows_of_table(theory: Theory, user: Person, cmocs: list[CMOC], *, names_people: bool) -> list[TableRow]:
    """Return what a table says of configurations of a theory; who said what is told to those who may read that."""
    parts = parts_of_theory(theory.pk, user)
    progress = review_progress(theory, cmocs, parts, user)
    heads = heads_of_table(theory, parts)
    rows = {}
    for cmoc in cmocs:
        of_row = parts.get(cmoc.pk, Parts())
        filled = slots_from(cmoc, of_row, columns_of(theory.form, [(cmoc, of_row)]))
        by_name = {slot.name: slot for slot in filled}
        cells = [cell_of(head, by_name.get(head.name)) for head in heads]
        rows[cmoc.pk] = TableRow(cmoc, statement_pieces(cmoc.statement, filled), cells, progress[cmoc.pk])
    add_quotes_to(rows, user, names_people=names_people)
    return list(rows.values())


def heads_of_table(theory: Theory, parts: dict[int, Parts]) -> list[SlotHead]:
    """Return the columns for parts: those of the theory's form, and what its configurations have besides."""
    used = {kind.name for kind in SLOTS for of_row in parts.values() if kind.of(of_row)}
    return slots_of_form(theory.form, used - {"actor"} if theory.form != "icamo" else used)


def cell_of(head: SlotHead, slot: FilledSlot | None) -> TableCell:
    """Return the cell of a column."""
    return TableCell(head, slot.parts, slot.absence) if slot else TableCell(head, [], "")


def add_quotes_to(rows: dict[int, TableRow], user: Person, *, names_people: bool) -> None:
    """Add to rows how many quotes bear on them, and the beginnings of those that speak against them."""
    evidence = Evidence.objects.visible_to(user).filter(cmoc__in=rows).order_by()
    for cmoc, role, number in evidence.values_list("cmoc", "role").annotate(Count("pk")):
        rows[cmoc].roles[role] = number
    against = evidence.filter(role=EvidenceRole.COUNTERS).select_related("quote__participant")
    heard: dict[int, list[Any]] = defaultdict(list)
    begins = against.annotate(begins=Left("quote__text", LONGEST_EXCERPT + 20)).defer("quote__text")
    for entry in begins.order_by("cmoc", "position", "pk"):
        if len(heard[entry.cmoc_id]) < SHOWN_AGAINST:
            heard[entry.cmoc_id].append(entry)
    for cmoc, entries in heard.items():
        for entry in entries:
            words = words_of(type(entry.quote), "text", entry.begins)
            who = entry.quote.participant.pseudonym if names_people and entry.quote.participant else ""
            rows[cmoc].heard_against.append((cut_between_words(" ".join(words.split()), LONGEST_EXCERPT), who))


def grouped(rows: Iterable[TableRow], cmocs: list[CMOC], *, begun: int | None) -> list[RowGroup]:
    """Return rows under their headings; of `begun` rows are shown already. All rows tell how many each has."""
    numbers = Counter(cmoc.group_id for cmoc in cmocs)
    groups: list[RowGroup] = []
    for row in rows:
        group = row.cmoc.group_id
        if not groups or (groups[-1].group and groups[-1].group.pk) != group:
            groups.append(RowGroup(row.cmoc.group, numbers[group], is_begun=not groups and group == begun))
        groups[-1].rows.append(row)
    return groups


def counts_of_table(cmocs: list[CMOC], user: Person) -> dict[str, int]:
    """Return how many quotes bear on configurations, for and against, and on how many of them any speaks against."""
    evidence = Evidence.objects.visible_to(user).filter(cmoc__in=[cmoc.pk for cmoc in cmocs]).order_by()
    against = Q(role=EvidenceRole.COUNTERS)
    return evidence.aggregate(
        number_for=Count("pk", filter=~against),
        number_against=Count("pk", filter=against),
        rows_against=Count("cmoc", filter=against, distinct=True),
    )


class TableView(BenchView):
    """What the table and its acts have in common: the theory that the address names."""

    url_name = "desk-table"
    title = "Table"

    @cached_property
    def theory(self) -> Theory:
        """Return the theory that the address names. Raises Http404."""
        rows = Theory.objects.visible_to(self.person).filter(study=self.study).select_related("study")
        found = rows.filter(slug=self.kwargs.get("theory", "")).first()
        if found is None:
            raise Http404
        return found

    @property
    def address(self) -> str:
        """Return the address of the table."""
        return reverse("desk-table-theory", args=[self.study.slug, self.theory.slug])

    def table(self, only: Iterable[int] | None = None, *, first: int = 1, last: int | None = None) -> dict[str, Any]:
        """Return what the rows of the table show: all, those with these ids, or those from one place to another."""
        cmocs = rows_in_order(self.theory, self.person, only)
        shown = cmocs[first - 1 : last]
        rows = rows_of_table(self.theory, self.person, shown, names_people=self.may(TeamRole.CURATOR))
        heads = [cell.head for cell in rows[0].cells] if rows else slots_of_form(self.theory.form)
        goes_on = FRAGMENT in self.request.headers and first > 1 and rows  # after the rows that are shown already
        following = first + len(rows)
        return {
            "rows": rows,
            "groups": grouped(rows, cmocs, begun=cmocs[first - 2].group_id if goes_on else NO_GROUP),
            "first": first,
            "following": following if following <= len(cmocs) else None,
            "to_following": min(following + ROWS_AT_ONCE - 1, len(cmocs)),
            "before": max(1, first - ROWS_AT_ONCE) if first > 1 else None,
            "number_of_rows": len(cmocs),
            "all_cmocs": cmocs,
            "heads": heads,
            "address": self.address,
            "may_write": self.may(TeamRole.CURATOR),
            "statuses": STATUSES,
            "columns": len(heads),
        }


class TableStart(BenchView):
    """Leads to the table of the theory at hand, or says that there is none yet."""

    url_name = "desk-table"
    title = "Table"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Lead to the table."""
        theory = theory_at_hand(request, self.person)
        if theory is None:
            return self.show("desk/table/none.html")
        return HttpResponseRedirect(reverse("desk-table-theory", args=[self.study.slug, theory.slug]))


class TheoryTableView(TableView):
    """The table of a theory: its first rows, and as a piece of the page those that follow."""

    def window(self) -> dict[str, Any]:
        """Return the rows from the one on that the address names; of a list that is short, all."""
        first = max(1, parse_id(self.request.GET.get("from", "")) or 1)
        return self.table(first=first, last=first + ROWS_AT_ONCE - 1)

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the page."""
        theory_at_hand(request, self.person, self.theory.slug)
        theories = Theory.objects.visible_to(self.person).filter(study=self.study).order_by("title", "pk")
        table = self.window()
        if FRAGMENT in request.headers:
            return HttpResponse(self.fragment("desk/table/_body.html", **table))
        shown = {
            **table,
            "theories": [theory for theory in theories if theory != self.theory],
            **counts_of_table(table["all_cmocs"], self.person),
            "headings": list(CMOCGroup.objects.filter(theory=self.theory).values_list("heading", flat=True)),
            "foot": self.foot() if table["may_write"] else None,
        }
        return self.show("desk/table/table.html", **self.shared(**shown))


def heads_in_words(theory: Theory) -> dict[str, str]:
    """Return the words that may stand above a column of pasted rows, with the column that they name."""
    kinds = {kind.name: kind for kind in SLOTS}
    found = {"title": "title", "name": "title", "statement": "statement", "working statement": "statement"}
    found |= {"cmoc": "statement", "configuration": "statement", "status": "status", "group": "group"}
    for head in slots_of_form(theory.form, kinds):
        kind = kinds[head.name]
        found |= dict.fromkeys([head.heading, kind.heading, kind.headings, kind.name, kind.name[0]], head.name)
    return found
