"""Tables of configurations as theory packages: what they become in a study, and what that changes in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from programmes.models import (
    DeliveryMode,
    Participant,
    PersonKind,
    Population,
    Programme,
    Quote,
    Reference,
    Sector,
    Service,
    ServicePlace,
    Source,
    Study,
    Theory,
)
from programmes.package.sections import FORMAT, SECTIONS, VERSION
from programmes.package.write import section_rows, theory_document
from programmes.tables_in.own_rows import add_caveats, add_study_rows
from programmes.tables_in.theory_rows import TheoryRows
from programmes.vocabulary import QuoteConsent, StatementOrigin

if TYPE_CHECKING:
    from programmes.tables_in.account import ReadConfiguration
    from programmes.tables_in.read import ReadTables

LONGEST_SLUG = 80
OF_STUDY = (Sector, Service, Population, Quote)  # which other theories of a study have, too
MAY_BE_NAMED = (PersonKind, Sector, ServicePlace, DeliveryMode, Service, Reference, Participant)
ORDER = {section.name: place for place, section in enumerate(SECTIONS)}


@dataclass(frozen=True)
class TableOrigin:
    """Where a table comes from and where it goes, as somebody says beside the file."""

    study: str
    theory: str = ""  # slug; a new theory where none is named
    programme: str = ""  # slug, of a new study; its own where none is named
    own: bool = False  # the team's own table, not a printed one
    publication: str = ""
    table: str = ""
    page: str = ""
    licence: str = ""
    published_quotes: bool = False  # quotes in it are printed for everybody to read

    @property
    def locator(self) -> str:
        """Return where the table stands in its publication."""
        return ", ".join(filter(None, (self.table, f"p. {self.page}" if self.page else "")))


@dataclass
class TablePackage:
    """The package that tables become, and the rows from which it was made."""

    document: dict[str, Any]
    rows: TheoryRows
    read: ReadTables

    def report(self) -> dict[str, Any]:
        """Return what became of every table, column, cell and configuration."""
        account, became = self.read.account, self.rows.became
        cells = [(layout.table.number, cell) for layout in self.read.layouts for cell in layout.table.cells]
        filled = [entry for entry in cells if not entry[1].blank]
        placed = sum(bool(account.became.get(entry)) for entry in filled)
        return {
            "tables": [
                {
                    "table": layout.table.number,
                    "caption": layout.table.caption,
                    "rows": layout.table.height,
                    "columns": [
                        {"column": column + 1, "head": head, "as": slot}
                        for column, (head, slot) in enumerate(zip(layout.heads, layout.slots, strict=True))
                    ],
                }
                for layout in self.read.layouts
            ],
            "cells": {
                "filled": len(filled),
                "placed": placed,
                "asked": sum(entry in account.asked_about for entry in filled),
                "not_placed": len(filled) - placed,
            },
            "configurations": {what: self.count(what) for what in ("new", "changed", "unchanged")},
            "rows": [
                {"number": number, "label": one.label, "table": one.table, "row": one.row, "what": what}
                for one, number, what in became
            ],
            "changes": [asdict(change) for change in self.rows.changes],
            "not_placed": [asdict(cell) for cell in account.not_placed],
            "outside": list(self.read.source.outside),
            "notes": self.rows.notes,
        }

    def count(self, what: str) -> int:
        """Return of how many configurations this is true: new, changed or unchanged."""
        return sum(became == what for _, _, became in self.rows.became)

    @property
    def configurations(self) -> list[ReadConfiguration]:
        """Return the configurations that were read."""
        return self.read.configurations


def package_of_tables(read: ReadTables, origin: TableOrigin, title: str = "") -> TablePackage:
    """Return the package that the tables of a file become in a study; what the study has stays as it is."""
    study = Study.objects.filter(slug=origin.study).select_related("programme").first()
    theory = theory_named(study, origin.theory)
    document = theory_document(theory) if theory else study_document(study, origin, title)
    consent = QuoteConsent.PUBLISHED if origin.published_quotes and not origin.own else QuoteConsent.UNKNOWN
    rows = TheoryRows(document["theory"]["slug"], base_of(document, study), origin.locator, consent)
    add_study_rows(rows, read.beside)
    rows.add(read.configurations)
    add_caveats(rows, read.beside)
    singles = ("format", "version", "programme", "study", "theory")
    there = {name: document[name] for name in document if name not in singles}
    lists = with_what_is_there(there if theory else rows_of_study(study, rows.rows), rows.rows)
    shared = {name: document[name] for name in singles[2:]}
    whole = {"format": FORMAT, "version": VERSION, **shared, **lists}
    return TablePackage(dict(sorted(whole.items(), key=lambda entry: ORDER.get(entry[0], -1))), rows, read)


def theory_named(study: Study | None, slug: str) -> Theory | None:
    """Return the theory of a study that is named, if there is one."""
    return Theory.objects.filter(study=study, slug=slug).first() if study is not None and slug else None


def base_of(document: dict[str, Any], study: Study | None) -> dict[str, Any]:
    """Return what keys must not be given again: a study's quotes and people, too, where its theory is new."""
    if study is None:
        return document
    found: dict[str, Any] = {}
    for section in SECTIONS:
        if section.model in OF_STUDY:
            found[section.name] = section_rows(section, section.model._base_manager.filter(study=study))
    found["sources"] = list(Source.objects.filter(study=study).values("key"))  # without their transcripts
    return {**found, **document}


