"""The people who took part in a study, at the desk: what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from programmes.actions.participants import rename_participant
from programmes.desk.at_study import StudyDeskView
from programmes.desk.base import parse_id
from programmes.models import Participant, StaleVersionError
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

RENAMED = "Called otherwise at the desk"


class RenameParticipantView(StudyDeskView):
    """Gives somebody who took part another pseudonym."""

    http_method_names = ["post", "options"]
    role = TeamRole.CURATOR

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Rename them, and come back to the list."""
        rows = Participant.objects.editable_by(self.user).filter(study=self.study)
        person = get_object_or_404(rows, pk=parse_id(request.POST.get("participant", "")) or 0)
        version = parse_id(request.POST.get("version", "")) or 0
        pseudonym = request.POST.get("pseudonym", "").strip()
        try:
            renamed = rename_participant(participant=person, version=version, pseudonym=pseudonym, reason=RENAMED)
        except (ValidationError, StaleVersionError) as error:
            told = " ".join(error.messages) if isinstance(error, ValidationError) else f"{error}."
            messages.error(request, f"“{pseudonym}” was not kept for {person.pseudonym}. {told}")
        else:
            messages.success(request, f"{person.pseudonym} is {renamed.pseudonym} now.")
        return HttpResponseRedirect(f"{reverse('desk-transcripts', args=[self.study.slug])}#took-part")
