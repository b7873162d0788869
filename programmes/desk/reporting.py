"""The reporting standard at the desk: the items of RAMESES II, what Realist knows of them, what the team answers."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from programmes.actions.decisions import Decision
from programmes.actions.reporting import GivenAnswer, answer_standard, as_given
from programmes.characters import as_kept
from programmes.desk.at_study import StudyDeskView
from programmes.models import ReportingAnswer, StaleVersionError, Theory
from programmes.models.reporting import Reported
from programmes.pages.appendix import page_of_copy
from programmes.pages.appendix_tables import AppendixSource
from programmes.pages.base import base_url
from programmes.pages.checklist import known_of, rameses_ii
from programmes.pages.copies import AskedFile, FileCopy
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from programmes.pages.checklist import ReportingItem

REASON = "Answers to RAMESES II"
FIELDS = ("answer", "place", "note")


@dataclass(frozen=True)
class ShownItem:
    """An item of the standard with what is answered, or typed, and what Realist knows."""

    item: ReportingItem
    given: GivenAnswer
    row: ReportingAnswer | None
    known: str  # from what Realist knows that it is reported
    known_at: str

    @property
    def version(self) -> int:
        """Return the version of what stands there now; 0 where nothing does."""
        return as_given(self.row).version

    @property
    def read(self) -> str:
        """Return what stands there now, in short, so that what nobody changed can be told."""
        return digest_of(as_given(self.row))


def digest_of(given: GivenAnswer) -> str:
    """Return an answer in short."""
    return sha256(f"{given.answer}\x1f{given.place}\x1f{given.note}".encode()).hexdigest()[:16]


class ReportingView(StudyDeskView):
    """What the report on a theory says of each item of the standard."""

    url_name = "desk-table"
    title = "Reporting checklist"
    role = TeamRole.READER

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show all items."""
        del request
        return self.items({})

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Keep what was answered otherwise than it stood; where somebody else did so too, say it."""
        if not self.may(TeamRole.CURATOR):
            return self.items(
                {}, told=["Curators of the study answer; nothing was changed."], status=HTTPStatus.FORBIDDEN
            )
        given = {item.number: self.given(item.number) for item in rameses_ii().items}
        typed = {
            number: answer
            for number, answer in given.items()
            if digest_of(answer) != request.POST.get(f"read-{number}")
        }
        theory = self.theory()
        try:
            changed = answer_standard(theory=theory, given=typed, decision=Decision(REASON, self.user))
        except ValidationError as error:
            return self.items(typed, told=error.messages, status=HTTPStatus.BAD_REQUEST)
        except StaleVersionError as error:
            told = [f"{error}. What you typed is still here, beside what stands now: send it again, or change it."]
            return self.items(typed, told=told, status=HTTPStatus.CONFLICT)
        messages.success(request, f"Kept: {len(changed)} answer{'' if len(changed) == 1 else 's'}.")
        return HttpResponseRedirect(reverse("desk-reporting", args=[self.study.slug, theory.slug]))

    def theory(self) -> Theory:
        """Return the theory of the address. Raises Http404."""
        found = Theory.objects.filter(study=self.study, slug=self.kwargs["theory"]).select_related("study__programme")
        if (theory := found.first()) is None:
            raise Http404
        return theory

    def given(self, number: int) -> GivenAnswer:
        """Return what was typed for an item."""
        answer, place, note = (as_kept(self.request.POST.get(f"{name}-{number}", "")) for name in FIELDS)
        version = self.request.POST.get(f"version-{number}", "")
        return GivenAnswer(answer, place, note, int(version[:9]) if version.isdecimal() else 0)

    def items(
        self, typed: dict[int, GivenAnswer], *, told: list[str] | None = None, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """Return the screen, with what was typed where something was."""
        theory = self.theory()
        stored = {row.item: row for row in ReportingAnswer.objects.filter(theory=theory)}
        copy = FileCopy(self.user, self.own_role)
        source = AppendixSource(
            theory, page_of_copy(AskedFile(self.request, theory, copy)), copy, base_url(self.request)
        )
        known = {number: (said, where) for number, said, where in known_of(source)}
        shown = []
        for item in rameses_ii().items:
            row = stored.get(item.number)
            given = typed.get(item.number, as_given(row))
            shown.append(ShownItem(item, given, row, *known.get(item.number, ("", ""))))
        return self.show(
            "desk/reporting.html",
            status=status,
            theory=theory,
            standard=rameses_ii(),
            items=shown,
            told=told or [],
            answers=Reported.choices,
            may_write=self.may(TeamRole.CURATOR),
        )
