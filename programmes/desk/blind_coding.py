"""Blind coding: the coding screen of a second analyst, who sees nothing of the first coding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html

from programmes.actions.code_blind import (
    code_blind,
    discard_blind_coding,
    finish_blind_coding,
    remove_blind_codes,
    start_blind_coding,
)
from programmes.desk.base import parse_id
from programmes.desk.first_coding import first_coding, role_phrase
from programmes.desk.source_screens import PassageForm, SourceView, unfinished_coding
from programmes.desk.transcripts import Passage, shown_transcript
from programmes.models import SecondCode, SecondCoding
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.desk.transcripts import Transcript
    from programmes.integrity.access import Person


class BlindForm(PassageForm):
    """The code for a passage, as the second analyst gives it."""

    def clean(self) -> dict[str, Any]:
        """Require at least one configuration, besides a passage that is found."""
        cleaned = super().clean()
        if "cmocs" in cleaned and not cleaned["cmocs"]:
            self.add_error("cmocs", "Choose a CMOC.")
        return cleaned


class BlindCodingView(SourceView):
    """The whole of a blind coding: it is begun, done and finished on this screen."""

    path = "<int:object_id>/blind/"
    url_name = "programmes_source_blind"

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the step that the person has reached."""
        coding = unfinished_coding(self.source, self.user)
        if coding is None:
            return self.invite()
        coding.source = self.source
        if "finish" in request.GET:
            return self.show(
                "admin/programmes/source/blind_finish.html",
                title=f"Finish the blind coding of {self.source}",
                coding=coding,
                marked=coding.codes.count(),
            )
        return self.screen(coding, BlindForm(self.source, self.user))

    def invite(self) -> HttpResponse:
        """Explain blind coding, and offer to begin."""
        done = SecondCoding.objects.visible_to(self.user).filter(source=self.source, finished_date__isnull=False)
        people = first_coding(self.source, timezone.now()).people
        return self.show(
            "admin/programmes/source/blind_start.html",
            title=f"Blind coding of {self.source}",
            done=done.order_by("number"),
            same_person=self.user.pk in people,
        )

    def screen(self, coding: SecondCoding, form: BlindForm, refused: int = 400) -> HttpResponse:
        """Show the transcript with the person's own codes."""
        return self.show(
            "admin/programmes/source/blind.html",
            title=f"Blind coding of {self.source}",
            status=refused if form.is_bound else 200,
            page=blind_page(coding, self.user),
            coding=coding,
            form=form,
            media=self.admin.media + form.media,
            action=self.address,
        )

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Begin, code, remove, discard or finish; an act that is refused is answered with the reason."""
        sent = request.POST
        own: dict[str, Any] = {"source": self.source, "coding": parse_id(sent.get("coding", "")) or 0, "by": self.user}
        try:
            if "begin" in sent:
                start_blind_coding(source=self.source, by=self.user)
            elif "finish" in sent:
                finished = finish_blind_coding(**own)
                messages.success(request, f"{finished} is finished. It can be compared with the first coding now.")
            elif "discard" in sent:
                discard_blind_coding(**own)
                messages.success(request, "Discarded: no blind coding of yours is open here.")
            elif "remove" in sent:
                codes = [parse_id(pk) or 0 for pk in sent["remove"].split(",")]
                number = remove_blind_codes(**own, codes=codes)
                messages.success(request, f"Removed {number} code{'' if number == 1 else 's'}.")
            else:
                return self.code(own)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(self.address)

    def code(self, own: dict[str, Any]) -> HttpResponse:
        """Code the passage that was sent. Raises ValidationError where no blind coding is open for it."""
        form = BlindForm(self.source, self.user, self.request.POST)
        if not form.is_valid():
            return self.refused(form, ValidationError("You have no blind coding of this source open."))
        cleaned = form.cleaned_data
        try:
            codes = code_blind(
                **own, span=cleaned["span"], role=EvidenceRole(cleaned["role"]), cmocs=list(cleaned["cmocs"])
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.refused(form, error, 409)
        messages.success(
            self.request,
            format_html(
                'Marked for {}. <button class="undo" name="remove" value="{}" form="undo">Undo</button>',
                ", ".join(str(code.cmoc) for code in codes),
                ",".join(str(code.pk) for code in codes),
            ),
        )
        return HttpResponseRedirect(f"{self.address}#code-{codes[0].pk}")

    def refused(self, form: BlindForm, error: ValidationError, status: int = 400) -> HttpResponse:
        """Show the form with what was entered. Raises the error where no blind coding is open to show."""
        coding = unfinished_coding(self.source, self.user)
        if coding is None:
            raise error
        coding.source = self.source
        return self.screen(coding, form, status)


def blind_page(coding: SecondCoding, user: Person) -> Transcript:
    """Return the transcript with the codes of this blind coding and no others."""
    codes = SecondCode.objects.visible_to(user).filter(coding=coding).select_related("cmoc")
    passages = [
        Passage(
            anchor=f"code-{code.pk}",
            start=code.start,
            end=code.end,
            summary=role_phrase(code.role, code.cmoc),
            kinds=frozenset({code.role}),
            record=code.pk,
        )
        for code in codes.order_by("start", "end", "cmoc__number", "pk")
    ]
    return shown_transcript(coding.source, passages)
