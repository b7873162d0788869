"""Tables of transcripts as lines: the speaker before the words, where the first row says which is which."""

from __future__ import annotations

NVIVO_COLUMNS = ("speaker", "content")  # columns of a transcript that NVivo writes as a table


def lines_of_table(rows: list[list[str]]) -> list[str]:
    """Return the rows of a table as lines, each with all of its cells."""
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not set(NVIVO_COLUMNS) <= set(heads):
        return [": ".join(row) for row in rows]
    speaker, words = (heads.index(head) for head in NVIVO_COLUMNS)
    lines = []
    for row in rows[1:]:
        if len(row) <= max(speaker, words):  # cells that span several columns
            lines.append(": ".join(row))
            continue
        others = [f"[{cell}]" for column, cell in enumerate(row) if column not in {speaker, words} and cell.strip()]
        lines.append(" ".join([*others, f"{row[speaker]}: {row[words]}" if row[speaker].strip() else row[words]]))
    return lines
