"""The parts of an appendix: each a table with its heads, which Word, PDF and workbook are all written from."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from programmes.formats.workbooks import DAY, NUMBER
from programmes.models import Caveat, CMOCLink, Evidence, Source
from programmes.models.configuration import CONFIGURATION, Parts
from programmes.models.slots import slots_from
from programmes.pages.appendix_study import checklist_part, methods_part, participants_part, services_part
from programmes.pages.appendix_tables import AppendixColumn, AppendixPart, AppendixSource, word
from programmes.pages.lineage import decision_rows
from programmes.pages.quote_table import QuoteTable
from programmes.pages.reviews import review_progress
from programmes.pages.web import ends_of
from programmes.vocabulary import EvidenceRole, MechanismKind, Reporting, TeamRole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from programmes.models.configuration import PartKind
    from programmes.models.slots import SlotColumn
    from programmes.pages.copies import FileCopy
    from programmes.pages.quote_table import QuoteLine


HEADS_OF_CAVEATS = (
    AppendixColumn("Caveat", "Its number.", NUMBER, 9, 2),
    word("CMOC no.", "The CMOC that it is on.", 2, 10),
    word("Outcome", "The outcome that it is on.", 4, 24),
    word("Kind", "In which way something may not hold.", 4, 24),
    word("Text", "As printed.", 14, 70),
    word("Place", "Where it stands in the source.", 3),
    AppendixColumn("Speaks against", "The caveat that this one speaks against, by its number.", NUMBER, 9, 2),
)


def heads_of_quotes(*, of_team: bool) -> tuple[AppendixColumn, ...]:
    """Return what stands above the columns of the table of quotes; by its key the team’s copy is read back."""
    return (
        word("CMOC no.", "What people call it: its printed label, or its number.", 2, 10),
        word("Role", "What the quote does to the CMOC.", 3, 12),
        word("Part", "The part of the CMOC that it speaks to.", 3, 12),
        word("Quote", "Exact words; […] is a word that is covered.", 14, 70),
        word("Speaker", "Who speaks.", 5, 30),
        word("Source", "Where the words come from.", 4, 24),
        AppendixColumn("Line", "Line of the transcript in which it begins.", NUMBER, 8, 2),
        word("Place", "Where it stands in the publication.", 3),
        word("Why", "Why it counts so, in a curator’s words.", 0, 40),
        word("Key", "Key of the quote.", 3 if of_team else 0, 12),
        word("Address", "Page of the quote.", 0, 40),
    )


def beside_columns(columns: Sequence[SlotColumn]) -> list[PartKind]:
    """Return what else a CMOC is told with: who acts and benefits, and where, unless a column has it already."""
    named = {column.name for column in columns}
    return [kind for kind in CONFIGURATION if kind.name in {"actor", "beneficiary", "service"} - named]


def heads_of_cmocs(columns: Sequence[SlotColumn], statement: str, *, of_team: bool) -> list[AppendixColumn]:
    """Return what stands above the columns of the table of CMOCs."""
    return [
        word("CMOC no.", "What people call it: its printed label, or its number.", 2, 10),
        AppendixColumn(
            "Number",
            "Its number, for order, where people call it by a printed label.",
            NUMBER,
            9,
            2 if of_team else 0,
            to_fill_in=of_team,
        ),
        word("Group", "Heading under which it stands.", 4, 24),
        word("Title", "What it is about.", 5, 30),
        word("Statement", statement, 9, 60),
        *(
            word(column.heading, f"{column.kind.meaning} One on a line; or in which way it is missing.", 6, 36)
            for column in columns
        ),
        *(word(kind.heading, f"{kind.meaning} One on a line.", 4, 24) for kind in beside_columns(columns)),
        word("Status", "What has become of it so far.", 3, 12),
        AppendixColumn("For", "Quotes that do not speak against it.", NUMBER, 7, 2),
        AppendixColumn("Against", "Quotes that speak against it.", NUMBER, 9, 2),
        word("Address", "Its page.", 0, 40),
    ]


def cmocs_part(source: AppendixSource) -> AppendixPart:
    """Return the table of CMOCs, with their parts in the words of each."""
    page, theory = source.page, source.theory
    columns = page.columns
    beside = beside_columns(columns)
    statement = f"The {theory.study.statement_words.one}."
    heads = heads_of_cmocs(columns, statement, of_team=source.copy.of_team)
    return AppendixPart(
        "CMOCs",
        f"CMOCs of “{theory.title}”",
        "A row is a CMOC.",
        heads,
        [values_of_cmoc(row, source, columns, beside) for row in page.rows],
        [page.summary],
    )


def values_of_cmoc(row: Any, source: AppendixSource, columns: list[SlotColumn], beside: list[Any]) -> list[Any]:
    """Return a CMOC as a row."""
    cmoc, quoted = row.cmoc, bool(source.page.quotes)
    slots = slots_from(cmoc, row.parts, columns)
    against = row.roles.get(EvidenceRole.COUNTERS, 0)
    missing = cmoc.get_statement_reporting_display() if cmoc.statement_reporting else ""
    return [
        source.calls(cmoc),
        cmoc.number if cmoc.label else None,
        cmoc.group.heading if cmoc.group else "",
        cmoc.title,
        cmoc.statement or missing,
        *("\n".join(map(said_of_part, slot.parts)) or slot.absence for slot in slots),
        *(beside_of_cmoc(row, kind) for kind in beside),
        cmoc.get_status_display(),
        sum(row.roles.values()) - against if quoted else None,
        against if quoted else None,
        source.site + reverse("cmoc", args=[source.theory.slug, cmoc.number]),
    ]


def said_of_part(part: Any) -> str:
    """Return a part in the words of the CMOC, or else its label; in one line, for each part has its own."""
    return " ".join((part.wording or part.label).split())


def beside_of_cmoc(row: Any, kind: Any) -> str:
    """Return who acts, who benefits, or which services it is stated relevant to."""
    if kind.name == "service":
        stated = row.cmoc.services_reporting not in {"", Reporting.REPORTED}
        missing = Reporting(row.cmoc.services_reporting).label if stated else ""
        return "\n".join(f"{part.label} {part.key}" for part in row.parts["services"]) or missing
    return "\n".join(part.label for part in kind.of(row.parts))


def source_of(line: QuoteLine, copy: FileCopy) -> str:
    """Return what a source is called: the work that is quoted, the team's key of it, or its kind."""
    if copy.allows(TeamRole.CURATOR) and line.quote.source:
        return line.of_source("key")
    return line.document or line.kind_of_source


