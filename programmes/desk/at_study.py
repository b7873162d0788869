"""The frame of the desk: every screen of it is about the study at hand, which somebody of its team has open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Subquery, When
from django.http import Http404
from django.urls import reverse
from django.views.generic import View
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from programmes.desk.study_at_hand import take_at_hand
from programmes.integrity.access import Teammate
from programmes.models import Membership, Quote, Source, Study
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Tab:
    """A screen of the desk as the head of every screen names it."""

    label: str
    address: str
    is_current: bool
    waiting: int | None = None  # how many things wait there; None where nothing is counted


@dataclass(frozen=True)
class Screen:
    """A screen that has a tab, and the least role in the team that opens it."""

    label: str
    url_name: str
    role: TeamRole


SCREENS = (
    Screen("Start", "desk-study", TeamRole.READER),
    Screen("Bench", "desk-bench", TeamRole.READER),
    Screen("Table", "desk-table", TeamRole.READER),
    Screen("Quotes", "desk-quotes", TeamRole.READER),
    Screen("Transcripts", "desk-transcripts", TeamRole.CURATOR),
    Screen("People", "desk-people", TeamRole.LEAD),
    Screen("Disclosure", "desk-disclosure", TeamRole.CURATOR),
    Screen("Publish", "desk-publish", TeamRole.CURATOR),
)


class StudyDeskView(LoginRequiredMixin, TemplateResponseMixin, ContextMixin, View):
    """A screen of the desk about one study; to who is not in its team there is no such study."""

    http_method_names = ["get", "post", "head", "options"]  # as the forms of the admin
    url_name: ClassVar[str]  # of the tab that this screen stands under
    title: ClassVar[str] = ""
    role: ClassVar[TeamRole] = TeamRole.READER  # the least that opens it
    study: Study
    own_role: TeamRole

    @property
    def user(self) -> User:
        """Return who is signed in."""
        return cast("User", self.request.user)

    @property
    def person(self) -> Teammate:
        """Return who is signed in, as one of the team at work in this study."""
        return Teammate(self.user.pk, self.study.pk, self.own_role)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Fetch the study first, so that no handler runs for somebody who may not open the screen."""
        if request.user.is_authenticated:
            self.study = self.get_study(kwargs["slug"])
            self.own_role = role_in(self.study, self.user)
            if not may(self.own_role, self.role):
                raise PermissionDenied
            take_at_hand(request, self.study)
        return super().dispatch(request, *args, **kwargs)

    def get_study(self, slug: str) -> Study:
        """Return the study at hand. Raises Http404 for those who are not in its team."""
        study = Study.objects.of_teams_of(self.user).filter(slug=slug).first()
        if study is None:
            raise Http404
        return study

    def may(self, role: TeamRole) -> bool:
        """Say whether whoever is signed in has at least this role in the study at hand."""
        return may(self.own_role, role)

    def tabs(self, waiting: dict[str, int]) -> list[Tab]:
        """Return the screens that this person may open, in the order of a day's work, with how much waits there."""
        return [
            Tab(
                screen.label,
                reverse(screen.url_name, args=[self.study.slug]),
                screen.url_name == self.url_name,
                waiting.get(screen.url_name),
            )
            for screen in SCREENS
            if self.may(screen.role)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Study.objects.of_teams_of(self.user).order_by("title", "pk").only("pk", "slug", "title")
        studies = list(own.annotate(unchecked=unchecked_quotes(self.study)))
        unchecked = next((study.unchecked for study in studies if study.pk == self.study.pk), None)
        frame = {
            "title": self.title,
            "study": self.study,
            "own_role": self.own_role,
            "tabs": self.tabs({"desk-disclosure": unchecked} if unchecked else {}),
            "other_studies": [study for study in studies if study.pk != self.study.pk],
        }
        return super().get_context_data(**{**frame, **kwargs})

    def show(self, template_name: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        """Return one of the pages of a screen that has several."""
        self.template_name = template_name
        return self.render_to_response(self.get_context_data(**shown), status=status)


def unchecked_quotes(study: Study) -> Case:
    """Return the annotation that tells of one study how many of its quotes nobody has checked for disclosure."""
    waiting = Quote.objects.filter(study=study, disclosure_checked_date=None).order_by().values("study")
    return Case(When(pk=study.pk, then=Subquery(waiting.annotate(number=Count("pk")).values("number"))))


def role_in(study: Study, user: User) -> TeamRole:
    """Return somebody's role in the team of a study; those who run the site may do all that a lead may."""
    if user.is_superuser:
        return TeamRole.LEAD
    return TeamRole(Membership.objects.get(study=study, user=user).role)


def may(own: TeamRole, least: TeamRole) -> bool:
    """Say whether a role has at least the rights of another one."""
    return own in TeamRole.at_least(least)


def bench_address(study: Study, source: Source | None = None) -> str:
    """Return where the transcripts of a study are coded, or one of them."""
    if source is None:
        return reverse("desk-bench", args=[study.slug])
    return reverse("desk-bench-source", args=[study.slug, source.key])


def first_screen(place: Membership) -> str:
    """Return where the work of somebody new in a team begins: at the bench, if there is something they may code."""
    curates = may(TeamRole(place.role), TeamRole.CURATOR)
    if curates and Source.objects.filter(study=place.study).exclude(sha256="").exists():
        return bench_address(place.study)
    return reverse("desk-study", args=[place.study.slug])
