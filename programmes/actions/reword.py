"""Writing what a configuration says: its title, its statement, and the parts that it is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from programmes.actions.decisions import RETIRED, Decision, load_unretired, lock_theory, save_with_reason
from programmes.characters import is_blank
from programmes.integrity.numbering import free_key, next_position
from programmes.models.reviews import Review
from programmes.search.stems import folded
from programmes.vocabulary import Reporting, Visibility

if TYPE_CHECKING:
    from programmes.models.configuration import PartKind
    from programmes.models.theory import CMOC, Theory

WRITTEN = ("title", "statement")


def is_settled(cmoc: CMOC) -> bool:
    """Say whether others have read a configuration: it was put to reviewers, reviewed or published.

    Until then its team is sketching, and one reason does for a sitting; the theory and study must be loaded with it.
    """
    return was_shown(cmoc) or Review.objects.filter(cmoc=cmoc).exists()


def was_shown(cmoc: CMOC) -> bool:
    """Say whether a configuration was put to reviewers or published; theory and study must be loaded with it."""
    theory = cmoc.theory
    return cmoc.review_asked_date is not None or theory.visibility == Visibility.PUBLIC == theory.study.visibility


@transaction.atomic
def reword(*, cmoc: CMOC, field: str, text: str, decision: Decision) -> CMOC:
    """Write a title or a statement. Raises StaleVersionError where somebody changed the configuration meanwhile."""
    lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    if getattr(stored, field) == text:
        raise ValidationError("It says that already.", code="same")
    setattr(stored, field, text)
    if field == "statement":
        is_said = not is_blank(text)
        unfit = stored.statement_reporting not in {"", Reporting.REPORTED} if is_said else True
        stored.statement_reporting = "" if unfit else stored.statement_reporting
    save_with_reason(stored, decision.reason)
    return stored


@transaction.atomic
def add_part(*, cmoc: CMOC, kind: PartKind, label: str, decision: Decision) -> Any:
    """Add a part to a configuration: one that stands in the theory under this label, or else a new one."""
    theory = lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    if is_blank(label):
        raise ValidationError(f"Give the {kind.heading.lower()} some words.", code="blank")
    under: dict[str, Any] = {"theory": theory} if kind.is_element else {"study": theory.study}
    part = next((row for row in kind.model.objects.filter(**under) if folded(row.label) == folded(label)), None)
    if part is None and not kind.is_element:
        raise ValidationError(
            f"“{label}” is none of the people of this study. Add them to it first, or choose others.", code="people"
        )
    if part is None:
        part = kind.model(label=label, key=free_key(kind.model, label, **under), **under)
        save_with_reason(part, decision.reason)
    if kind.link.objects.filter(cmoc=stored, **{kind.relation: part}).exists():
        raise ValidationError(f"“{part.label}” is in {stored} already.", code="twice")
    said = {kind.relation: part, kind.wording: words_in_statement(stored.statement, label)}
    link = kind.link(cmoc=stored, position=next_position(kind.link, cmoc=stored), **said)
    save_with_reason(link, decision.reason)
    return part


@transaction.atomic
def rename_part(*, theory: Theory, kind: PartKind, key: str, label: str, decision: Decision) -> Any:
    """Call a part of a theory otherwise, wherever it stands. Raises ValidationError."""
    theory = lock_theory(theory.pk)
    part = kind.model.objects.filter(theory=theory, key=key).first() if kind.is_element else None
    if part is None:
        raise ValidationError("That part is not in this theory any more.", code="gone")
    if part.label == label:
        raise ValidationError("It is called that already.", code="same")
    others = kind.model.objects.filter(theory=theory).exclude(pk=part.pk)
    if any(folded(row.label) == folded(label) for row in others):
        raise ValidationError(
            f"“{label}” stands in this theory already: take this part out, and add that one.", code="twice"
        )
    part.label = label
    save_with_reason(part, decision.reason)
    return part


def words_in_statement(statement: str, label: str) -> str:
    """Return a part as the statement has it, where it stands there once; else nothing."""
    found = re.findall(re.escape(label), statement, re.IGNORECASE)
    return found[0] if len(found) == 1 else ""


@transaction.atomic
def remove_part(*, cmoc: CMOC, kind: PartKind, key: str, decision: Decision) -> None:
    """Take a part out of a configuration; it stays in the theory, where others may have it too."""
    lock_theory(cmoc.theory_id)
    (stored,) = load_unretired([cmoc], decision)
    link = kind.link.objects.filter(cmoc=stored, **{f"{kind.relation}__key": key}).first()
    if link is None:
        raise ValidationError(f"That part is not in {stored} any more.", code="gone")
    link.set_change_reason(decision.reason)
    link.delete()


def refuse_retired(cmoc: CMOC) -> None:
    """Refuse a configuration that is retired. Raises ValidationError."""
    if cmoc.status == RETIRED:
        raise ValidationError(f"{cmoc} is retired already.", code="retired")
