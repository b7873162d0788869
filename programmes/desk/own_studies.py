"""The first page of the desk: the studies in whose teams somebody is, and beginning a new one by its title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.views.generic import FormView, View

from programmes.actions.team import begin_study
from programmes.desk.queues import queues_of
from programmes.desk.study_at_hand import take_at_hand
from programmes.integrity.text import LineInput, TextFormField
from programmes.models import Membership, Study
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

LONGEST_TITLE = Study._meta.get_field("title").max_length


class StudyTitleForm(forms.Form):
    """What is needed to begin a study: its title."""

    title = TextFormField(
        label="What is your study called?",
        max_length=LONGEST_TITLE,
        widget=LineInput(attrs={"autofocus": True}),
        help_text="A working title will do. The study is private, and you lead it. All else can be said later.",
    )


@dataclass(frozen=True)
class OwnStudy:
    """A study in whose team somebody is, with what they are there and how much waits for them."""

    study: Study
    role: TeamRole
    waiting: int


def own_studies(user: User) -> list[OwnStudy]:
    """Return the studies in whose teams somebody is, by their titles."""
    waiting = {entry.study.pk: entry.waiting for entry in queues_of(user)}
    roles = dict(Membership.objects.filter(user=user).values_list("study", "role"))
    return [
        OwnStudy(
            study, TeamRole(roles.get(study.pk, TeamRole.LEAD)), waiting.get(study.pk, 0)
        )  # who runs the site leads
        for study in Study.objects.of_teams_of(user).order_by("title", "pk")
    ]


class BeginStudyView(LoginRequiredMixin, FormView):  # type: ignore[type-arg]  # it takes none when it runs
    """A study is begun by its title alone, by whoever has an account; it opens at once."""

    form_class = StudyTitleForm
    template_name = "desk/study_new.html"
    extra_context = {"title": "Begin a study"}

    def form_valid(self, form: StudyTitleForm) -> HttpResponse:
        """Make the study and lead into it."""
        study = begin_study(title=form.cleaned_data["title"], by=cast("User", self.request.user))
        return HttpResponseRedirect(reverse("desk-study", args=[study.slug]))

    def form_invalid(self, form: StudyTitleForm) -> HttpResponse:
        """Show the form again with a status that says that nothing was saved."""
        return self.render_to_response(self.get_context_data(form=form), status=400)


class OwnStudiesView(BeginStudyView):
    """The first page: one's studies, what waits in each, and beginning one. A single study opens at once."""

    template_name = "desk/own_studies.html"
    extra_context = {"title": "Your studies"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the studies; who came to see them all, as a link says, is not led into the only one."""
        studies = own_studies(cast("User", request.user))
        if len(studies) == 1 and "all" not in request.GET:
            return HttpResponseRedirect(reverse("desk-study", args=[studies[0].study.slug]))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(studies=own_studies(cast("User", self.request.user)), **kwargs)


class AtHandView(LoginRequiredMixin, View):
    """Takes another study at hand, or all of one's own, and leads on to where its button stood."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the study that was chosen; without one, or with one that is not one's own, all of them."""
        own = Study.objects.of_teams_of(request.user)
        take_at_hand(request, own.filter(slug=request.POST.get("study", "")).first())
        return HttpResponseRedirect(way_on(request))


def way_on(request: HttpRequest) -> str:
    """Return the list of the admin in which a study was chosen, or else the admin's first page: records stay theirs."""
    try:
        place = resolve(urlsplit(request.POST.get("next", "")).path)
    except Resolver404:
        place = None
    is_list = place is not None and place.app_name == "admin" and not place.kwargs and not place.args
    return reverse(place.view_name) if place is not None and is_list else reverse("admin:index")
