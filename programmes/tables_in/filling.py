"""The words of one cell, set into the configuration of its row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from programmes.tables_in.account import ReadConfiguration
from programmes.tables_in.cells import CODE, absence_said, items_of, says_nothing, slots_in_cell, slots_marked
from programmes.tables_in.heads import (
    ACTOR,
    CONTEXT,
    CORE,
    GROUP,
    LABEL,
    LETTERS,
    MECHANISM,
    NOT_PLACED,
    OUTCOME,
    PARTS,
    QUOTE,
    QUOTES,
    REASONING,
    RESOURCE,
    SPEAKER,
    STATEMENT,
    TITLE,
)
from programmes.tables_in.quotes import PAIRS, quotes_in, whole_quote
from programmes.tables_in.sentences import label_before, read_sentence

if TYPE_CHECKING:
    from programmes.tables_in.account import CellAccount
    from programmes.tables_in.columns import TableLayout
    from programmes.tables_in.grid import GridCell

LONGEST_LABEL = 40
ABSENT = {CONTEXT, MECHANISM, OUTCOME, STATEMENT}  # of these a record can say in which way they are missing
HALF = re.compile(r"\s*(?:M\d*\s*)?\(?(resource|reasoning|response)s?\)?\s*[:–—-]\s*(?=\S)", re.IGNORECASE)
LONGEST_CODE = 20  # letters of a label that has no number as others have


class CellFiller:
    """Sets cells into configurations and says what became of them."""

    def __init__(self, layout: TableLayout, account: CellAccount) -> None:
        self.layout, self.account, self.table = layout, account, layout.table
        self.carried: dict[int, list[GridCell]] = {}  # cells of the row above that hold of a row too

    def fill(self, found: list[ReadConfiguration], cell: GridCell) -> None:
        """Set a cell into the last configuration; a cell of several sentences begins others."""
        slot = self.layout.slots[cell.column]
        for above in self.carried.pop(cell.row, []):
            self.part(found[-1], above, self.layout.slots[above.column])
        if slot == STATEMENT and not self.absent(found[-1], cell, slot):
            self.statement(found, cell)
        elif slot in PARTS:
            self.part(found[-1], cell, slot)
        elif slot in QUOTES:
            self.quote(found[-1], cell, slot)
        elif slot in {LABEL, TITLE, GROUP}:
            self.name(found[-1], cell, slot)
        elif slot == SPEAKER and found[-1].quotes:
            side, quote = found[-1].quotes[-1]
            found[-1].quotes[-1] = side, replace(quote, speaker=cell.text)
            self.account.place(self.table, cell, slot)
        elif slot != STATEMENT:
            why = "its column is not taken" if slot == NOT_PLACED else "nobody has said what its column holds"
            self.account.leave(self.table, cell, why)

    def absent(self, one: ReadConfiguration, cell: GridCell, slot: str) -> bool:
        """Say whether a cell says that nothing is there, or in which way it is missing; then note that."""
        if slot in ABSENT and (term := absence_said(cell.text)):
            one.absences[slot] = term
            self.account.place(self.table, cell, slot)
            return True
        if says_nothing(cell.text) or absence_said(cell.text):
            self.account.leave(self.table, cell, "says that nothing is there")
            return True
        return False

    def part(self, one: ReadConfiguration, cell: GridCell, slot: str) -> None:
        """Set the parts of a cell: one, or a list; by the mark at its end where that says another slot."""
        if self.absent(one, cell, slot):
            return
        if len(set(slots_marked(cell.text)) & set(CORE)) > 1 and not one.statement:
            self.sentence(one, cell)
            return
        items, sure = items_of(cell.text, cell.lines_are)
        if slot == MECHANISM and "\n" in cell.text and all(HALF.match(line) for line in cell.text.split("\n")):
            items, sure = cell.text.split("\n"), True
        if self.layout.own_form:
            items, sure = cell.text.split("\n"), True
        if not sure and self.account.ask("list", self.table, cell, self.layout.heads[cell.column]) == "one":
            items = [cell.text]
        for item in items:
            self.item(one, cell, slot, item)

    def item(self, one: ReadConfiguration, cell: GridCell, slot: str, item: str) -> None:
        """Set one item of a cell."""
        marked, words, actors = slots_in_cell(self.without_label(one, slot, item))
        if slot == MECHANISM and not marked and (half := HALF.match(words)):
            slot, words = RESOURCE if half[1].lower() == "resource" else REASONING, words[half.end() :]
        if marked and not same_kind(marked, slot):
            answer = self.account.ask("marks", self.table, cell, self.layout.heads[cell.column])
            slot = marked if answer == "marks" else slot
        elif marked and slot == MECHANISM:
            slot = marked
        one.add(slot, words.strip())
        for actor in actors:
            one.add(ACTOR, actor)
        self.account.place(self.table, cell, slot)

    def without_label(self, one: ReadConfiguration, slot: str, item: str) -> str:
        """Return an item without the label or the code before its words; a label of the first part is the row's."""
        label, start = label_before(item)
        if label and slot == self.first_part and not one.label and not self.layout.columns(LABEL):
            one.label = label
        if label and label == one.label:
            item = item[start:]
        if slot == MECHANISM and HALF.match(item):
            return item
        code = CODE.match(item)
        return item[code.end() :] if code and same_kind(LETTERS[code[1].lower()], slot) else item

    @property
    def first_part(self) -> str:
        """Return the slot of the first column that has parts."""
        return next((slot for slot in self.layout.slots if slot in PARTS), "")

    def statement(self, found: list[ReadConfiguration], cell: GridCell) -> None:
        """Set a cell of one sentence, or of several with labels of their own."""
        lines = cell.text.split("\n")
        labelled = [at for at, line in enumerate(lines) if label_before(line)[0] and read_sentence(line).spans]
        if len(labelled) < 2 or labelled[0] != 0:  # noqa: PLR2004  # one label is of the cell
            self.sentence(found[-1], cell)
            return
        whole = found[-1]
        for number, (start, end) in enumerate(zip(labelled, [*labelled[1:], len(lines)], strict=True)):
            if number:
                found.append(ReadConfiguration(whole.table, whole.row, group=whole.group))
            self.sentence(found[-1], cell, "\n".join(lines[start:end]))

    def sentence(self, one: ReadConfiguration, cell: GridCell, text: str = "") -> None:
        """Set a sentence with what its words are; what is not sure in it is asked."""
        text = text or cell.text
        if one.statement:
            text = f"{one.statement}\n{text}"
        reading = read_sentence(text)
        head = self.layout.heads[cell.column]
        one.statement, one.label = text, one.label or reading.label[:LONGEST_LABEL]
        one.pieces = reading.pieces
        self.account.place(self.table, cell, STATEMENT)
        if self.layout.slots[cell.column] == STATEMENT and self.layout.columns(*CORE):
            return  # its parts stand in columns of their own
        if reading.unsure and self.account.ask("sentence", self.table, cell, head) == "statement":
            return
        if not reading.spans and self.account.ask("no marks", self.table, cell, head) == "leave":
            one.statement = ""
            self.account.became.pop((self.table.number, cell), None)
            self.account.leave(self.table, cell, "left out, as was chosen")
        whole = text == cell.text
        chosen = self.account.spans_chosen(self.table, cell, reading.spans) if whole else [*reading.spans]
        one.pieces = replace(reading, spans=tuple(chosen)).pieces
        for span in chosen:
            one.add(span.slot, text[span.start : span.end])

    def quote(self, one: ReadConfiguration, cell: GridCell, slot: str) -> None:
        """Set the quotes of a cell; words of it that are in none are listed."""
        if says_nothing(cell.text):
            self.account.leave(self.table, cell, "says that nothing is there")
            return
        if self.layout.columns(SPEAKER):
            one.quotes.append((slot, whole_quote(cell.text)))
            self.account.place(self.table, cell, slot)
            return
        plain = not any(mark in cell.text for mark in (*PAIRS, "”"))
        if plain and self.account.ask("quotes", self.table, cell, self.layout.heads[cell.column]) == "leave":
            self.account.leave(self.table, cell, "no quotes, as was chosen")
            return
        quotes, rest = quotes_in(cell.text)
        one.quotes += [(slot, quote) for quote in quotes]
        self.account.place(self.table, cell, slot)
        for words in rest:
            self.account.leave(self.table, cell, "stands beside the quotes", words)

    def quotes_between(self, one: ReadConfiguration, cell: GridCell) -> None:
        """Set the quotes of a row of their own, which stand below what they are on."""
        quotes, rest = quotes_in(cell.text)
        one.quotes += [(QUOTE, quote) for quote in quotes]
        self.account.place(self.table, cell, QUOTE)
        for words in rest:
            self.account.leave(self.table, cell, "stands beside the quotes", words)

    def name(self, one: ReadConfiguration, cell: GridCell, slot: str) -> None:
        """Set what a configuration is called, or the heading that it stands under."""
        text = cell.text.replace("\n", " ").strip()
        if slot == GROUP and not one.group.endswith(text):
            one.group = text
        elif slot == TITLE:
            one.title = text
        elif slot == LABEL:
            label, start = label_before(text if label_before(text)[0] else f"{text}: ")
            code = len(text) <= LONGEST_CODE
            one.label = label[:LONGEST_LABEL] if label else text * code
            one.title = one.title or (text[start:].strip() if label else text * (not code))
        self.account.place(self.table, cell, slot)


def same_kind(marked: str, slot: str) -> bool:
    """Say whether two slots are both of mechanisms, of whatever kind."""
    return marked == slot or {marked, slot} <= {MECHANISM, RESOURCE, REASONING}