def with_what_is_there(
    there: dict[str, list[dict[str, Any]]], made: dict[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of a package: what is there, each row as it was made if it was, and what is new."""
    found = {**there, **made}
    for section in SECTIONS:
        if section.name in there and section.name in made:
            rows = {row[section.key]: row for row in made[section.name]}
            kept = [rows.pop(row[section.key], row) for row in there[section.name]]
            found[section.name] = [*kept, *rows.values()]
    return found


def rows_of_study(study: Study | None, made: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of a study that rows of a new theory may name; of its sources those alone that are quoted."""
    if study is None:
        return {}
    quoted = {row["source"] for row in made.get("quotes", ()) if "source" in row}
    found = {
        section.name: section_rows(section, section.model._base_manager.filter(study=study))
        for section in SECTIONS
        if section.model in MAY_BE_NAMED
    }
    section = next(section for section in SECTIONS if section.model is Source)
    found["sources"] = section_rows(section, Source.objects.filter(study=study, key__in=quoted))
    return {name: rows for name, rows in found.items() if rows}


def study_document(study: Study | None, origin: TableOrigin, title: str) -> dict[str, Any]:
    """Return programme, study and a new theory as a document: those that are there, or private new ones."""
    statements = StatementOrigin.OWN if origin.own else StatementOrigin.PRINTED
    theory: dict[str, Any] = {
        "slug": origin.theory or slug_for_table(origin.study),
        "title": shortest_title(title, origin),
    }
    if origin.locator:
        theory["locator"] = origin.locator
    if study is None:
        row: dict[str, Any] = {"slug": origin.study, "title": shortest_title(origin.publication, origin)}
        row["statements"] = statements.value
        row |= {"citation": origin.publication} if origin.publication else {}
        row |= {"licence": origin.licence} if origin.licence else {}
        name = Programme.objects.filter(slug=origin.programme or origin.study).first()
        programme: dict[str, Any] = {"slug": origin.study, "name": origin.study}
        if name is not None:
            programme = single_row(Programme, [name])
        return {"programme": programme, "study": row, "theory": theory}
    return {
        "programme": single_row(Programme, [study.programme]),
        "study": single_row(Study, [study]),
        "theory": theory,
    }


def single_row(model: type[Programme | Study], rows: list[Any]) -> dict[str, Any]:
    """Return the one row of a section as an object."""
    section = next(section for section in SECTIONS if section.model is model)
    return section_rows(section, rows)[0]


def shortest_title(title: str, origin: TableOrigin) -> str:
    """Return a title, or the study's slug where there is none."""
    return " ".join(title.split())[:300] or origin.study


def slug_for_table(study: str) -> str:
    """Return a slug for the theory of a table that no theory has."""
    stem = f"{study[: LONGEST_SLUG - 10]}-table"
    taken = set(Theory.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(
        slug for number in range(1, len(taken) + 2) if (slug := stem + f"-{number}" * (number > 1)) not in taken
    )
