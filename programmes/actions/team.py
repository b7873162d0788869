"""Beginning a study, and who is in its team: invited by a link, given another role, removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from programmes.integrity.holding import hold
from programmes.integrity.numbering import free_slug, signature
from programmes.models import CuratedModel, Invitation, Membership, Programme, Study, Theory
from programmes.models.invitations import digest_of_link, new_secret
from programmes.vocabulary import StatementOrigin, TeamRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LAST_LEAD = "{} is the only lead of this study. Make somebody else a lead first."
Record = TypeVar("Record", bound=CuratedModel)
BEGUN = "Begun"
LONGEST_NAME = 300  # letters, of a programme and of a theory


class LinkGoneError(ValidationError):
    """A link cannot be used: it was used, withdrawn or ended, or there never was such a one."""


@dataclass(frozen=True)
class NewLink:
    """An invitation, and the secret of its link, which is known only now."""

    invitation: Invitation
    token: str


@transaction.atomic
def begin_study(*, title: str, by: User) -> Study:
    """Make a private study of a title, with the programme that it is of and a first theory; return it.

    Whoever begins it leads it. Its statements are its team's own. What else may be said of it, nobody has said yet.
    """
    programme = programme_named(title)
    study = keep(
        Study(programme=programme, title=title, slug=free_slug(Study, title), statements=StatementOrigin.OWN), BEGUN
    )
    keep(Theory(study=study, title=title_of_parts(title), slug=free_slug(Theory, title)), BEGUN)
    keep(Membership(study=study, user=by, role=TeamRole.LEAD), BEGUN)
    return study


def programme_named(title: str) -> Programme:
    """Make the programme of a study of which only the title is known, and return it."""
    return keep(Programme(name=title_of_parts(title), slug=free_slug(Programme, title)), BEGUN)


def title_of_parts(title: str) -> str:
    """Return the title of a study as a programme and a theory can have it."""
    return Truncator(title).chars(LONGEST_NAME)


@transaction.atomic
def invite(*, study: Study, role: TeamRole, by: User) -> NewLink:
    """Make a link by which somebody comes into the team of a study, once and within two weeks."""
    token = new_secret()
    made = Invitation(study=study, role=role, digest=digest_of_link(token), made_by=by, signed_by=signature(by))
    made.full_clean()
    made.save()
    return NewLink(made, token)


@transaction.atomic
def withdraw_invitation(*, study: Study, invitation: int) -> Invitation:
    """Withdraw an open invitation into a study. Raises ValidationError where there is none any more."""
    rows = Invitation.objects.open_now().filter(study=study, pk=invitation)
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise ValidationError("This invitation is not open any more.", code="gone")
    found.withdrawn_at = timezone.now()
    found.save()
    return found


def invitation_of(token: str) -> Invitation:
    """Return the open invitation of a link. Raises LinkGoneError where it cannot be used."""
    rows = Invitation.objects.open_now().select_related("study")
    found = rows.filter(digest=digest_of_link(token)).first()
    if found is None:
        raise LinkGoneError("This link cannot be used.", code="gone")
    return found


@transaction.atomic
def accept_invitation(*, token: str, by: User) -> Membership:
    """Let somebody into the team by a link, which is used up; who is as much in it already uses none up.

    Raises LinkGoneError where the link cannot be used.
    """
    asked = invitation_of(token)
    hold(asked.study)
    held = Invitation.objects.select_for_update().filter(pk=asked.pk, used_at=None, withdrawn_at=None).first()
    if held is None:
        raise LinkGoneError("This link cannot be used.", code="gone")
    present = Membership.objects.filter(study=asked.study, user=by).first()
    if present is not None and present.role in TeamRole.at_least(TeamRole(held.role)):
        return present
    place = present or Membership(study=asked.study, user=by)
    place.role = held.role
    keep(place, f"Invited by {held.signed_by}")
    held.used_at, held.used_by = timezone.now(), by
    held.save()
    return place


@transaction.atomic
def give_role(*, study: Study, user: int, role: TeamRole) -> Membership:
    """Give somebody of a team another role. Raises ValidationError where no lead would be left."""
    place = place_in_team(study, user)
    if role != TeamRole.LEAD:
        refuse_last_lead(place)
    place.role = role
    keep(place, "Another role")
    return place


@transaction.atomic
def remove_from_team(*, study: Study, user: int) -> Membership:
    """Take somebody out of a team; what they did stays. Raises ValidationError where no lead would be left."""
    place = place_in_team(study, user)
    refuse_last_lead(place)
    place.set_change_reason("Removed from the team")
    place.delete()
    return place


def place_in_team(study: Study, user: int) -> Membership:
    """Return somebody's place in a team, which is held. Raises ValidationError where they are not in it any more."""
    hold(study)
    found = Membership.objects.select_related("user").filter(study=study, user=user).first()
    if found is None:
        raise ValidationError("This person is not in the team any more.", code="gone")
    return found


def refuse_last_lead(place: Membership) -> None:
    """Raise ValidationError where a study would be left without a lead."""
    leads = Membership.objects.filter(study=place.study, role=TeamRole.LEAD)
    if place.role == TeamRole.LEAD and not leads.exclude(pk=place.pk).exists():
        raise ValidationError(LAST_LEAD.format(place.user), code="last_lead")


def keep(row: Record, reason: str) -> Record:
    """Check a record and save it; return it."""
    row.set_change_reason(reason)
    row.full_clean()
    row.save()
    return row
