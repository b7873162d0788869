"""The screen of publication: what is missing or at odds, what everybody would read, and then the act."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse

from programmes.actions.publish import make_private, publish
from programmes.characters import as_kept
from programmes.desk.at_study import StudyDeskView
from programmes.desk.publication import readiness_of, shortcomings_of_study
from programmes.models import Theory
from programmes.vocabulary import TeamRole, Visibility

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHOLE = "study"  # what is chosen where the whole study becomes private again


class PublishView(StudyDeskView):
    """What everybody reads of the study at hand, and what they would."""

    url_name = "desk-publish"
    title = "Publish"
    role = TeamRole.CURATOR
    template_name = "desk/publish.html"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show what is missing, and what would be read."""
        del request
        return self.shown()

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Publish, or make private again."""
        chosen = request.POST.getlist("theories")
        reason = as_kept(request.POST.get("reason", ""))
        theories = list(Theory.objects.filter(study=self.study, slug__in=chosen).order_by("pk"))
        try:
            if request.POST.get("act") == "private":
                whole = WHOLE in request.POST.getlist("what")
                make_private(study=self.study, theories=theories, whole_study=whole, reason=reason)
                told = "Private again: the team alone reads it. What was read or copied meanwhile cannot be taken back."
            else:
                publish(study=self.study, theories=theories, reason=reason)
                told = "Public: everybody reads it now. Its public history begins here."
        except ValidationError as error:
            return self.shown(told=error.messages, reason=reason, chosen=chosen, status=HTTPStatus.CONFLICT)
        messages.success(request, told)
        return HttpResponseRedirect(reverse(self.url_name, args=[self.study.slug]))

    def shown(
        self,
        *,
        told: list[str] | None = None,
        reason: str = "",
        chosen: list[str] | None = None,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        """Return the screen."""
        self.study.refresh_from_db()
        theories = Theory.objects.filter(study=self.study).select_related("study").order_by("title", "pk")
        found = [readiness_of(theory, self.user) for theory in theories]
        waiting = [entry for entry in found if not entry.is_public]
        return self.show(
            self.template_name,
            status=status,
            told=told or [],
            reason=reason,
            chosen=[entry.theory.slug for entry in waiting] if chosen is None else chosen,
            of_study=list(shortcomings_of_study(self.study)),
            waiting=waiting,
            public=[entry for entry in found if entry.is_public],
            is_public=self.study.visibility == Visibility.PUBLIC,
        )
