"""Who may see a row, and who may change it. Every read on somebody's behalf goes through here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q

from programmes.vocabulary import TeamRole, Visibility

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Person: TypeAlias = "AbstractBaseUser | AnonymousUser | Teammate"

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)
NOBODY = Q(pk__in=())


@dataclass(frozen=True)
class Access:
    """Who may see the rows of a model.

    A row is public when its study is public, its theory (if it has one) is public, and `public_if` holds.
    A member of the study's team sees the rows for which `public_if` holds, and all rows from `private_role` on.
    """

    study: str  # the path from the row to its study; empty for the study itself
    theory: str = ""  # the path from the row to its theory; empty if rows belong to the study alone
    theory_optional: bool = False  # whether the path to the theory may end at nothing
    public_if: Q = field(default_factory=Q)
    private_role: TeamRole = TeamRole.READER

    def path(self, name: str) -> str:
        """Return the lookup of a field of the study, seen from the row."""
        return f"{self.study}__{name}" if self.study else name

    def public(self) -> Q:
        """Return the condition under which everybody may see a row."""
        condition = Q(**{self.path("visibility"): Visibility.PUBLIC})
        if self.theory:
            theory_condition = Q(**{f"{self.theory}__visibility": Visibility.PUBLIC})
            if self.theory_optional:
                theory_condition |= Q(**{self.theory: None})
            condition &= theory_condition
        return condition & self.public_if

    def member(self, user: Person) -> Q:
        """Return the condition under which a member of the study's team may see a row."""
        every = Q(**{self.path("pk__in"): studies_with_role(user, self.private_role)})
        if self.private_role == TeamRole.READER:
            return every
        return Q(**{self.path("pk__in"): studies_with_role(user, TeamRole.READER)}) & self.public_if | every

    def teammate(self, mate: Teammate) -> Q:
        """Return the condition under which somebody at work in a study may see a row of it."""
        own = Q(**{self.path("pk"): mate.study})
        return own if mate.role in TeamRole.at_least(self.private_role) else own & self.public_if


@dataclass(frozen=True)
class Teammate:
    """Somebody at work in one study, whose role in its team is known: so rows need not ask for it one by one.

    To `visible_to` it is a person who sees the rows of this study alone, those that the person in the team may see. It
    lives as long as one request.
    """

    pk: int  # of the account
    study: int
    role: TeamRole

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True


def studies_with_role(user: Person, role: TeamRole) -> models.QuerySet[Any, Any]:
    """Return the ids of the studies in whose team this person has at least this role."""
    memberships = apps.get_model("programmes", "Membership")._default_manager
    return memberships.filter(user_id=user.pk or 0, role__in=TeamRole.at_least(role)).values("study_id")


class AccessQuerySet(models.QuerySet[Row_co]):
    """Rows with a rule about who may see them. Every read on somebody's behalf goes through `visible_to`."""

    @property
    def access(self) -> Access:
        """Return the rule that the model declares."""
        return self.model.access  # type: ignore[attr-defined,no-any-return]  # every model with this manager declares it

    def visible_to(self, user: Person) -> Self:
        """Return the rows that this person may see; somebody at work in a study sees those of the study."""
        if isinstance(user, Teammate):
            return self.filter(self.access.teammate(user))
        if not user.is_authenticated or not user.is_active:
            return self.filter(self.access.public())
        if getattr(user, "is_superuser", False):
            return self.all()
        return self.filter(self.access.public() | self.access.member(user))

    def seen_in_teams_of(self, user: Person) -> Self:
        """Return the rows that this person may see as one of a team; what else is public is not among them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if getattr(user, "is_superuser", False):
            return self.all()
        return self.filter(self.access.member(user))

    def of_study(self, study: int) -> Self:
        """Return the rows of one study."""
        return self.filter(**{self.access.path("pk"): study})

    def editable_by(self, user: Person) -> Self:
        """Return the rows that this person may change: those of the studies they curate or lead."""
        return self.of_teams_of(user, TeamRole.CURATOR)

    def reviewable_by(self, user: Person) -> Self:
        """Return the rows of the studies in which this person reviews, curates or leads."""
        return self.of_teams_of(user, TeamRole.REVIEWER)

    def of_teams_of(self, user: Person, role: TeamRole = TeamRole.READER) -> Self:
        """Return the rows of the studies in whose team this person has at least this role."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if getattr(user, "is_superuser", False):
            return self.all()
        return self.filter(**{self.access.path("pk__in"): studies_with_role(user, role)})
