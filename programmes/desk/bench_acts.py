"""What is done at the bench: each act has its own address, and answers with the pieces of the page that it changed.

The same addresses take plain forms, and lead back to the place in the transcript. An act that is refused answers with a
sentence, what was entered, and the way on; nothing is half done.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from programmes.actions.bench_acts import ActAtBench
from programmes.actions.reword import is_settled
from programmes.desk.base import parse_id
from programmes.desk.bench import FRAGMENT, BenchView
from programmes.desk.bench_foot import LONGEST_REASON, reason_of_sitting, say_reason
from programmes.desk.bench_touched import Touched, touched_by
from programmes.desk.bench_turns import short_time
from programmes.desk.conflicts import Conflict, attempt
from programmes.models import CMOC, Evidence, Quote
from programmes.models.theory import not_retired
from programmes.vocabulary import EvidenceRole, TeamRole

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from programmes.models import BenchAct
    from programmes.models.bench import BenchActKind


class ReasonNeededError(Exception):
    """A configuration that others have read is changed without saying why."""

    def __init__(self, cmoc: CMOC) -> None:
        super().__init__(f"{cmoc} was put to reviewers or published: say why you change it.")
        self.cmoc = cmoc


class BenchActView(BenchView):
    """An act at the bench."""

    role = TeamRole.CURATOR
    http_method_names = ["post", "options"]
    opens: int | None = None  # the configuration that is open afterwards, where the act decides that

    @property
    def is_fragment(self) -> bool:
        """Say whether a script asked, which wants the changed pieces alone."""
        return FRAGMENT in self.request.headers

    def post(self, request: HttpRequest, **_: Any) -> HttpResponseBase:
        """Carry out the act; what meets an act of somebody else is done once more where it may be."""
        carry_out = partial(self.carried_out, request)
        done = attempt(carry_out, request)
        if isinstance(done, Conflict) and done.may_repeat:
            done = attempt(carry_out, request)
        return self.refused(done.sentence, status=done.status) if isinstance(done, Conflict) else done

    def carried_out(self, request: HttpRequest) -> HttpResponseBase:
        """Carry out the act, and answer."""
        del request
        try:
            kept = self.act()
        except ReasonNeededError as error:
            return self.refused(str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY, asks_reason=True)
        except ValidationError as error:
            return self.refused(" ".join(error.messages), status=HTTPStatus.CONFLICT)
        return self.answer(touched_by([kept]) if kept else Touched())

    @abstractmethod
    def act(self) -> BenchAct | None:
        """Do what the address is for."""

    def answer(self, touched: Touched) -> HttpResponse:
        """Answer with what changed, or lead back to it."""
        if not self.is_fragment:
            return HttpResponseRedirect(self.way_back(touched))
        pieces = []
        if self.source_in_view and touched.spans.get(self.source.pk):
            spans = touched.spans[self.source.pk]
            rows = {row.number: row for start, end in spans for row in self.transcript.rows.of(start, end)}
            shown = self.transcript.shown([rows[number] for number in sorted(rows)])
            pieces.append(self.fragment("desk/bench/_turns.html", rows=shown, address=self.transcript.address))
        number = self.opens or self.opened_number
        opened = self.opened(number)
        others = touched.cmocs - ({opened.cmoc.pk} if opened else set())
        lines = [*([opened.line] if opened else []), *(self.lines(others) if others else [])]
        query = {"base_query": self.base_query(), "opened_number": number}
        pieces.append(self.fragment("desk/bench/_lines.html", lines=lines, **query))
        gone = touched.cmocs - {line.pk for line in lines}
        pieces += [f'<li id="cmoc-{pk}" data-gone></li>' for pk in sorted(gone)]
        pieces.append(self.fragment("desk/bench/_open.html", opened=opened, opened_number=number))
        pieces.append(self.fragment("desk/bench/_foot.html", foot=self.foot(), opened_number=number))
        return HttpResponse(f'<div id="changed">{"".join(pieces)}</div>')

    @property
    def source_in_view(self) -> str:
        """Return the key of the transcript that is in view."""
        return str(self.kwargs.get("key") or self.asked.get("at", ""))

    def way_back(self, touched: Touched) -> str:
        """Return the address to come back to: the row that was changed, and the configuration that is open."""
        number = self.opens or self.opened_number
        query: dict[str, Any] = {"theory": self.theory.slug} if self.theory and self.base_query() else {}
        query |= {"cmoc": number} if number else {}
        if not self.source_in_view:
            return f"{reverse('desk-bench', args=[self.study.slug])}?{urlencode(query)}"
        spans = touched.spans.get(self.source.pk)
        row = self.transcript.rows.number_at(spans[0][0]) if spans else parse_id(self.asked.get("turn", ""))
        query |= {"turn": row} if row else {}
        anchor = f"#turn-{row}" if spans else ("#open-cmoc" if number else "")
        return f"{self.transcript.address}?{urlencode(query)}{anchor}"

    def refused(self, sentence: str, *, status: int, asks_reason: bool = False, **shown: Any) -> HttpResponse:
        """Answer that nothing was done and why, with all that was entered and the way on."""
        sent = [
            (name, value)
            for name, values in self.request.POST.lists()
            if name not in {"csrfmiddlewaretoken", "reason", *shown.get("replaced", ())}
            for value in values
        ]
        told = {
            "sentence": sentence,
            "asks_reason": asks_reason,
            "sent": sent,
            "action": self.request.path,
            "longest_reason": LONGEST_REASON,
            "way_back": self.way_back(Touched()),
            "wrote": "",
            **shown,
        }
        if self.is_fragment:
            return HttpResponse(self.fragment("desk/bench/_refused.html", **told), status=status)
        return self.show("desk/bench/refused.html", **self.shared(**told), status=status)

    def reason(self, cmoc: CMOC | None = None, *, counts: bool = True) -> str:
        """Return why something is changed: said for this change, or for the sitting. Raises ReasonNeededError."""
        said: str = self.request.POST.get("reason", "").strip()[:LONGEST_REASON]
        if said:
            return said
        if cmoc is not None and counts and is_settled(cmoc):
            raise ReasonNeededError(cmoc)
        return reason_of_sitting(self.request, self.study, self.source_in_view)

    def chosen_cmoc(self, name: str = "choice") -> CMOC:
        """Return the configuration that a picker chose. Raises ValidationError where there is no such one here."""
        pk = parse_id(self.request.POST.get(name, "")) or 0
        rows = CMOC.objects.editable_by(self.user).filter(theory__study=self.study, pk=pk)
        found = rows.select_related("theory__study").first()
        if found is None:
            raise ValidationError("Choose a CMOC of this study.", code="choice")
        return found

    def standing_cmoc(self, number: int) -> CMOC:
        """Return a configuration of the theory that the address names. Raises Http404."""
        rows = CMOC.objects.editable_by(self.user).filter(not_retired(), theory__study=self.study, number=number)
        found = rows.filter(theory__slug=self.kwargs["theory"]).select_related("theory__study").first()
        if found is None:
            raise Http404
        return found

    def chosen_role(self) -> EvidenceRole:
        """Return the role that was chosen. Raises ValidationError."""
        try:
            return EvidenceRole(self.request.POST.get("role", ""))
        except ValueError:
            raise ValidationError("Choose what the words do: support, refine, speak against, illustrate.") from None

    def chosen_span(self) -> tuple[int, int]:
        """Return the passage that was selected: by its place, or by the first and last word of a row."""
        start, end = (parse_id(self.request.POST.get(name, "")) for name in ("start", "end"))
        text = self.source.text
        if start is None or end is None or not start < end <= len(text) or not text[start:end].strip():
            raise ValidationError("Select the words first.", code="span")
        words = text[start:end]
        return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())

    def begun(self, kind: BenchActKind, place: int | None = None, **about: Any) -> ActAtBench:
        """Return an act of this person in this study, at a place of the transcript."""
        told: dict[str, Any] = {}
        if self.source_in_view:
            told["source"] = self.source
        if place is not None:
            rows = self.transcript.rows
            row = rows.rows[rows.number_at(place) - 1] if rows.rows else None
            told |= {"place": place, "time": short_time(row.time) if row else ""}
        return ActAtBench(self.user, self.study, kind, **{**told, **about})

    def evidence(self) -> Evidence:
        """Return the coding that was chosen, as it was read. Raises ValidationError where it is gone."""
        pk, version = (parse_id(self.request.POST.get(name, "")) or 0 for name in ("evidence", "version"))
        rows = Evidence.objects.editable_by(self.user).filter(cmoc__theory__study=self.study, pk=pk)
        found = rows.select_related("cmoc__theory__study", "quote").first()
        if found is None:
            raise ValidationError("That coding is not there any more: somebody has taken it away.", code="gone")
        found.version = version or found.version
        return found

    def quote(self) -> Quote:
        """Return the quote that was chosen, as it was read. Raises ValidationError where it is gone."""
        rows = Quote.objects.editable_by(self.user).filter(source=self.source, start__isnull=False)
        found = rows.select_related("source__study").filter(key=self.request.POST.get("quote", "")).first()
        if found is None:
            raise ValidationError("That quote is not there any more: somebody has taken it away.", code="gone")
        found.version = parse_id(self.request.POST.get("quote_version", "")) or found.version
        return found


class SittingView(BenchActView):
    """Says why things are changed in this sitting."""

    def act(self) -> BenchAct | None:
        say_reason(self.request, self.study, self.request.POST.get("reason", ""))
        return None
