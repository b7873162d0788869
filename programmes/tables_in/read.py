"""A file as configurations: its tables are read one after another, and quotes find theirs by their labels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from programmes.tables_in.account import CellAccount, ReadConfiguration, TableChoices
from programmes.tables_in.columns import TableLayout, body_cells, is_turned, layout_of
from programmes.tables_in.filling import CellFiller
from programmes.tables_in.heads import (
    CORE,
    COUNTERS,
    LABEL,
    OWN_FORM,
    QUOTES,
    ROLE,
    SPEAKER,
    STATEMENT,
    SUPPORTS,
    plain_head,
)
from programmes.tables_in.own_form import OwnFormReader, OwnRows, is_appendix
from programmes.tables_in.rows import RowsReader
from programmes.tables_in.streams import StreamReader, is_stream

if TYPE_CHECKING:
    from programmes.tables_in.grid import PrintedTable, TablesRead
    from programmes.tables_in.quotes import PrintedQuote


MOST_LINES_ABOVE = 4  # the heads of a table of this house
ROLE_WORDS: dict[str, tuple[str, ...]] = {SUPPORTS: ("support",), COUNTERS: ("counter", "contradict", "against")}


@dataclass
class ReadTables:
    """What was read from a file: configurations, the layout of each table, and what became of each cell."""

    source: TablesRead
    layouts: list[TableLayout]
    configurations: list[ReadConfiguration]
    account: CellAccount
    beside: OwnRows = field(default_factory=OwnRows)
    is_own: bool = False  # an appendix of ours, whose heads say what its columns hold


def read_configurations(source: TablesRead, choices: TableChoices | None = None) -> ReadTables:
    """Return the configurations of the tables of a file, with questions where they can be read in several ways."""
    account = CellAccount(choices or TableChoices())
    if source.own and is_appendix(source.tables):
        reader = OwnFormReader(source.tables, account)
        return ReadTables(source, reader.read(), reader.found, account, reader.beside, is_own=True)
    layouts: list[TableLayout] = []
    found: list[ReadConfiguration] = []
    later: list[TableLayout] = []
    house = any(is_own_form(table) for table in source.tables)
    for printed in source.tables:
        if house and not (is_own_form(printed) or is_of_quotes(printed)):
            layouts.append(TableLayout(printed, 0, ("",) * printed.width, ("",) * printed.width))
            continue
        table = printed.turned() if not is_stream(printed) and is_turned(printed) else printed
        if is_stream(table) or table.paragraphs:
            found += StreamReader(table, account).read()
            layouts.append(TableLayout(table, 0, ("",) * table.width, ("",) * table.width))
            continue
        layout = layout_of(table, account)
        layouts.append(layout)
        if layout.columns(*QUOTES) and layout.columns(LABEL) and not layout.columns(*CORE, STATEMENT):
            later.append(layout)
        else:
            found += RowsReader(layout, account).read()
    for layout in later:
        quotes_by_label(layout, found, account)
    if not found:
        ask_about_columns(layouts, account)
    for layout in layouts:
        account.close(layout.table)
    return ReadTables(source, layouts, found, account)


def is_own_form(table: PrintedTable) -> bool:
    """Say whether a table has the heads of this house; beside it a file explains itself, and tells of the study."""
    rows = range(min(table.height, MOST_LINES_ABOVE))
    return any({cell.text for cell in table.row_cells(row)} >= OWN_FORM for row in rows)


def is_of_quotes(table: PrintedTable) -> bool:
    """Say whether a table has labels and quotes beside them, and no configurations."""
    layout = layout_of(table, CellAccount(TableChoices()))
    return bool(layout.columns(*QUOTES) and layout.columns(LABEL)) and not layout.columns(*CORE, STATEMENT)


def ask_about_columns(layouts: list[TableLayout], account: CellAccount) -> None:
    """Ask what the columns of the first table hold, where nothing in a file is a configuration."""
    for layout in layouts[:1]:
        for column in layout.columns(""):
            for cell in body_cells(layout.table, column, layout.first):
                account.ask("column", layout.table, cell, layout.heads[column])


def quotes_by_label(layout: TableLayout, found: list[ReadConfiguration], account: CellAccount) -> None:
    """Give the quotes of a table to the configurations whose labels stand beside them."""
    table, filler = layout.table, CellFiller(layout, account)
    by_label = {bare_label(one.label): one for one in found if one.label}
    for row in range(layout.first, table.height):
        named = next((table.owners.get((row, column)) for column in layout.columns(LABEL)), None)
        one = by_label.get(bare_label(named.text)) if named is not None else None
        for column in layout.columns(*QUOTES):
            cell = table.owners.get((row, column))
            if cell is None or cell.blank or cell.row != row:
                continue
            if one is None or named is None:
                account.leave(table, cell, "no configuration has the label beside it")
            else:
                account.place(table, named, LABEL)
                said = len(one.quotes)
                filler.quote(one, cell, said_by_role(layout, row, column, account))
                named_too = [(slot, spoken(layout, row, quote, account)) for slot, quote in one.quotes[said:]]
                one.quotes[said:] = named_too


def beside(layout: TableLayout, row: int, slot: str, account: CellAccount) -> str:
    """Return what stands in the column of a slot in a row."""
    cells = (layout.table.owners.get((row, column)) for column in layout.columns(slot))
    cell = next((one for one in cells if one is not None and not one.blank), None)
    if cell is None:
        return ""
    account.place(layout.table, cell, slot)
    return cell.text


def said_by_role(layout: TableLayout, row: int, column: int, account: CellAccount) -> str:
    """Return what a quote does to its configuration, as a column beside it says, or else its own head."""
    role = plain_head(beside(layout, row, ROLE, account))
    return next((slot for slot, words in ROLE_WORDS.items() if role.startswith(words)), layout.slots[column])


def spoken(layout: TableLayout, row: int, quote: PrintedQuote, account: CellAccount) -> PrintedQuote:
    """Return a quote with its speaker, where a column beside it names one."""
    return replace(quote, speaker=quote.speaker or beside(layout, row, SPEAKER, account))


def bare_label(label: str) -> str:
    """Return a label without the word before its number, so that “CMOC 2” and “2” are one."""
    bare = plain_head(label).strip("().: ")
    return bare.split(" ")[-1].removeprefix("cmoc").removeprefix("cmo") if bare else ""
