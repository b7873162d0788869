"""What loading a package will write, worked out and checked before anything is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import models

from programmes.integrity.invariants import holds
from programmes.integrity.text import as_kept_in
from programmes.models import CuratedModel, Membership, Memo, Participant, Programme, Quote, Source, Study, Theory
from programmes.models.erasures import remembered
from programmes.models.holdings import HELD, HeldKind
from programmes.package.covered_words import keep_masks, left_or_changed, told_no_more
from programmes.package.present import MovedError, Nested, PresentRows
from programmes.package.problems import Path, Problem, and_elsewhere, path_text
from programmes.package.references import is_key, key_in, row_path, rows_in
from programmes.package.report import CREATED, KEPT, REMOVED, UNCHANGED, UPDATED, Report
from programmes.package.rules import problems_of_row, rule_of
from programmes.package.sections import SECTIONS, Section, default_of
from programmes.search.did_you_mean import shown, suggestion
from programmes.transcripts.read import checksum

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Step:
    """One row that is to be saved, or to be deleted."""

    place: str
    row: CuratedModel
    deletes: bool = False


class Plan:
    """The rows that a document makes, in the order in which they can be written, with all problems and the report.

    New rows refer to one another before they have a number; Django takes that when they are saved in this order.
    """

    def __init__(self, document: dict[str, Any], problems: list[Problem]) -> None:
        self.problems = list(problems)
        self.report = Report()
        self.steps: list[Step] = []
        self.appoint: Membership | None = None  # the place in the team that a lead gets
        self.voices: list[tuple[Quote, list[Participant]]] | None = None  # whose words are in quotes of several
        self.parents: dict[str, CuratedModel | None] = {}
        self.study_slug = key_in(SECTIONS[1], document.get("study"))
        self.wrong = [path for problem in problems for path in (problem.path, *problem.rows)]
        self.rows: dict[type[models.Model], dict[Any, CuratedModel | None]] = {}
        self.present = PresentRows()
        self.shared_by: set[str] = set()  # the studies of a programme that is there
        self.nested: dict[str, Nested] = {}
        self.taken: dict[tuple[Any, ...], str] = {}
        self.all_rows: list[CuratedModel] = []  # of the document, changed or not
        self.by_cause: dict[str, list[Problem]] = {}
        for section in SECTIONS:
            self.plan_section(section, document)
        self.problems += self.contradictions(document)
        for first, *others in self.by_cause.values():
            message = first.message + and_elsewhere([other.path for other in others])
            self.problems.append(replace(first, message=message))

    def plan_section(self, section: Section, document: dict[str, Any]) -> None:
        """Plan the rows of a section; a row comes after the rows of its section that it refers to."""
        parent = self.parents.get(section.parent)
        if section.parent and parent is None:
            return  # the study or theory above has problems of its own
        waiting = list(enumerate(rows_in(document, section)))
        given = {key_in(section, row) for _, row in waiting}
        existing = self.present.of_section(section, parent, given)
        for below in section.nested:
            self.nested[below.name] = self.present.nested_in(below, section, parent, existing, given)
        loaded = self.rows.setdefault(section.model, {})
        own = [entry.name for entry in section.fields if entry.related_model is section.model]
        while waiting:
            ready = [
                (index, row)
                for index, row in waiting
                if not isinstance(row, dict)
                or all(not is_key(row.get(name)) or row[name] not in given or row[name] in loaded for name in own)
            ]
            if not ready:
                self.report_circles(section, waiting, own[0])
                return
            for index, row in ready:
                self.plan_row(section, parent, row, row_path(section, (), index), existing)
            planned = {index for index, _ in ready}
            waiting = [(index, row) for index, row in waiting if index not in planned]
        if section.single:
            self.parents[section.name] = next(iter(loaded.values()), None)
            return
        for key, kept in existing.items():
            if key not in given:
                self.report.note(section.name, KEPT, kept)

    def report_circles(self, section: Section, waiting: list[tuple[int, Any]], name: str) -> None:
        """Report rows that refer to themselves, or to one another in a circle, once each."""
        by_key = {key_in(section, row): (index, row) for index, row in waiting}
        seen: set[Any] = set()
        for first in by_key:
            walked = [first]
            while walked[-1] not in seen:
                seen.add(walked[-1])
                walked.append(by_key[walked[-1]][1][name])
            circle = walked[walked.index(walked[-1]) : -1]
            if not circle:
                continue  # it leads into one that was reported
            places = [path_text((*row_path(section, (), by_key[key][0]), name)) for key in circle]
            message = f"closes a circle with {', '.join(places[1:])}" if places[1:] else "names its own row"
            target = shown(by_key[circle[0]][1][name])
            self.problems.append(Problem(places[0], target, message, "name another, or leave it out"))

    def plan_row(
        self, section: Section, parent: CuratedModel | None, row: Any, path: Path, existing: dict[Any, CuratedModel]
    ) -> None:
        """Plan a row and the rows nested in it; where it has a problem, none refers to it."""
        place = path_text(path)
        key = key_in(section, row)
        if key is None:
            return
        instance = None
        if not self.is_wrong(section, place):
            instance = self.planned(section, parent, row, path, existing.get(key))
        self.rows[section.model][key] = instance
        if instance is not None:
            for below in section.nested:
                present = self.nested[below.name].get(instance.pk, []) if instance.pk is not None else []
                self.plan_nested(below, instance, rows_in(row, below), path, present)

    def is_wrong(self, section: Section, place: str) -> bool:
        """Say whether the row itself, not one nested in it, already has a problem."""
        nested = tuple(f"{place}.{below.name}[" for below in section.nested)
        return any(
            (path == place or path.startswith(f"{place}.")) and not path.startswith(nested) for path in self.wrong
        )

    def plan_nested(
        self, section: Section, parent: CuratedModel, rows: list[Any], path: Path, present: list[CuratedModel]
    ) -> None:
        """Plan the rows nested in a row. They belong to it, so those missing from the document are deleted."""
        existing = {section.key_of(row): row for row in present}
        given = set()
        for index, row in enumerate(rows):
            key = key_in(section, row) if section.key else index + 1
            given.add(key)
            place = (*path, section.name, index)
            if isinstance(row, dict) and not self.is_wrong(section, path_text(place)):
                position = index + 1 if section.positioned else None
                self.planned(section, parent, row, place, existing.get(key), position)
        for key, unwanted in existing.items():
            if key not in given:
                self.report.note(str(unwanted._meta.verbose_name_plural), REMOVED, unwanted)
                self.steps.append(Step(path_text(path), unwanted, deletes=True))

    def planned(
        self,
        section: Section,
        parent: CuratedModel | None,
        row: dict[str, Any],
        path: Path,
        present: CuratedModel | None,
        position: int | None = None,
    ) -> CuratedModel | None:
        """Return a row as it will be, new, changed or as it was; None where it has a problem."""
        values = self.values(section, row, path)
        if values is None:
            return None
        values |= {section.parent: parent} if section.parent else {}
        if isinstance(present, Quote):
            keep_masks(present, values, row)
        self.take_marks(section, values, path)
        values |= {"position": position} if position is not None else {}
        if isinstance(present, Programme) and self.is_of_others(present):
            return self.kept_programme(present, row, values)
        instance = present or section.model()
        changed = [name for name, value in values.items() if present is None or stored(present, name) != value]
        self.all_rows.append(instance)
        kind = section.name if section in SECTIONS else str(section.model._meta.verbose_name_plural)
        if not changed:
            self.report.note(kind, UNCHANGED, instance)
            return instance
        problems = stays_as_it_is(present, values, row, path)
        if not problems:
            for name in changed:
                setattr(instance, name, values[name])
            instance.changing = frozenset(changed)
            problems = problems_of_row(instance, row, path, changed) or self.repeated(section, instance, row, path)
        if problems:
            self.report_problems(problems)
            return None
        self.report.note(kind, UPDATED if present else CREATED, instance, changed if present else None)
        self.steps.append(Step(path_text(path), instance))
        return instance

    def confirm(self, document: dict[str, Any]) -> None:
        """Raise MovedError where what the plan rests on is another by now."""
        self.present.confirm()
        programme = self.parents["programme"]
        if programme is not None and programme.pk is not None and self.studies_of(programme) != self.shared_by:
            raise MovedError
        if next(self.contradictions(document), None):
            raise MovedError

    def contradictions(self, document: dict[str, Any]) -> Iterator[Problem]:
        """Yield a problem where the package says that there is none of something that is there."""
        for kind in HELD:
            name = kind.holder._meta.model_name or ""
            said = document[name].get(kind.absence) if isinstance(document.get(name), dict) else None
            holder = self.parents.get(name)
            number = self.number_held(kind, holder) if said and holder else 0
            if number:
                message = f"says that there are no {kind.name}, but there {'is 1' if number == 1 else f'are {number}'}"
                yield Problem(f"{name}.{kind.absence}", shown(said), message, "leave it out")

    def number_held(self, kind: HeldKind, holder: CuratedModel) -> int:
        """Return how many rows of a kind a theory or study will have: those of the package and those that are kept."""
        rows = [row for row in self.all_rows if isinstance(row, kind.model)]
        gone = [step.row for step in self.steps if step.deletes]
        touched = {row.pk for row in [*rows, *gone] if isinstance(row, kind.model)}
        kept = kind.rows(holder).exclude(pk__in=touched - {None}).count() if holder.pk else 0
        return kept + sum(kind.counted is None or holds(kind.counted, row) for row in rows)

    def report_problems(self, problems: list[Problem]) -> None:
        """Report problems; several rows that break a rule because of one row are one problem."""
        for problem in problems:
            if problem.cause:
                self.by_cause.setdefault(problem.cause, []).append(problem)
            else:
                self.problems.append(problem)

    def is_of_others(self, programme: Programme) -> bool:
        """Say whether a programme belongs to somebody else than this package's study alone."""
        self.shared_by = self.studies_of(programme)
        return self.shared_by != {self.study_slug}

    def studies_of(self, programme: CuratedModel) -> set[str]:
        """Return the names of the studies that a programme has."""
        return set(Study.objects.filter(programme=programme.pk).values_list("slug", flat=True))

    @property
    def study(self) -> Study:
        """Return the study of a plan without problems."""
        return self.parents["study"]  # type: ignore[return-value]  # then it has one

    @property
    def held(self) -> list[CuratedModel]:
        """Return the study and the theory, as far as they are there: acts on these wait for each other."""
        rows = (self.parents["study"], self.parents["theory"])
        return [row for row in rows if row is not None and row.pk is not None]

    def kept_programme(self, programme: Programme, row: dict[str, Any], values: dict[str, Any]) -> Programme:
        """Use a programme of others as it is, and say where the package has it differently."""
        different = [name for name in row if name in values and stored(programme, name) != values[name]]
        for name in different:
            here, there = shown(getattr(programme, name)), shown(row[name])
            self.report.notes.append(
                f"programme.{name}: kept as it is, {here}, because the programme was here before this study "
                f"(the package has {there}); to change it, edit the programme"
            )
        self.report.note("programme", UNCHANGED, programme)
        return programme

    def repeated(self, section: Section, instance: CuratedModel, row: dict[str, Any], path: Path) -> list[Problem]:
        """Return a problem for what must be unique, is no key of the section, and is there already."""
        problems = []
        for constraint in section.model._meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint) or section.is_key(constraint.fields):
                continue
            values = {name: getattr(instance, name) for name in constraint.fields}
            if None in values.values():
                continue
            rule = rule_of(section.model, constraint)
            place = path_text((*path, rule.fields[0]))
            new = any(is_new(value) for value in values.values())
            token = (constraint.name, *(id(value) if is_new(value) else value for value in values.values()))
            earlier = self.taken.setdefault(token, place)
            if earlier != place or (
                not new and section.model._base_manager.filter(**values).exclude(pk=instance.pk).exists()
            ):
                problems.append(Problem(place, shown(row[rule.fields[0]]), rule.message, rule.remedy))
        return problems

    def values(self, section: Section, row: dict[str, Any], path: Path) -> dict[str, Any] | None:
        """Return the field values of a row, or None where it or a row that it refers to has a problem."""
        values: dict[str, Any] = {}
        if section.model is Study:
            values["programme"] = self.parents["programme"]
            if values["programme"] is None:
                return None
        for entry in section.fields:
            value = row.get(entry.name, default_of(entry))
            if isinstance(entry, models.ForeignKey) and value is not None:
                value = self.related(section, entry, row, path)
                if value is None:
                    return None
            elif isinstance(entry, models.DateField) and value is not None:
                value = dt.date.fromisoformat(value)
            values[entry.name] = as_kept_in(entry, value)
        if section.model is Source and values["text"]:
            right = checksum(values["text"])
            if values["sha256"].lower() not in {"", right}:
                place = path_text((*path, "sha256"))
                message, remedy = "is not the checksum of this text", "leave it out, and it is worked out"
                self.problems.append(Problem(place, shown(values["sha256"]), message, remedy))
                return None
            values["sha256"] = right
        if section.model is Memo and any(name in row for name in PARTS_OF_THEORIES):
            values["theory"] = values["theory"] or self.parents["theory"]
        return values

    def take_marks(self, section: Section, values: dict[str, Any], path: Path) -> None:
        """Put marks over passages that were erased before, and say so in the report."""
        for name in marks_taken(section.model, values) if remembered().shapes else ():
            place = path_text((*path, name))
            self.report.notes.append(f"{place}: has a passage that was erased for good; it came in as its mark")

    def related(
        self, section: Section, entry: models.ForeignKey[Any, Any], row: dict[str, Any], path: Path
    ) -> CuratedModel | None:
        """Return the row with this key."""
        key = row[entry.name]
        if section.model is not Theory:
            return self.rows.get(entry.related_model, {}).get(key)
        predecessor = Theory.objects.filter(slug=key).exclude(slug=row[section.key]).first()
        if predecessor is None:
            known = Theory.objects.exclude(slug=row[section.key]).values_list("slug", flat=True)
            place = path_text((*path, entry.name))
            message = f"no other theory {shown(key)} in the database"
            self.problems.append(Problem(place, shown(key), message, suggestion(key, known)))
        return predecessor


