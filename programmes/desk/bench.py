"""The bench of a study: the theory, a transcript and the configuration that is open, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from programmes.desk.at_study import StudyDeskView
from programmes.desk.base import parse_id
from programmes.desk.bench_cmoc import OpenCMOC, open_cmoc
from programmes.desk.bench_foot import BenchFoot, foot_of
from programmes.desk.bench_turns import BEFORE, CELLS, BenchTranscript, source_at_bench
from programmes.desk.picker import picker_answer, theory_at_hand
from programmes.desk.source_screens import unfinished_coding
from programmes.desk.theory_chips import CHIPS, chips_of, stays
from programmes.desk.theory_lines import MOST_LINES_SHOWN, TheoryLine, lines_of_theory
from programmes.models import Source, Theory
from programmes.pages.reviews import awaiting_review_by
from programmes.vocabulary import CaveatKind, EvidenceRole, TeamRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from programmes.transcripts.reading_rows import ReadRow

ROLES = (
    ("s", EvidenceRole.SUPPORTS, "supports"),
    ("r", EvidenceRole.REFINES, "refines"),
    ("c", EvidenceRole.COUNTERS, "speaks against"),
    ("i", EvidenceRole.ILLUSTRATES, "illustrates"),
)
COLUMNS = ("theory", "reading", "open")
FRAGMENT = "X-Bench-Fragment"


@dataclass(frozen=True)
class OtherSource:
    """A transcript of the study, as lists name it."""

    key: str
    title: str
    has_text: bool
    address: str


class BenchView(StudyDeskView):
    """What the screens and acts of the bench have in common: the theory at hand, the transcript, what is open."""

    url_name = "desk-bench"
    title = "Bench"
    tells_blind = False  # whether it has a page of its own for somebody who codes the source blind

    @cached_property
    def may_code(self) -> bool:
        """Say whether this person codes in the study, and so may read its transcripts."""
        return self.may(TeamRole.CURATOR)

    @property
    def asked(self) -> Any:
        """Return what was asked for: in the form that was sent, or in the address."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @cached_property
    def theory(self) -> Theory | None:
        """Return the theory at hand."""
        return theory_at_hand(self.request, self.person, self.asked.get("theory", "")[:80])

    @cached_property
    def sources(self) -> list[OtherSource]:
        """Return the sources of the study, for those who may read them."""
        if not self.may_code:
            return []
        rows = Source.objects.filter(study=self.study).order_by("key", "pk").values_list("key", "title", "sha256")
        return [OtherSource(key, title, bool(sha), source_at_bench(self.study.slug, key)) for key, title, sha in rows]

    @cached_property
    def source(self) -> Source:
        """Return the source that the address names. Raises Http404 for those who may not read it."""
        key = self.kwargs.get("key") or self.asked.get("at", "")
        found = Source.objects.filter(study=self.study, key=key).select_related("study", "participant").first()
        if found is None or not self.may_code or not (self.tells_blind or self.may_see_coding(found)):
            raise Http404
        return found

    def may_see_coding(self, source: Source) -> bool:
        """Say whether this person may see what others coded in a source: not while they code it blind."""
        return unfinished_coding(source, self.person) is None

    @cached_property
    def transcript(self) -> BenchTranscript:
        """Return its transcript."""
        theory = self.theory.pk if self.theory else None
        return BenchTranscript(self.source, source_at_bench(self.study.slug, self.source.key), theory)

    @property
    def opened_number(self) -> int | None:
        """Return the number of the configuration that is open."""
        return parse_id(self.asked.get("cmoc" if self.request.method == "GET" else "open", ""))

    def opened(self, number: int | None = None) -> OpenCMOC | None:
        """Return the configuration that is open."""
        number = number or self.opened_number
        if number is None or self.theory is None:
            return None
        return open_cmoc(self.theory, number, self.person, reads_transcripts=self.may_code)

    def lines(self, only: set[int] | None = None) -> list[TheoryLine]:
        """Return the configurations of the theory at hand in a line each."""
        return lines_of_theory(self.theory, self.person, only) if self.theory else []

    def foot(self) -> BenchFoot:
        """Return what stands at the foot."""
        key = self.kwargs.get("key") or self.asked.get("at", "")
        return foot_of(self.request, self.study, self.user, key)

    def base_query(self) -> str:
        """Return the query string that keeps the theory at hand."""
        several = Theory.objects.visible_to(self.person).filter(study=self.study).count() > 1
        return f"theory={self.theory.slug}&" if self.theory and several else ""

    def fragment(self, template: str, **shown: Any) -> str:
        """Return a piece of the page."""
        return render_to_string(template, self.shared(**shown), request=self.request)

    def shared(self, **shown: Any) -> dict[str, Any]:
        """Return what every piece of the page may need."""
        return {
            "study": self.study,
            "theory": self.theory,
            "may_code": self.may_code,
            "roles": ROLES,
            "caveat_kinds": CaveatKind.choices,
            "words_asked": "",
            "opened_number": self.opened_number,
            "source_key": self.kwargs.get("key", "") or self.asked.get("at", ""),
            **shown,
        }


