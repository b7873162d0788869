"""The comparison of two codings of a source: how far they agree, where they differ, and both in the transcript."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from programmes.desk.first_coding import CodedSpan, first_coding, role_phrase
from programmes.desk.source_screens import FirstCodingView
from programmes.desk.transcripts import Passage, shown_transcript
from programmes.formats.tables import csv_lines, csv_values
from programmes.models import CMOC, SecondCode, SecondCoding
from programmes.pages.base import attachment
from programmes.transcripts.agreement import coded_lines, compare
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest, HttpResponse

    from programmes.desk.transcripts import Transcript
    from programmes.integrity.access import Person
    from programmes.transcripts.agreement import Agreement, Alpha

    Roles = dict[int, dict[int, set[str]]]  # what a coding says of each configuration, on each line

COLUMNS = (
    "CMOC",
    "Title",
    "Theory",
    "Lines in both codings",
    "Lines in the first only",
    "Lines in the second only",
    "Share in both",
    "Alpha over coded lines",
    "Coded lines",
    "Alpha over all lines",
    "All lines",
)
NOTHING = "nothing"


@dataclass(frozen=True)
class AgreementRow:
    """The agreement on one configuration, or on all of them."""

    cmoc: CMOC | None
    agreement: Agreement

    @property
    def share(self) -> str:
        """Return the lines in both codings as a percentage of those in either."""
        share = self.agreement.share
        return "–" if share is None else f"{share:.0%}"

    @property
    def cells(self) -> list[Any]:
        """Return the row as it is written to CSV."""
        found = self.agreement
        named = [str(self.cmoc), self.cmoc.title, self.cmoc.theory.title] if self.cmoc else ["All CMOCs", "", ""]
        counts = [found.both, found.only_first, found.only_second]
        share = "" if found.share is None else round(found.share, 4)
        figures = [alpha_value(found.alpha), found.coded, alpha_value(found.alpha_over_all), found.lines]
        return [*named, *counts, share, *figures]


def alpha_value(alpha: Alpha) -> float | str:
    """Return alpha for CSV: an unrounded number, or why there is none."""
    return str(alpha) if alpha.value is None else round(alpha.value, 4)


@dataclass(frozen=True)
class Difference:
    """A run of lines on which the two codings differ in the same way."""

    first_line: int
    last_line: int
    cmoc: CMOC
    first: str
    second: str


@dataclass(frozen=True)
class AgreementPage:
    rows: list[AgreementRow]
    overall: AgreementRow
    differences: list[Difference]
    transcript: Transcript
    coded: int
    lines: int
    people: str

    def table(self) -> list[list[Any]]:
        """Return the table as it is written to CSV."""
        return [list(COLUMNS), *(row.cells for row in (*self.rows, self.overall))]


def agreement_page(coding: SecondCoding, user: Person, *, as_finished: bool) -> AgreementPage:
    """Compare a finished blind coding with the first coding of its source.

    The first coding is taken as it stood when the blind one was finished, or as it stands now.
    """
    when = coding.history.latest().history_date if as_finished else timezone.now()
    before = first_coding(coding.source, when)
    codes = SecondCode.objects.visible_to(user).filter(coding=coding).order_by("start", "end", "cmoc")
    second = [CodedSpan(*values) for values in codes.values_list("start", "end", "cmoc_id", "role")]
    used = {code.cmoc for code in (*before.codes, *second)}
    cmocs = CMOC.objects.visible_to(user).filter(pk__in=used).select_related("theory")
    named = {cmoc.pk: cmoc for cmoc in cmocs.order_by("theory__title", "theory", "number")}
    # The codes of a configuration that was deleted since went with it, in the second coding; so they do in the first.
    first = [code for code in before.codes if code.cmoc in named]
    transcript = shown_transcript(coding.source, passages_of(first, second, named), styled_by_coding)
    spans, numbers = lines_with_words(transcript)
    found = compare(spans, *([(code.start, code.end, code.cmoc) for code in coded] for coded in (first, second)))
    return AgreementPage(
        rows=[AgreementRow(cmoc, found.codes[pk]) for pk, cmoc in named.items()],
        overall=AgreementRow(None, found.overall),
        differences=[
            Difference(numbers[start], numbers[end], named[pk], first=one, second=other)
            for start, end, pk, one, other in differing_runs(
                roles_on(spans, first), roles_on(spans, second), list(named)
            )
        ],
        transcript=transcript,
        coded=found.coded,
        lines=found.lines,
        people=who_coded(coding, before.people),
    )


def passages_of(first: list[CodedSpan], second: list[CodedSpan], named: dict[int, CMOC]) -> list[Passage]:
    """Return the passages of both codings, in the order of the transcript."""
    return sorted(
        (
            Passage(
                anchor=f"{whose}-{position}",
                start=code.start,
                end=code.end,
                summary=f"{whose}: {role_phrase(code.role, named[code.cmoc])}",
                kinds=frozenset({f"{whose} {code.cmoc}"}),
            )
            for whose, codes in (("first", first), ("second", second))
            for position, code in enumerate(codes, 1)
        ),
        key=lambda passage: (passage.start, passage.end),
    )


def styled_by_coding(passages: list[Passage]) -> str:
    """Return how text under these passages is underlined: by whose they are, and whether they agree."""
    kinds = set().union(*(passage.kinds for passage in passages))
    first, second = (
        {kind.removeprefix(whose) for kind in kinds if kind.startswith(whose)} for whose in ("first ", "second ")
    )
    if not second:
        return "only-first"
    if not first:
        return "only-second"
    return "both-alike" if first == second else "both-differ"


def lines_with_words(transcript: Transcript) -> tuple[list[tuple[int, int]], list[int]]:
    """Return start and end of each line that is not empty, and the numbers of these lines."""
    spans, numbers = [], []
    for shown in transcript.lines:
        line = shown.line
        if words := line.text.strip():
            start = line.start + line.text.index(words)
            spans.append((start, start + len(words)))
            numbers.append(line.number)
    return spans, numbers


def roles_on(spans: Sequence[tuple[int, int]], codes: list[CodedSpan]) -> Roles:
    """Return, for each configuration, the roles that a coding gives it on each line."""
    found: Roles = defaultdict(lambda: defaultdict(set))
    placed = coded_lines(spans, ((code.start, code.end, (code.cmoc, code.role)) for code in codes))
    for (cmoc, role), lines in placed.items():
        for line in lines:
            found[cmoc][line].add(role)
    return found


def differing_runs(first: Roles, second: Roles, order: list[int]) -> Iterator[tuple[int, int, int, str, str]]:
    """Yield the runs of lines on which two codings differ in the same way, in the order of the lines.

    Each has its first and last line, the configuration, and what either coding says of it.
    """
    runs: list[tuple[int, int, int, str, str]] = []
    for position, cmoc in enumerate(order):
        one, other = first.get(cmoc, {}), second.get(cmoc, {})
        for line in sorted(one.keys() | other.keys()):
            said = roles_in_words(one.get(line)), roles_in_words(other.get(line))
            if said[0] == said[1]:
                continue
            if runs and runs[-1][1:] == (line - 1, position, *said):
                runs[-1] = (runs[-1][0], line, position, *said)
            else:
                runs.append((line, line, position, *said))
    return ((start, end, order[position], one, other) for start, end, position, one, other in sorted(runs))


def roles_in_words(roles: set[str] | None) -> str:
    return ", ".join(role.label.lower() for role in EvidenceRole if role in (roles or ())) or NOTHING


def who_coded(coding: SecondCoding, people: set[int | None]) -> str:
    """Say whether the two codings are by two people, which decides what their agreement means."""
    if not people:
        return "Nobody had coded this source before."
    if coding.analyst_id is None or (None in people and coding.analyst_id not in people):
        return "It is not recorded for every code who made it, so the two may be by one person."
    if people == {coding.analyst_id}:
        return (
            "Same person: both codings are by one analyst. The figures say how steadily that person codes "
            "(intra-coder agreement), and nothing about agreement between people."
        )
    if coding.analyst_id in people:
        return "Partly the same person: who coded blind had also made some of the first codes."
    return "Two codings by different people (inter-coder agreement)."


NOW = "now"


class AgreementView(FirstCodingView):
    path = "<int:object_id>/agreement/"
    url_name = "programmes_source_agreement"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the chosen comparison, by default that of the newest blind coding, or return its table as CSV."""
        title = f"Agreement on {self.source}"
        done = SecondCoding.objects.visible_to(self.user).filter(source=self.source, finished_date__isnull=False)
        codings = list(done.order_by("number"))
        asked = request.GET.get("coding", "")
        chosen = next((coding for coding in reversed(codings) if asked in {"", str(coding.number)}), None)
        if chosen is None:
            status = 404 if asked else 200
            none = "admin/programmes/source/agreement_none.html"
            return self.show(none, status=status, title=title, asked=asked, codings=codings)
        chosen.source = self.source
        as_finished = request.GET.get("first") != NOW
        page = agreement_page(chosen, self.user, as_finished=as_finished)
        if request.GET.get("format") == "csv":
            name = f"{self.source.key}-agreement-{chosen.number}.csv"
            return attachment(csv_lines(map(csv_values, page.table())), "text/csv; charset=utf-8", name)
        return self.show(
            "admin/programmes/source/agreement.html",
            title=title,
            page=page,
            chosen=chosen,
            codings=codings,
            as_finished=as_finished,
            now=NOW,
        )