def quotes_part(source: AppendixSource) -> AppendixPart:
    """Return the table of quotes, all or so many for and against each CMOC."""
    of_team = source.copy.allows(TeamRole.CURATOR)
    evidence = source.copy.rows(Evidence).filter(cmoc__in=source.keys)
    table = QuoteTable(source.theory, source.copy, evidence, source.site)
    taken: Counter[tuple[int, bool]] = Counter()
    rows = []
    for line in table.lines():
        side = (line.cmoc.pk, line.evidence.role == EvidenceRole.COUNTERS)
        taken[side] += 1
        if source.quotes_each is None or taken[side] <= source.quotes_each:
            rows.append(values_of_quote(line, source, with_line=of_team))
    left = sum(taken.values()) - len(rows)
    told = [f"{len(rows)} of {len(rows) + left} quotes, the first for and against each CMOC."] if left else []
    heads = heads_of_quotes(of_team=source.copy.of_team)
    return AppendixPart("Quotes", "Quotes for and against", "A row is a quote on a CMOC.", heads, rows, told)


def values_of_quote(line: QuoteLine, source: AppendixSource, *, with_line: bool) -> list[Any]:
    """Return a quote as a row."""
    return [
        source.calls(line.cmoc),
        line.evidence.get_role_display(),
        line.evidence.get_slot_display(),
        source.copy.words(line.quote),
        str(line.quote.speaker),
        source_of(line, source.copy),
        line.line if with_line else None,
        line.quote.locator,
        line.evidence.note,
        line.quote.key,
        source.site + line.quote.get_absolute_url(),
    ]


def caveats_part(source: AppendixSource) -> AppendixPart:
    """Return the table of caveats, those on chosen CMOCs and those on the theory or an outcome."""
    found = source.copy.rows(Caveat).filter(theory=source.theory).select_related("cmoc", "outcome", "refutes")
    rows = [
        [
            row.number,
            source.calls(row.cmoc) if row.cmoc else "",
            row.outcome.label if row.outcome else "",
            row.get_kind_display(),
            row.text,
            row.locator,
            row.refutes.number if row.refutes else None,
        ]
        for row in found.order_by("number", "pk")
        if row.cmoc_id is None or row.cmoc_id in source.keys
    ]
    return AppendixPart("Caveats", "Where it may not hold", "A row is a caveat.", HEADS_OF_CAVEATS, rows)


def names_part(source: AppendixSource) -> AppendixPart:
    """Return what parts are called whose words are others in a CMOC, and which half of a mechanism they are."""
    beside = beside_columns(source.page.columns)
    kinds = [(column.kind, column.heading) for column in source.page.columns]
    kinds += [(kind, kind.heading) for kind in beside if kind.name != "service"]
    halves = {term.value: str(term.label) for term in MechanismKind if term != MechanismKind.UNSPECIFIED}
    heads = [
        word("CMOC no.", "The CMOC that it is a part of.", 2, 10),
        word("Column", "The column of the table of CMOCs in which it stands.", 3),
        word("Words", "Its words in the CMOC.", 9, 50),
        word("Name", "What it is called wherever it stands.", 9, 50),
        word("Half", "Which half of a mechanism it is, if somebody has said so.", 3),
    ]
    rows = []
    for row in source.page.rows:
        for kind, heading in kinds:
            for part in kind.of(row.parts):
                half = next((halves[term] for term in part.qualities if term in halves), "")
                words = "" if kind.detail else part.wording
                if words not in {"", part.label} or half:
                    rows.append([source.calls(row.cmoc), heading, words, part.label, half])
    meaning = "A row is a part of a CMOC that is called otherwise than its words there."
    return AppendixPart("Names of parts", "What parts are called", meaning, heads, rows)


