"""Invitations: links by which somebody comes into the team of a study, used once."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from programmes.integrity.constraints import choice_is_known
from programmes.integrity.text import ShortTextField
from programmes.models.studies import Membership, Study
from programmes.vocabulary import TeamRole

VALID = dt.timedelta(days=14)  # that a link can be used
SECRET_BYTES = 32  # of chance, which nobody guesses


def two_weeks_on() -> dt.datetime:
    """Return when a link that is made now ends."""
    return timezone.now() + VALID


def new_secret() -> str:
    """Return the secret of a new link."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of_link(token: str) -> str:
    """Return what is stored of the secret in a link, from which it cannot be read."""
    return hashlib.sha256(token.encode(errors="backslashreplace")).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations into teams."""

    def open_now(self) -> InvitationQuerySet:
        """Return those that can still be used: whoever made one must still lead the study."""
        leads = Membership.objects.filter(role=TeamRole.LEAD, user=models.OuterRef("made_by"))
        may_invite = Q(made_by__is_superuser=True) | models.Exists(leads.filter(study=models.OuterRef("study")))
        unused = self.filter(used_at=None, withdrawn_at=None, ends_at__gt=timezone.now())
        return unused.filter(may_invite, made_by__is_active=True)


class Invitation(models.Model):
    """A link that a lead gave to somebody, with what they will be in the team.

    The link itself is shown once and not stored. Nothing here says for whom it is: what they are called is told by
    themselves when they come.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=TeamRole)
    digest = models.CharField(max_length=64, unique=True)  # of the secret in the link
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    signed_by = ShortTextField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(default=two_weeks_on)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="invitations_used"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its queryset's methods

    class Meta:
        ordering = ("-pk",)
        constraints = (choice_is_known("role", TeamRole, "invitation_role_known"),)

    def __str__(self) -> str:
        return f"{self.get_role_display()}, until {self.ends_at:%d %B %Y}"
