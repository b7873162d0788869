"""Tables as text: values with commas, semicolons or tabs between, and Markdown."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from programmes.tables_in.grid import GridCell, PrintedTable, TablesRead, folded_space, table_of_rows

DELIMITERS = "\t;,|"
csv.field_size_limit(20_000_000)  # letters of a cell; how many are taken is said where it is set in a table


def rows_between(text: str, delimiter: str) -> list[list[str]]:
    """Return the rows of a text, without those that hold nothing."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row in rows if any(cell.strip() for cell in row)]


def read_delimited(text: str, delimiter: str = "") -> TablesRead:
    """Return a text of values; what stands between them is what parts the most rows alike."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = [rows_between(plain, one) for one in (delimiter or DELIMITERS)]
    rows = max(found, key=evenness)
    return TablesRead((table_of_rows(rows),)) if rows else TablesRead(())


def evenness(rows: list[list[str]]) -> tuple[float, int]:
    """Return how many rows have the commonest number of cells, if that is more than one, and the number."""
    if not rows:
        return (0, 0)
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return (count / len(rows), width) if width > 1 else (0, 1)


ROW = re.compile(r"\s*\|?.*\|.*")
RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")


def read_markdown(text: str) -> TablesRead:
    """Return the tables of a Markdown text; where it has none, its paragraphs as one."""
    tables: list[PrintedTable] = []
    outside: list[str] = []
    rows: list[list[str]] = []
    caption = ""
    for line in [*text.replace("\r\n", "\n").split("\n"), ""]:
        if ROW.fullmatch(line):
            if not RULE.fullmatch(line):
                rows.append([unmarked(cell) for cell in cells_of_line(line)])
            continue
        if rows:
            made = table_of_rows(rows, len(tables) + 1)
            tables.append(PrintedTable(made.number, made.cells, caption))
            rows, caption = [], ""
        if line.strip():
            outside.append(unmarked(line.strip(" #")))
            caption = outside[-1]
    if tables:
        return TablesRead(tuple(tables), tuple(outside))
    blocks = [
        block.strip() for block in re.split(r"\n\s*\n|\n(?=#)|\n(?=\s*(?:\d{1,3}[.)]|[-*•])\s)", text) if block.strip()
    ]
    cells = tuple(
        GridCell(folded_space(unmarked(block.lstrip("# "))), row, 0, strong=is_strong(block))
        for row, block in enumerate(blocks)
    )
    return TablesRead((PrintedTable(1, cells, paragraphs=True),) if cells else ())


def is_strong(block: str) -> bool:
    """Say whether a block is a heading or all bold."""
    return block.startswith("#") or re.fullmatch(r"(\*\*|__)[^*_]+\1", block) is not None


def cells_of_line(line: str) -> list[str]:
    """Return the cells of a row between bars; a bar after a backslash is part of the words."""
    bare = line.strip().removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return [cell.replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", bare)]


def unmarked(text: str) -> str:
    """Return words without the marks of bold and the tags of line breaks."""
    return re.sub(r"\*\*|__(?=\S)|(?<=\S)__", "", re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE)).strip()
