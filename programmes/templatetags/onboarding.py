"""The study at hand, its guide and what waits in it, for the first page of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django import template

from programmes.desk.at_study import may, role_in
from programmes.desk.onboarding import onboarding_of
from programmes.desk.queues import queues_of
from programmes.desk.study_at_hand import study_at_hand
from programmes.models import Study
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from programmes.desk.onboarding import Onboarding
    from programmes.desk.queues import StudyQueues

register = template.Library()


@dataclass(frozen=True)
class AtHand:
    """The study at hand, and the others that somebody may take instead."""

    study: Study | None
    others: list[Study]


@register.simple_tag
def at_hand(request: HttpRequest) -> AtHand:
    """Return the study at hand; who has a single one has that."""
    own = list(Study.objects.of_teams_of(request.user).only("pk", "slug", "title").order_by("title", "pk"))
    study = study_at_hand(request) or (own[0] if len(own) == 1 else None)
    return AtHand(study, [other for other in own if study is None or other.pk != study.pk])


@register.simple_tag
def guide(request: HttpRequest, study: Study) -> Onboarding | None:
    """Return the guide of a study to whoever curates it."""
    role = role_in(study, cast("User", request.user))
    return onboarding_of(study, leads=may(role, TeamRole.LEAD)) if may(role, TeamRole.CURATOR) else None


@register.simple_tag
def waiting_queues(request: HttpRequest, study: Study | None) -> list[StudyQueues]:
    """Return what waits in a study, or in each that this person reviews or curates."""
    return queues_of(cast("User", request.user), study)
