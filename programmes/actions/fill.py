"""Filling the cells of a theory's table: what a configuration says, of what parts, and rows pasted from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import RETIRED, Decision, load_unretired, lock_theory, save_with_reason
from programmes.actions.order import group_called, standing_in_order
from programmes.actions.parts import part_called
from programmes.characters import is_blank
from programmes.integrity.numbering import next_number
from programmes.models import CMOC, StaleVersionError
from programmes.models.configuration import SLOTS, PartKind
from programmes.search.stems import folded
from programmes.vocabulary import CMOCStatus, Reporting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.models import Theory

TEXTS = ("title", "statement")
STATUS, GROUP = "status", "group"
KINDS = {kind.name: kind for kind in SLOTS}
MOST_ROWS = 500  # that are pasted at once


def part_labels(text: str) -> list[str]:
    """Return the parts that a cell names, one on a line, each once."""
    found = {folded(line): line.strip() for line in reversed(text.splitlines()) if not is_blank(line)}
    return list(reversed(found.values()))


def text_of_cell(cmoc: CMOC, column: str) -> str:
    """Return what a cell says as it is edited: of a slot its parts, one on a line."""
    if column in KINDS:
        kind = KINDS[column]
        links = kind.link.objects.filter(cmoc=cmoc).select_related(kind.relation).order_by("position", "pk")
        return "\n".join(getattr(link, kind.relation).label for link in links)
    if column == GROUP:
        return cmoc.group.heading if cmoc.group else ""
    return str(getattr(cmoc, column)) if column in {*TEXTS, STATUS} else ""


@transaction.atomic
def fill_cell(*, cmoc: CMOC, column: str, text: str, decision: Decision, was: str | None = None) -> CMOC:
    """Write what a cell of a configuration says.

    A cell of a slot names its parts, one on a line: those that stand in the theory under these labels, or new ones.
    `was` is what the cell said when it was read, if that is known: a StaleVersionError says that it says something else
    now. What somebody wrote into another cell of the row stands in nobody's way. A ValidationError says that the cell
    says the same already, or cannot say this.
    """
    theory = lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    if was is not None and was.split() != text_of_cell(stored, column).split():
        raise StaleVersionError("Somebody else has written into this cell since you read it", stored)
    if not write_cell(theory, stored, column, text, decision):
        raise ValidationError("It says that already.", code="same")
    return stored


def write_cell(theory: Theory, cmoc: CMOC, column: str, text: str, decision: Decision) -> bool:
    """Write a cell of a configuration that is held; say whether that changed anything."""
    if column in KINDS:
        return write_parts(theory, cmoc, KINDS[column], part_labels(text), decision.reason)
    before = {entry.attname: getattr(cmoc, entry.attname) for entry in cmoc._meta.concrete_fields}
    if column == GROUP:
        cmoc.group = None if is_blank(text) else group_called(theory, text.strip(), decision.reason)
    elif column == STATUS:
        cmoc.status = status_called(text)
    elif column in TEXTS:
        setattr(cmoc, column, text)
        if column == "statement" and not is_blank(text) and cmoc.statement_reporting != Reporting.REPORTED:
            cmoc.statement_reporting = ""
    else:
        raise ValidationError("There is no such column in this table.", code="column")
    if before == {entry.attname: getattr(cmoc, entry.attname) for entry in cmoc._meta.concrete_fields}:
        return False
    save_with_reason(cmoc, decision.reason)
    return True


def status_called(text: str) -> str:
    """Return the status that has this name, or none. Raises ValidationError; nobody retires a CMOC by a word."""
    if is_blank(text):
        return ""
    for status in CMOCStatus:
        if folded(text.strip()) in {folded(status.value), folded(str(status.label))} and status != RETIRED:
            return status
    names = ", ".join(str(status.label).lower() for status in CMOCStatus if status != RETIRED)
    raise ValidationError(f"“{text}” is no status. Write one of: {names}.", code="status")


def write_parts(theory: Theory, cmoc: CMOC, kind: PartKind, labels: Sequence[str], reason: str) -> bool:
    """Let a configuration have these parts of a kind, in this order; say whether that changed anything."""
    links = list(kind.link.objects.filter(cmoc=cmoc).select_related(kind.relation).order_by("position", "pk"))
    present = {folded(getattr(link, kind.relation).label): link for link in links}
    if [folded(label) for label in labels] == list(present):
        return False
    wanted = {folded(label) for label in labels}
    for name, link in present.items():
        if name not in wanted:
            link.set_change_reason(reason)
            link.delete()
    if labels and kind.absence and getattr(cmoc, kind.absence):
        setattr(cmoc, kind.absence, "")
        save_with_reason(cmoc, reason)
    for position, label in enumerate(labels, 1):
        link = present.get(folded(label))
        if link is None:
            link = kind.link(cmoc=cmoc, **{kind.relation: part_called(theory, kind, label, reason)})
        elif link.position == position:
            continue
        link.position = position
        save_with_reason(link, reason)
    return True


@transaction.atomic
def begin_row(*, theory: Theory, column: str, text: str, decision: Decision) -> CMOC:
    """Make a configuration of what is written into a cell of the empty row at the end."""
    theory = lock_theory(theory.pk)
    return new_row(theory, [(column, text)], decision)


def new_row(theory: Theory, cells: Sequence[tuple[str, str]], decision: Decision) -> CMOC:
    """Make a configuration with some of its cells filled, under the next number."""
    made = CMOC(theory=theory, number=next_number(CMOC, theory=theory), status=CMOCStatus.CANDIDATE)
    texts = [(column, text) for column, text in cells if column in TEXTS]
    for column, text in texts:
        setattr(made, column, text)
    save_with_reason(made, decision.reason)
    for column, text in cells:
        if (column, text) not in texts:
            write_cell(theory, made, column, text, decision)
    return made


@transaction.atomic
def paste_rows(
    *, theory: Theory, start: CMOC | None, rows: Sequence[Sequence[tuple[str, str]]], decision: Decision
) -> list[CMOC]:
    """Write rows of cells over the configurations from one on, in the theory's order, and make new ones after the last.

    All of them, or none: a ValidationError names the row and the column that cannot be written, counted from one.
    """
    theory = lock_theory(theory.pk)
    if len(rows) > MOST_ROWS:
        raise ValidationError(f"These are {len(rows):,} rows; at most {MOST_ROWS} are pasted at once.", code="many")
    order = standing_in_order(theory)
    if start is not None and start.pk not in {row.pk for row in order}:
        raise ValidationError(f"{start} does not stand in this theory any more.", code="gone")
    over = order[[row.pk for row in order].index(start.pk) :][: len(rows)] if start is not None else []
    held = load_unretired(over, decision) if over else []
    done = []
    for number, cells in enumerate(rows, 1):
        try:
            done.append(paste_row(theory, held[number - 1] if number <= len(held) else None, cells, decision))
        except ValidationError as error:
            raise ValidationError(f"Row {number}: {' '.join(error.messages)}", code="row") from error
    return done


def paste_row(theory: Theory, cmoc: CMOC | None, cells: Sequence[tuple[str, str]], decision: Decision) -> CMOC:
    """Write one row of cells."""
    if cmoc is None:
        return new_row(theory, [(column, text) for column, text in cells if not is_blank(text)], decision)
    for column, text in cells:
        write_cell(theory, cmoc, column, text, decision)
    return cmoc
