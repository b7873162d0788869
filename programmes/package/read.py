"""Loading a theory package in one transaction: all of it is loaded, or nothing is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, models, transaction

from programmes.integrity.text import as_kept_in
from programmes.models import CuratedModel, Study, Theory
from programmes.models.holdings import HELD
from programmes.package.problems import PackageError, Problem, path_text
from programmes.package.sections import SECTIONS, Section, default_of
from programmes.package.structure import Path, is_key, key_in, parse, row_path, rows_in, structure_problems
from programmes.search.did_you_mean import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

CREATED, UPDATED, UNCHANGED, REMOVED, KEPT = "created", "updated", "unchanged", "removed", "kept, not in the package"


@dataclass
class Report:
    """What loading a package did, or would do: rows of each kind, and each change in words."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    def note(self, kind: str, what: str, row: CuratedModel, names: list[str] | None = None) -> None:
        """Record what happened to a row."""
        self.counts.setdefault(kind, Counter())[what] += 1
        if what != UNCHANGED:
            fields = f" ({', '.join(names)})" if names else ""
            self.changes.append(f"{what}: {row._meta.verbose_name} {row}{fields}")

    def total(self, what: str) -> int:
        """Return how many rows something happened to."""
        return sum(counter[what] for counter in self.counts.values())

    def lines(self) -> list[str]:
        """Return the report as text, one line for each kind of row."""
        return [
            f"{kind}: "
            + ", ".join(
                f"{counter[what]} {what}" for what in (CREATED, UPDATED, UNCHANGED, REMOVED, KEPT) if counter[what]
            )
            for kind, counter in self.counts.items()
        ]


def read_package(data: bytes, *, dry_run: bool = False, reason: str = "Loaded from a theory package") -> Report:
    """Load a package; with `dry_run`, only report what loading it would do.

    Rows are found by their keys: new ones are created, different ones updated, equal ones left alone. Rows that are in
    the database but not in the package are kept, and named in the report. Raises PackageError with every problem that
    was found; then nothing was changed.
    """
    document = parse(data)
    problems = structure_problems(document)
    # Asking Python about every rule of every row takes most of the time, and the database holds the same rules. So a
    # package without visible problems is first written at once; only where that fails are the rules asked one by one.
    for thorough in [True] if problems else [False, True]:
        loader = _Loader(list(problems), reason, thorough=thorough)
        try:
            with transaction.atomic():
                loader.load(document)
                if loader.problems or dry_run:
                    transaction.set_rollback(True)
        except DatabaseError as error:
            loader.problems.append(Problem(loader.place, "", f"the database refuses it: {error}", "correct the row"))
        if not loader.problems:
            return loader.report
    raise PackageError(loader.problems)


