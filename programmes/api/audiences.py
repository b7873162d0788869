"""Who is told of which rows: conditions on what is kept of them, by the roles that a reader has and had."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from programmes.api.telling import EVERYBODYS, rank
from programmes.models import Membership, ToldRow, ToldTo
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from programmes.integrity.access import Person

ALL = -1  # stands for every study
HIGHEST = len(TeamRole.values) + 1


@dataclass
class Roles:
    """What somebody may see: their rank in the team of each study."""

    ranks: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, user: Person) -> Roles:
        """Return the roles that somebody has now."""
        if not user.is_authenticated or not user.is_active:
            return cls()
        if getattr(user, "is_superuser", False):
            return cls({ALL: HIGHEST})
        teams = Membership.objects.filter(user_id=user.pk).values_list("study", "role").order_by("pk")
        return cls({EVERYBODYS: rank(TeamRole.READER)} | {study: rank(role) for study, role in teams})

    @classmethod
    def at(cls, user: Person, moment: dt.datetime) -> Roles:
        """Return the roles that somebody had at a moment, as the history of the teams has it."""
        now = cls.of(user)
        if ALL in now.ranks:
            return now
        then = Membership.history.filter(user_id=user.pk or 0, history_date__lt=moment).order_by("history_id")
        ranks = {study: held for study, held in now.ranks.items() if study == EVERYBODYS}
        for study, role, kind in then.values_list("study_id", "role", "history_type"):
            ranks[study] = 0 if kind == "-" else rank(role)
        return cls({study: had for study, had in ranks.items() if had})

    def with_those_of(self, other: Roles) -> Roles:
        """Return these roles, and those of another time."""
        both = self.ranks.keys() | other.ranks.keys()
        return Roles({study: max(self.in_study(study), other.in_study(study)) for study in both})

    def in_study(self, study: int) -> int:
        """Return the rank in one team."""
        return max(self.ranks.get(study, 0), self.ranks.get(ALL, 0))

    def studies_that_differ(self, other: Roles) -> set[int]:
        """Return the studies in which the roles are not the same; ALL where it may be any."""
        if self.ranks.get(ALL) != other.ranks.get(ALL):
            return {ALL}
        both = self.ranks.keys() | other.ranks.keys()
        return {study for study in both if self.in_study(study) != other.in_study(study)}

    def teams(self) -> Iterator[tuple[int, Q]]:
        """Yield each rank with the condition that a row is of a study in which it is held."""
        studies: dict[int, list[int]] = defaultdict(list)
        for study, held in self.ranks.items():
            studies[held].append(study)
        for held, those in sorted(studies.items()):
            yield held, Q() if ALL in those else Q(study__in=those)

    def see(self) -> Q:
        """Return the condition that a row is seen now."""
        condition = Q(told_to=ToldTo.EVERYBODY)
        for held, of_study in self.teams():
            condition |= of_study & (Q(told_to__gte=ToldTo.READERS) | Q(told_to=ToldTo.TEAM, least_rank__lte=held))
        return condition

    def saw(self, after: int, known: int) -> Q:
        """Return the condition that a row ceased to be seen after a place, and was first seen up to another one."""
        condition = Q(public_until__gt=after, public_from__lte=known)
        for held, of_study in self.teams():
            by_readers = Q(readers_until__gt=after, readers_from__lte=known)
            by_team = Q(team_until__gt=after, team_from__lte=known, least_rank__lte=held)
            condition |= of_study & (by_readers | by_team)
        return condition

    def would_see(self, known: int) -> Q:
        """Return the condition that a row would be seen with these roles, and was first to be seen up to a place."""
        condition = Q(pk__in=())
        for held, of_study in self.teams():
            by_readers = Q(told_to__gte=ToldTo.READERS, readers_from__lte=known)
            by_team = Q(told_to__gte=ToldTo.TEAM, team_from__lte=known, least_rank__lte=held)
            condition |= of_study & (by_readers | by_team)
        return condition

    def saw_at(self, row: ToldRow, place: int) -> bool:
        """Say whether a row was seen at a place in the order of changes."""
        held = self.in_study(row.study)
        audiences = ["public", *(["readers"] if held else []), *(["team"] if held >= row.least_rank else [])]
        for audience in audiences:
            first, since, until = (getattr(row, f"{audience}_{end}") for end in ("from", "since", "until"))
            if 0 < first <= place and (until > place or until < since <= place):
                return True
        return False

    def as_document(self) -> Any:
        """Return the roles as a cursor has them."""
        return sorted(self.ranks.items())