class BenchStart(BenchView):
    """Leads to the transcript that this person read last, or to the first; says what is missing where there is none."""

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Lead to a transcript, or show the theory alone."""
        keys = [source.key for source in self.sources if source.has_text]
        last = request.session.get(f"bench-source-{self.study.pk}")
        if keys:
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return HttpResponseRedirect(source_at_bench(self.study.slug, last if last in keys else keys[0]) + query)
        return bench_page(self, None)


class BenchSourceView(BenchView):
    """A transcript at the bench."""

    tells_blind = True

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the page."""
        if not self.may_code:
            return HttpResponseRedirect(reverse("desk-bench", args=[self.study.slug]))
        if not self.may_see_coding(self.source):
            return self.show("desk/bench/blind.html", source=self.source, status=403)
        if FRAGMENT in request.headers:
            number = self.opened_number
            piece = self.fragment("desk/bench/_open.html", opened=self.opened(), opened_number=number)
            return HttpResponse(f'<div id="changed">{piece}</div>')
        kept = f"bench-source-{self.study.pk}"
        if request.session.get(kept) != self.source.key:
            request.session[kept] = self.source.key
        return bench_page(self, self.transcript)


def bench_page(view: BenchView, transcript: BenchTranscript | None) -> HttpResponse:
    """Return the whole page, with a transcript or without one."""
    lines = view.lines()
    opened = view.opened() or (view.opened(lines[0].number) if lines and not view.opened_number else None)
    question = view.request.GET.get("find", "").replace("\0", "")
    awaited = awaiting_review_by(view.user, view.study.pk) if lines and view.may(TeamRole.REVIEWER) else []
    to_review = {cmoc.pk for cmoc in awaited}
    only = view.request.GET.get("only", "")
    shown = [line for line in lines if stays(only, line, to_review)]
    if question and view.theory:
        found = {choice.line.pk for choice in picker_answer(view.theory, view.person, question).choices}
        shown = [line for line in shown if line.pk in found]
    theories = Theory.objects.visible_to(view.person).filter(study=view.study).order_by("title", "pk")
    return view.show(
        "desk/bench/bench.html",
        **view.shared(
            lines=shown[:MOST_LINES_SHOWN],
            line_count=len(lines),
            shown_count=min(len(shown), MOST_LINES_SHOWN),
            question=question,
            only=only if only in CHIPS else "",
            chips=chips_of(lines, to_review, only),
            to_review=to_review,
            theories=theories,
            opened=opened,
            opened_number=opened.cmoc.number if opened else None,
            base_query=view.base_query(),
            foot=view.foot(),
            view=asked_column(view, transcript),
            sources=view.sources,
            **(transcript_shown(view, transcript) if transcript is not None else {"source": None}),
        ),
    )