class _Loader:
    """Writes the rows of one document inside a transaction, and collects the problems."""

    def __init__(self, problems: list[Problem], reason: str, *, thorough: bool) -> None:
        self.thorough = thorough
        self.problems = problems
        self.wrong = [problem.path for problem in problems]
        self.reason = reason
        self.report = Report()
        self.place = ""
        self.rows: dict[type[models.Model], dict[Any, CuratedModel | None]] = {}
        self.parents: dict[str, CuratedModel | None] = {}

    def load(self, document: dict[str, Any]) -> None:
        """Write every section."""
        for section in SECTIONS:
            parent = self.parents.get(section.parent)
            if section.parent and parent is None:
                continue  # the study or theory above has problems of its own
            rows = list(enumerate(rows_in(document, section)))
            self.load_rows(section, parent, rows)
            if section.single and rows:
                loaded = self.rows.get(section.model, {}).get(key_in(section, rows[0][1]))
                self.parents[section.name] = loaded
        self.problems += self.contradictions(document)

    def contradictions(self, document: dict[str, Any]) -> Iterator[Problem]:
        """Yield a problem where the package says that there is none of something that is there."""
        for kind in HELD:
            name = kind.holder._meta.model_name or ""
            said = document[name].get(kind.absence) if isinstance(document.get(name), dict) else None
            holder = self.parents.get(name)
            number = kind.rows(holder).count() if said and holder else 0
            if number:
                message = f"says that there are no {kind.name}, but there {'is 1' if number == 1 else f'are {number}'}"
                yield Problem(f"{name}.{kind.absence}", shown(said), message, "leave it out")

    def load_rows(self, section: Section, parent: CuratedModel | None, rows: list[tuple[int, Any]]) -> None:
        """Write the rows of a section; a row comes after the rows of its section that it refers to."""
        existing = self.existing_rows(section, parent)
        loaded = self.rows.setdefault(section.model, {})
        given = {key_in(section, row) for _, row in rows}
        own = [entry.name for entry in section.fields if entry.related_model is section.model]
        waiting = rows
        while waiting:
            ready = [
                (index, row)
                for index, row in waiting
                if not isinstance(row, dict)
                or all(not is_key(row.get(name)) or row[name] not in given or row[name] in loaded for name in own)
            ]
            if not ready:
                self.report_circle(section, waiting, own)
                return
            for index, row in ready:
                self.load_row(section, parent, row, row_path(section, (), index), existing)
            waiting = [entry for entry in waiting if entry not in ready]
        if not section.single:
            for key, kept in existing.items():
                if key not in given:
                    self.report.note(section.name, KEPT, kept)

    def report_circle(self, section: Section, waiting: list[tuple[int, Any]], own: list[str]) -> None:
        """Report rows that refer to one another in a circle."""
        for index, row in waiting:
            place = path_text((*row_path(section, (), index), own[0]))
            self.problems.append(
                Problem(place, shown(row.get(own[0])), "is part of a circle", "let one of the rows point at none")
            )

    def existing_rows(self, section: Section, parent: CuratedModel | None) -> dict[Any, CuratedModel]:
        """Return the rows of a section that are in the database, by key."""
        rows = section.model._base_manager.all()
        if parent is not None and section.model is not Theory:
            rows = rows.filter(**{section.parent: parent})
        if section.nested or section.single or not section.parent:
            return {section.key_of(row): row for row in rows}
        relations = [entry.name for entry in section.fields if isinstance(entry, models.ForeignKey)]
        return {section.key_of(row): row for row in rows.select_related(*relations)}

    def load_row(
        self, section: Section, parent: CuratedModel | None, row: Any, path: Path, existing: dict[Any, CuratedModel]
    ) -> CuratedModel | None:
        """Write a row and the rows nested in it; return None where it has a problem."""
        place = path_text(path)
        key = key_in(section, row)
        if key is None or self.is_wrong(section, place):
            if key is not None:
                self.rows[section.model][key] = None
            return None
        instance = self.write_row(section, parent, row, path, existing.get(key))
        self.rows[section.model][key] = instance
        if instance is not None:
            for nested in section.nested:
                self.load_nested(nested, instance, rows_in(row, nested), path)
        return instance

    def is_wrong(self, section: Section, place: str) -> bool:
        """Say whether the row itself, not one nested in it, already has a problem."""
        nested = tuple(f"{place}.{below.name}[" for below in section.nested)
        return any(
            (path == place or path.startswith(f"{place}.")) and not path.startswith(nested) for path in self.wrong
        )

    def load_nested(self, section: Section, parent: CuratedModel, rows: list[Any], path: Path) -> None:
        """Write the rows nested in a row. They belong to it, so those missing from the document are deleted."""
        found = section.model._base_manager.filter(**{section.parent: parent})
        relations = [entry.name for entry in section.fields if isinstance(entry, models.ForeignKey)]
        existing = {section.key_of(row): row for row in found.select_related(*relations)}
        given = set()
        complete = True
        for index, row in enumerate(rows):
            key = key_in(section, row) if section.key else index + 1
            given.add(key)
            place = (*path, section.name, index)
            if not isinstance(row, dict) or self.is_wrong(section, path_text(place)):
                complete = False
                continue
            position = index + 1 if section.positioned else None
            self.write_row(section, parent, row, place, existing.get(key), position)
        for key, unwanted in existing.items():
            if complete and key not in given:
                self.report.note(str(unwanted._meta.verbose_name_plural), REMOVED, unwanted)
                unwanted.set_change_reason(self.reason)
                unwanted.delete()

    def write_row(
        self,
        section: Section,
        parent: CuratedModel | None,
        row: dict[str, Any],
        path: Path,
        present: CuratedModel | None,
        position: int | None = None,
    ) -> CuratedModel | None:
        """Create, update or leave one row; return None where it has a problem."""
        self.place = path_text(path)
        values = self.values(section, row)
        if values is None:
            return None
        if section.parent:
            values[section.parent] = parent
        if section.model is Study:
            values["programme"] = self.parents.get("programme")
            if values["programme"] is None:
                return None
        if position is not None:
            values["position"] = position
        instance = present or section.model()
        changed = [name for name, value in values.items() if present is None or stored(present, name) != value]
        kind = section.name if section in SECTIONS else str(section.model._meta.verbose_name_plural)
        if not changed:
            self.report.note(kind, UNCHANGED, instance)
            return instance
        for name in changed:
            setattr(instance, name, values[name])
        try:
            instance.full_clean(validate_unique=self.thorough, validate_constraints=self.thorough)
        except ValidationError as error:
            self.problems += validation_problems(error, path, row)
            return None
        instance.set_change_reason(self.reason)
        instance.save()
        self.report.note(kind, UPDATED if present else CREATED, instance, changed if present else None)
        return instance

    def values(self, section: Section, row: dict[str, Any]) -> dict[str, Any] | None:
        """Return the field values of a row, or None where a row it refers to has a problem."""
        values: dict[str, Any] = {}
        for entry in section.fields:
            value = row.get(entry.name, default_of(entry))
            if isinstance(entry, models.ForeignKey) and value is not None:
                value = self.related(section, entry, value)
                if value is None:
                    return None
            elif isinstance(entry, models.DateField) and value is not None:
                value = dt.date.fromisoformat(value)
            values[entry.name] = as_kept_in(entry, value)
        return values

    def related(self, section: Section, entry: models.ForeignKey[Any, Any], key: Any) -> CuratedModel | None:
        """Return the row with this key."""
        if section.model is Theory:
            predecessor = Theory.objects.filter(slug=key).first()
            if predecessor is None:
                known = Theory.objects.values_list("slug", flat=True)
                place = f"{self.place}.{entry.name}"
                problem = Problem(place, shown(key), f"no theory {shown(key)} in the database", suggestion(key, known))
                self.problems.append(problem)
            return predecessor
        return self.rows.get(entry.related_model, {}).get(key)


def stored(row: CuratedModel, name: str) -> Any:
    """Return what a row has in a field; that ends of lines are of an older kind there is no difference."""
    return as_kept_in(row._meta.get_field(name), getattr(row, name))  # type: ignore[arg-type]  # no relation back


def validation_problems(error: ValidationError, path: Path, row: dict[str, Any]) -> list[Problem]:
    """Turn a ValidationError of a model into problems of the document."""
    problems = []
    for name, messages in error.message_dict.items():
        whole_row = name == NON_FIELD_ERRORS or name not in row
        place = path_text(path if whole_row else (*path, name))
        value = shown(row if whole_row else row[name])
        problems += [
            Problem(
                place, value, message.rstrip(".")[:1].lower() + message.rstrip(".")[1:], "change it so that this holds"
            )
            for message in messages
        ]
    return problems