def sources_part(source: AppendixSource) -> AppendixPart:
    """Return what the sources are that quotes are from; they are the team's alone."""
    heads = [
        word("Source", "Its key.", 4, 24),
        word("Kind of source", "Where the words come from.", 4, 24),
        word("Title", "What the team calls it.", 9, 50),
    ]
    quoted = source.copy.rows(Evidence).filter(cmoc__in=source.keys).values("quote__source")
    found = source.copy.rows(Source).filter(study=source.theory.study_id, pk__in=quoted).order_by("key", "pk")
    rows = [[row.key, row.get_kind_display(), row.title] for row in found.defer("text", "turns")]
    return AppendixPart("Sources", "Sources of the quotes", "A row is a source.", heads, rows)


def relations_part(source: AppendixSource) -> AppendixPart:
    """Return the table of what leads to what, and is related to what."""
    found = source.copy.rows(CMOCLink).filter(pk__in=[link.pk for link in source.page.links])
    both = ("source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_context")

    def called(end: tuple[str, Any]) -> str:
        kind, record = end
        return f"CMOC {source.calls(record)}" if kind == "cmoc" else record if kind == "text" else record.label

    heads = [
        word("From", "What it starts from.", 5, 30),
        word("Relation", "How the two relate.", 4, 24),
        word("To", "What it leads to.", 5, 30),
        word("Stated", "How firmly it is put.", 3, 14),
        word("Reason", "Why, as it is given.", 8, 50),
    ]
    rows = []
    for link in found.select_related(*both).order_by("number", "pk"):
        first, second = map(called, ends_of(link))
        rows.append([first, link.get_kind_display(), second, link.get_status_display(), link.reason])
    return AppendixPart("Relations", "What is related to what", "A row is a relation.", heads, rows)


def decisions_part(source: AppendixSource) -> AppendixPart:
    """Return what was merged, split, renamed, moved and retired, and why."""
    heads = [
        AppendixColumn("Decision", "Its number.", NUMBER, 10, 2),
        AppendixColumn("Date", "When it was signed.", DAY, 12, 3),
        word("What was done", "With which CMOCs.", 8, 50),
        word("Why", "The reason that was given.", 8, 50),
        word("Signed by", "Who decided.", 4),
        word("Taken back", "By which later decision, if it was.", 3),
    ]
    whole = len(source.page.every_row) == len(source.keys)
    rows = [
        [
            row.event.number,
            row.event.signed_date,
            str(row.sentence),
            row.event.reason,
            row.event.signed_by,
            f"Decision {row.reversed_by}" if row.reversed_by else "",
        ]
        for row in decision_rows(source.theory, source.copy.user)
        if whole or source.keys & {cmoc.pk for cmoc in (*row.before, *row.after)}
    ]
    return AppendixPart("Decisions", "What became of CMOCs", "A row is a decision.", heads, rows)


def reviews_part(source: AppendixSource) -> AppendixPart:
    """Return what reviewers said of each CMOC."""
    cmocs = [row.cmoc for row in source.page.rows]
    parts: dict[int, Parts] = defaultdict(Parts, {row.cmoc.pk: row.parts for row in source.page.rows})
    heads = [
        word("CMOC no.", "The CMOC that was reviewed.", 2, 10),
        word("Reviewer", "Who reviewed it.", 4, 24),
        AppendixColumn("Date", "When.", DAY, 12, 3),
        word("Verdict", "What the reviewer says of it.", 3),
        word("Of the wording", "Whether it is of the present wording.", 3),
        word("Comment", "Why.", 9, 60),
    ]
    progress = review_progress(source.theory, cmocs, parts, source.copy.user)
    rows = [
        [
            source.calls(cmoc),
            row.review.signed_by,
            row.review.signed_date,
            row.review.get_verdict_display(),
            "present" if row.current else "earlier",
            row.review.comment,
        ]
        for cmoc in cmocs
        for row in progress[cmoc.pk].reviews
    ]
    return AppendixPart("Reviews", "What reviewers said", "A row is a review.", heads, rows)


PARTS: dict[str, Callable[[AppendixSource], AppendixPart]] = {
    "cmocs": cmocs_part,
    "quotes": quotes_part,
    "caveats": caveats_part,
    "relations": relations_part,
    "services": services_part,
    "names": names_part,
    "sources": sources_part,
    "participants": participants_part,
    "methods": methods_part,
    "decisions": decisions_part,
    "reviews": reviews_part,
    "checklist": checklist_part,
}
