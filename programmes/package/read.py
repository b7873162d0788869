"""Loading a theory package in one transaction: all of it is loaded, or nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from programmes.models import Membership, StaleVersionError, Study
from programmes.models.erasures import remembered_once
from programmes.models.publications import published_in_one_act
from programmes.models.spoken import keep_voices_of_study
from programmes.package.document import parse
from programmes.package.plan import Plan
from programmes.package.problems import PackageError, Problem
from programmes.package.rules import in_a_sentence
from programmes.package.structure import structure_problems
from programmes.package.writing import StepError, Writer
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.package.report import Report


def read_package(
    data: bytes, *, dry_run: bool = False, reason: str = "Loaded from a theory package", lead: User | None = None
) -> Report:
    """Load a package; with `dry_run`, only report what loading it would do.

    Rows are found by their keys: new ones are created, different ones updated, equal ones left alone. Rows that are in
    the database but not in the package are kept, and named in the report. The study's lead is whom `lead` names.
    Raises PackageError with every problem that was found; then nothing was changed.

    Everything is checked before anything is written, so that others wait for the writing alone.
    """
    with remembered_once():
        return read_remembering(data, dry_run=dry_run, reason=reason, lead=lead)


def read_remembering(data: bytes, *, dry_run: bool, reason: str, lead: User | None) -> Report:
    """Load a package, as `read_package` does, while it is known what was erased."""
    document = parse(data)
    plan = Plan(document, structure_problems(document))
    if plan.problems:
        raise PackageError(plan.problems)
    study = plan.parents["study"]
    appoint = plan_lead(study, lead, plan.report)  # type: ignore[arg-type]  # a plan without problems has a study
    if not dry_run:
        try:
            with (
                transaction.atomic(),
                remembered_once(anew=True),
                published_in_one_act(study.pk),  # type: ignore[union-attr]  # as above
            ):
                Writer(reason).write(plan.steps)
                if says_who_speaks(document):
                    keep_whose_words(study)  # type: ignore[arg-type]  # as above
                if appoint is not None:
                    appoint.set_change_reason(reason)
                    appoint.save()
        except StepError as error:
            raise PackageError([why_not_written(error.step.place, error.__cause__)]) from error
        except (StaleVersionError, ValidationError, DatabaseError) as error:
            raise PackageError([why_not_written("study", error)]) from error
    return plan.report


def why_not_written(place: str, error: BaseException | None) -> Problem:
    """Return as a problem why a checked package could not be written."""
    if isinstance(error, DatabaseError) and not isinstance(error, IntegrityError):
        message = "could not be written: the database is busy, or its disk is full"
        return Problem(place, "", message, "load it again; if that goes on, ask who looks after the database")
    return Problem(place, "", "was changed by somebody else while the package was loaded", "load it again")


def keep_whose_words(study: Study) -> None:
    """Keep whose words are in quotes over several turns; refuse the package where one is public without their leave."""
    try:
        keep_voices_of_study(study)
    except ValidationError as error:
        remedy = "leave its visibility out, or record the consent of each participant whose words are in it"
        raise PackageError([Problem("quotes", "", in_a_sentence(error.messages[0]), remedy)]) from error


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
    if not lead.is_staff or not lead.has_perm("programmes.change_membership"):
        report.notes.append(f"{lead} cannot edit yet: make the account staff, and put it into the group Lead")
    return membership


def says_who_speaks(document: dict[str, Any]) -> bool:
    """Say whether a package has speakers, or quotes of several: then whose words are in a quote is worked out anew."""
    return any(source.get("speakers") for source in document.get("sources", ())) or any(
        quote.get("pieces") for quote in document.get("quotes", ())
    )
