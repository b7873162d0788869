"""An empty appendix: a table to fill in with Word or a spreadsheet before there is data, with two examples."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from programmes.formats.printed_document import PrintedDocument, PrintedHeading, PrintedText
from programmes.formats.word_documents import word_document
from programmes.formats.workbooks import WORKBOOK, AboutFile, write_workbook
from programmes.models.configuration import SLOTS
from programmes.models.slots import HEADINGS, MEANINGS, ORDERS, SlotColumn
from programmes.pages.appendix import WORD, printed_part
from programmes.pages.appendix_parts import HEADS_OF_CAVEATS, heads_of_cmocs, heads_of_quotes
from programmes.pages.appendix_study import HEADS_OF_SERVICES
from programmes.pages.appendix_tables import AppendixPart
from programmes.pages.base import refuse_unknown_parameters, takes
from programmes.pages.copies import refused, written_file
from programmes.search.did_you_mean import shown, suggestion
from programmes.tables_in.heads import OWN_KEYWORD
from programmes.vocabulary import Reporting, TheoryForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest, HttpResponse

    from programmes.formats.printed_document import PrintedBlock
    from programmes.pages.appendix_tables import AppendixColumn

TITLE = "Our table of CMOCs"
BLANK_ROWS = 8
MISSING = ", ".join(f"“{word.label}”" for word in Reporting if word != Reporting.REPORTED)
SENTENCES = (
    "A row is a CMOC. Fill in the empty rows and add as many as you need; the heads of the columns stay as they are.",
    "The rows that are called Example 1 and Example 2 show how; delete them when you have rows of your own.",
    "Several contexts, mechanisms or outcomes of a CMOC stand one on a line of their cell.",
    f"Leave a cell empty where nobody said anything; where it is known how something is missing, write {MISSING}.",
)
# Heads of what follows from the rest, or comes later.
OF_LATER = {"Number", "Part", "Place", "Key", "Status", "For", "Against", "Caveat", "Speaks against"}
EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "CMOC no.": "Example 1",
        "Group": "First steps",
        "Title": "Taken there",
        "Statement": "If somebody comes out and takes a guest there, the guest goes, for there is somebody to trust.",
        "context": "somebody comes out and takes a guest there",
        "mechanism": "there is somebody to trust",
        "outcome": "the guest goes",
        "intervention": "a link worker",
        "strategy": "link workers leave their office",
        "actor": "Link worker",
        "Who acts": "Link worker",
        "Who benefits": "Guest",
    },
    {
        "CMOC no.": "Example 2",
        "Title": "Two outcomes",
        "Statement": "Where a room is quiet, people talk and stay.",
        "context": "a room is quiet",
        "mechanism": str(Reporting.NOT_STATED.label),
        "outcome": "people talk\npeople stay",
    },
)
QUOTED: tuple[dict[str, str], ...] = (
    {
        "CMOC no.": "Example 1",
        "Role": "Supports",
        "Quote": "I went because he took me.",
        "Speaker": "Guest",
        "Source": "lw03",
    },
    {
        "CMOC no.": "Example 1",
        "Role": "Counters",
        "Quote": "I would have gone alone.",
        "Speaker": "Guest",
        "Source": "lw04",
    },
)
CAVEATS: tuple[dict[str, str], ...] = (
    {"CMOC no.": "Example 2", "Kind": "Scope", "Text": "Not where the room is shared."},
)


def columns_of_form(form: str) -> list[SlotColumn]:
    """Return the columns for parts that theories of a form have."""
    kinds = {kind.name: kind for kind in SLOTS}
    headings = HEADINGS.get(form, {})
    return [SlotColumn(kinds[name], headings.get(name, kinds[name].heading), MEANINGS[name]) for name in ORDERS[form]]


def parts_to_fill_in(form: str) -> list[AppendixPart]:
    """Return the tables, each with examples."""
    columns = columns_of_form(form)
    names = {column.heading: column.name for column in columns}
    heads = heads_of_cmocs(columns, "What the CMOC says in a sentence.", of_team=False)
    by_head = [{head.head: example.get(names.get(head.head, head.head), "") for head in heads} for example in EXAMPLES]
    return [
        part_to_fill_in("CMOCs", TITLE, "A row is a CMOC.", heads, by_head, SENTENCES),
        part_to_fill_in(
            "Quotes", "Quotes for and against", "A row is a quote on a CMOC.", heads_of_quotes(of_team=False), QUOTED
        ),
        part_to_fill_in("Caveats", "Where it may not hold", "A row is a caveat.", HEADS_OF_CAVEATS, CAVEATS),
        part_to_fill_in("Services", "Services of the study", "A row is a service.", HEADS_OF_SERVICES, ()),
    ]


def part_to_fill_in(
    heading: str,
    caption: str,
    meaning: str,
    heads: Sequence[AppendixColumn],
    examples: Sequence[dict[str, str]],
    sentences: Sequence[str] = (),
) -> AppendixPart:
    """Return a table with examples, all of whose columns stand on paper."""
    kept = [replace(head, to_fill_in=True) for head in heads if head.share and head.head not in OF_LATER]
    rows: list[list[Any]] = [[example.get(head.head, "") or None for head in kept] for example in examples]
    return AppendixPart(heading, caption, meaning, kept, rows, sentences)


def blocks_to_fill_in(parts: Sequence[AppendixPart]) -> Iterator[PrintedBlock]:
    """Yield the tables for paper, with empty rows."""
    yield PrintedHeading(TITLE)
    yield PrintedText("To be filled in with Word, before there are data or after. Its heads are those of an appendix.")
    for part in parts:
        empty: list[list[Any]] = [[None] * len(part.columns) for _ in range(BLANK_ROWS)]
        yield from printed_part(replace(part, rows=[*part.rows, *empty]))


def form_in_word(parts: Sequence[AppendixPart], file: IO[bytes]) -> None:
    """Write it as Word."""
    file.write(word_document(PrintedDocument(TITLE, "", "Realist", landscape=True, blocks=[*blocks_to_fill_in(parts)])))


def form_in_workbook(parts: Sequence[AppendixPart], file: IO[bytes]) -> None:
    """Write it as a workbook."""
    facts = [("How to fill it in", sentence) for sentence in SENTENCES]
    write_workbook(file, AboutFile(TITLE, facts, keywords=OWN_KEYWORD), [part.in_workbook() for part in parts])


EMPTY_FORMATS = {"docx": (WORD, form_in_word), "xlsx": (WORKBOOK, form_in_workbook)}


@takes("form")
def empty_appendix_file(request: HttpRequest, form: str) -> HttpResponse:
    """Return an empty appendix for theories of a form; without one, for contexts, mechanisms and outcomes."""
    if answer := refuse_unknown_parameters(request):
        return answer
    asked = request.GET.get("form") or TheoryForm.CMO.value
    if asked not in TheoryForm.values:
        return refused([f"{shown(asked)} is no form of a theory; {suggestion(asked, TheoryForm.values)}"])
    media_type, write = EMPTY_FORMATS[form]
    return written_file(partial(write, parts_to_fill_in(asked)), media_type, f"our-table-{asked}.{form}")
