"""Loading a theory package in one transaction: all of it is loaded, or nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from programmes.integrity.holding import hold, hold_erased
from programmes.integrity.snapshot import one_state
from programmes.models import Membership, StaleVersionError
from programmes.models.erasures import remembered_once
from programmes.models.publications import published_in_one_act
from programmes.models.short_names import cmoc_name
from programmes.package.document import parse
from programmes.package.plan import Plan
from programmes.package.present import MovedError
from programmes.package.problems import PackageError, Problem
from programmes.package.rules import in_a_sentence
from programmes.package.structure import structure_problems
from programmes.package.voices import planned_voices, write_voices
from programmes.package.writing import REFUSALS, StepError, Writer
from programmes.search.did_you_mean import shown
from programmes.trouble import RULE, trouble_of
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.models import Study
    from programmes.package.report import Report

TIMES_OUTSIDE = 3  # that a package is prepared while others write, before they must wait for that too


def read_package(
    data: bytes, *, dry_run: bool = False, reason: str = "Loaded from a theory package", lead: User | None = None
) -> Report:
    """Load a package; with `dry_run`, only report what loading it would do.

    Rows are found by their keys: new ones are created, different ones updated, equal ones left alone. Rows that are in
    the database but not in the package are kept, and named in the report. The study's lead is whom `lead` names.
    Raises PackageError with every problem that was found; then nothing was changed.

    It is checked and prepared while others write; only the writing keeps them waiting. Where somebody has changed
    meanwhile what it rests on, it is prepared anew, and at last while they wait.
    """
    load = Load(parse(data), reason, lead)
    for _ in range(TIMES_OUTSIDE):
        with remembered_once(anew=True):
            with one_state():
                plan = load.checked()
            if dry_run or not (plan.steps or plan.appoint) or load.was_written(plan):
                return plan.report
    return load.alone()


class Load:
    """A package that is being loaded."""

    def __init__(self, document: dict[str, Any], reason: str, lead: User | None) -> None:
        self.document, self.reason, self.lead = document, reason, lead
        self.faults = structure_problems(document)

    def checked(self) -> Plan:
        """Return what is to be written. Raises PackageError with all that stands in the way."""
        plan = Plan(self.document, self.faults)
        if plan.problems:
            raise PackageError(plan.problems)
        plan.voices = planned_voices(plan)
        plan.report.notes += repeated_names(self.document)
        plan.appoint = plan_lead(plan.study, self.lead, plan.report)
        return plan

    def was_written(self, plan: Plan) -> bool:
        """Write what was planned, unless somebody has changed meanwhile what it rests on."""
        writer = Writer(plan.steps, self.reason)
        try:
            with transaction.atomic():
                hold_erased(erases=False)
                hold(*plan.held)
                plan.confirm(self.document)
                self.write(plan, writer)
        except (MovedError, StepError, StaleVersionError, ValidationError, IntegrityError):
            return False
        except DatabaseError as error:
            raise PackageError([why_not_written("study", error)]) from error
        return True

    def alone(self) -> Report:
        """Prepare and write while others wait: so it ends, however often they write."""
        try:
            with transaction.atomic():
                hold_erased(erases=False)
                with remembered_once(anew=True):
                    plan = self.checked()
                    hold(*plan.held)
                    self.write(plan, Writer(plan.steps, self.reason), tells_which=True)
        except StepError as error:
            raise PackageError([why_not_written(error.step.place, error.__cause__)]) from error
        except REFUSALS as error:
            raise PackageError([why_not_written("study", error)]) from error
        return plan.report

    def write(self, plan: Plan, writer: Writer, *, tells_which: bool = False) -> None:
        """Write what was planned."""
        with published_in_one_act(plan.study.pk):
            writer.write(tells_which=tells_which)
            if plan.voices is not None:
                write_voices(plan.study, plan.voices)
            if plan.appoint is not None:
                plan.appoint.set_change_reason(self.reason)
                plan.appoint.save()


def why_not_written(place: str, error: BaseException | None) -> Problem:
    """Return as a problem why a checked package could not be written."""
    trouble = trouble_of(error, writes=True) if isinstance(error, IntegrityError | ValidationError) else None
    if trouble is not None:
        rule = trouble.remedy.removesuffix(RULE.remedy).strip() or "Breaks a rule that the database keeps."
        return Problem(place, "", in_a_sentence(rule), "change it, and load it again")
    if isinstance(error, DatabaseError) and not isinstance(error, IntegrityError):
        message = "could not be written: the database is busy, or its disk is full"
        return Problem(place, "", message, "load it again; if that goes on, ask who looks after the database")
    return Problem(place, "", "was changed by somebody else while the package was loaded", "load it again")


def plan_lead(study: Study, lead: User | None, report: Report) -> Membership | None:
    """Return the place in the team that a study's lead gets, and say in the report where a study has no lead."""
    present = Membership.objects.filter(study=study.pk or 0, role=TeamRole.LEAD)
    if lead is None:
        if not present.exists():
            report.notes.append(
                f"study.slug: {study.slug} has no lead, so only an administrator can change it; "
                "name one with: manage.py load_package FILE --lead USERNAME"
            )
        return None
    if present.filter(user=lead).exists():
        return None
    membership = Membership.objects.filter(study=study.pk or 0, user=lead).first() or Membership(study=study, user=lead)
    membership.role = TeamRole.LEAD
    report.notes.append(f"study.slug: {lead} leads {study.slug}")
    return membership


def repeated_names(document: dict[str, Any]) -> list[str]:
    """Return a note for each name that two configurations have: sources print labels anew in each part or case."""
    by_name: dict[str, list[int]] = {}
    for row in sorted(document.get("cmocs", ()), key=lambda row: row["number"]):
        by_name.setdefault(cmoc_name(row["number"], row.get("label", "")), []).append(row["number"])
    return [
        f"cmocs: {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} are all called {shown(name)}; "
        "a label such as “Case B, 1” tells them apart"
        for name, numbers in by_name.items()
        if len(numbers) > 1
    ]