def stored(row: CuratedModel, name: str) -> Any:
    """Return what a row has in a field; that ends of lines are of an older kind there is no difference."""
    return as_kept_in(row._meta.get_field(name), getattr(row, name))  # type: ignore[arg-type]  # no relation back


def marks_taken(model: type[CuratedModel], values: dict[str, Any]) -> list[str]:
    """Put marks over passages in these values that were erased before; return the names of the fields."""
    drafted = model(**values)
    drafted.take_out_erased()
    changed = [name for name, value in values.items() if getattr(drafted, name) != value]
    values.update({name: getattr(drafted, name) for name in changed})
    return [name for name in changed if name != "sha256"]


def is_new(value: Any) -> bool:
    """Say whether a value is a row that is not in the database yet."""
    return isinstance(value, CuratedModel) and value.pk is None


PARTS_OF_THEORIES = [
    entry.name
    for entry in Memo._meta.concrete_fields
    if any(section.model is entry.related_model and section.parent == "theory" for section in SECTIONS)
]


def stays_as_it_is(
    present: CuratedModel | None, values: dict[str, Any], row: dict[str, Any], path: Path
) -> list[Problem]:
    """Return a problem where a package would change what no package may change."""
    if isinstance(present, Study) and present.programme != values["programme"]:
        message = f"is a study of another programme, {shown(present.programme.slug)}"
        remedy = "write that programme, or choose another name for the study"
        return [Problem(path_text((*path, "slug")), shown(row["slug"]), message, remedy)]
    if isinstance(present, Theory) and present.study != values["study"]:
        message = f"is a theory of another study, {shown(present.study.slug)}"
        return [Problem(path_text((*path, "slug")), shown(row["slug"]), message, "choose another name")]
    if isinstance(present, Participant) and values["withdrawn_date"] and not present.withdrawn_date:
        message = "says that this participant has withdrawn, but nothing of theirs was erased here"
        remedy = "withdraw them here first, among the participants, and load it then"
        return [Problem(path_text((*path, "withdrawn_date")), shown(row["withdrawn_date"]), message, remedy)]
    if who := withdrawn_person(present, values):
        brings = "brings back what was erased, since" if who.pk else "has words, though"
        message = f"{brings} the participant {shown(who.pseudonym)} has withdrawn"
        remedy = "take their quotes, their sources and what is told of them out of the file"
        return [Problem(path_text(path), "", message, remedy)]
    if isinstance(present, Source) and present.text and values["text"] != present.text:
        return [Problem(path_text((*path, "text")), shown(row["text"]) if "text" in row else "", *left_or_changed(row))]
    return told_no_more(present, values, row, path)


def withdrawn_person(present: CuratedModel | None, values: dict[str, Any]) -> Participant | None:
    """Return the participant who has withdrawn and whose record, source or quote the values would change or bring."""
    people = [present, values.get("participant"), getattr(values.get("source"), "participant", None)]
    people += [present.participant] if isinstance(present, Source | Quote) else []
    has_words = "start" in values or bool(values.get("text"))  # of a quote or a source; the record of one may come in
    asked = [who for who in people if isinstance(who, Participant) and (who.pk is not None or has_words)]
    return next((who for who in asked if who.withdrawn_date is not None), None)