def asked_column(view: BenchView, transcript: BenchTranscript | None) -> str:
    """Return the column that is shown where there is room for one."""
    asked = view.request.GET.get("view", "")
    return asked if asked in COLUMNS else ("reading" if transcript is not None else "theory")


def transcript_shown(view: BenchView, transcript: BenchTranscript) -> dict[str, Any]:
    """Return what the middle column shows of a transcript."""
    window = asked_window(view, transcript)
    keys = [source for source in view.sources if source.has_text or source.key == transcript.source.key]
    place = next(at for at, source in enumerate(keys) if source.key == transcript.source.key)
    rows = transcript.rows.rows
    return {
        "source": transcript.source,
        "address": transcript.address,
        "place": place + 1,
        "number_of_sources": len(keys),
        "previous": keys[place - 1] if place else None,
        "next": keys[place + 1] if place + 1 < len(keys) else None,
        "share": transcript.coverage.share,
        "cells": transcript.strip_cells(),
        "cells_in_all": CELLS,
        "letters": rows[-1].end if rows else 0,
        "number_of_rows": len(rows),
        **window_shown(transcript, window),
    }


def window_shown(transcript: BenchTranscript, window: Sequence[ReadRow]) -> dict[str, Any]:
    """Return what is shown of some rows, and which come before and after them."""
    last = len(transcript.rows.rows)
    return {
        "rows": transcript.shown(window),
        "first_number": window[0].number if window else 0,
        "earlier": window[0].number if window and window[0].number > 1 else None,
        "later": window[-1].number + 1 if window and window[-1].number < last else None,
    }


def asked_window(view: BenchView, transcript: BenchTranscript) -> Sequence[ReadRow]:
    """Return the rows that the address asks for: from a row on, up to a row, around a row, or around a place."""
    given = {name: parse_id(view.request.GET.get(name, "")) for name in ("from", "until", "turn", "at")}
    if given["until"] is not None:
        return transcript.rows.until(given["until"])
    if given["from"] is not None:
        return transcript.rows.window(given["from"])
    number = given["turn"] or (transcript.rows.number_at(given["at"]) if given["at"] is not None else 1)
    return transcript.rows.window(number, before=BEFORE)


class BenchRowsView(BenchView):
    """Rows of a transcript that are read on, as a piece of the page."""

    role = TeamRole.CURATOR

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Answer with the rows from one on, or up to one."""
        transcript = self.transcript
        shown = window_shown(transcript, asked_window(self, transcript))
        return render(request, "desk/bench/_rows.html", self.shared(address=transcript.address, **shown))


class BenchCoverageView(BenchView):
    """How much of a transcript is coded, as a piece of the page."""

    role = TeamRole.CURATOR

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Answer with the figure and the strip."""
        shown = {
            "share": self.transcript.coverage.share,
            "cells": self.transcript.strip_cells(),
            "cells_in_all": CELLS,
            "letters": self.transcript.rows.rows[-1].end if self.transcript.rows.rows else 0,
            "address": self.transcript.address,
            "first_number": 1,
        }
        return render(request, "desk/bench/_coverage.html", self.shared(**shown))


class BenchUncodedView(BenchView):
    """Leads to the next row in which nothing is coded."""

    role = TeamRole.CURATOR

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Lead there; the query string names the row after which it is looked for."""
        number = self.transcript.coverage.next_uncoded(parse_id(request.GET.get("turn", "")) or 0)
        query: dict[str, str | int] = {}
        for name in ("theory", "cmoc"):
            query |= {name: value} if (value := request.GET.get(name, "")) else {}
        if number is not None:
            return HttpResponseRedirect(
                f"{self.transcript.address}?{urlencode({**query, 'turn': number})}#turn-{number}"
            )
        return HttpResponseRedirect(f"{self.transcript.address}?{urlencode(query)}")
