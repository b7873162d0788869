"""The pages of the bench that need no script: coding a row by its words, coding a quote otherwise, finding words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from programmes.desk.base import parse_id
from programmes.desk.bench import FRAGMENT, BenchView
from programmes.desk.bench_turns import short_time
from programmes.desk.close_lines import close_lines
from programmes.desk.found_in_transcripts import found_in_transcripts
from programmes.desk.theory_lines import TheoryLine, lines_of_theory, slots_of_form
from programmes.models import CMOC, Evidence, Quote, Theory
from programmes.models.configuration import SLOTS
from programmes.search.stems import folded
from programmes.vocabulary import CMOCStatus, TeamRole

if TYPE_CHECKING:
    from django.http import HttpRequest

WORD = re.compile(r"\S+")
MOST_SUGGESTIONS = 300
LONGEST_DRAFT = 3_000  # letters of one that is being written


@dataclass(frozen=True)
class WordOfRow:
    """A word of a row, with its place in the transcript."""

    number: int
    text: str
    start: int
    end: int


def words_between(text: str, start: int, end: int) -> list[WordOfRow]:
    """Return the words of a text between two places, numbered."""
    found = WORD.finditer(text, start, end)
    return [WordOfRow(number, word[0], word.start(), word.end()) for number, word in enumerate(found, 1)]


@dataclass(frozen=True)
class TheoryGroup:
    """The configurations of one theory, as a list for those without JavaScript."""

    theory: Theory
    lines: list[TheoryLine]


def theory_groups(view: BenchView) -> list[TheoryGroup]:
    """Return the standing configurations of a study, theory by theory, the one at hand first."""
    theories = Theory.objects.visible_to(view.person).filter(study=view.study).order_by("title", "pk")
    here = view.theory.pk if view.theory else None
    ordered = sorted(theories, key=lambda theory: theory.pk != here)
    return [TheoryGroup(theory, lines_of_theory(theory, view.person)) for theory in ordered]


class BenchFormView(BenchView):
    """A page with forms of the bench about a transcript; closed to whoever is coding it blind."""

    role = TeamRole.CURATOR

    def groups(self) -> list[TheoryGroup]:
        """Return the configurations that can be chosen."""
        return theory_groups(self)

    def near(self, lines: list[TheoryLine], text: str) -> list[TheoryLine]:
        """Return the configurations of the theory at hand that are close to words."""
        statements = CMOC.objects.filter(theory=self.theory).values_list("pk", "statement")
        return close_lines(lines, dict(statements), text) if lines else []


class TurnFormView(BenchFormView):
    """One row of a transcript, to be coded by its first and last word."""

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the words of the row, each with a number, and the form."""
        rows = self.transcript.rows.rows
        number = self.kwargs["number"]
        if not 1 <= number <= len(rows):
            raise Http404
        row = rows[number - 1]
        text = self.source.text
        words = words_between(text, row.start, row.end)
        shown = {
            "source": self.source,
            "shown_row": self.transcript.shown([row])[0],
            "words": words,
            "groups": self.groups(),
            "address": self.transcript.address,
            "opened_number": parse_id(request.GET.get("cmoc", "")),
            "slots": slots_of_form(self.theory.form if self.theory else ""),
        }
        return self.show("desk/bench/turn.html", **self.shared(**shown))


class QuoteFormView(BenchFormView):
    """A quote with what it does: to be given another role, moved, un-coded, or to begin and end elsewhere."""

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the quote and a form for each coding of it."""
        quotes = Quote.objects.visible_to(self.person).filter(source=self.source, start__isnull=False)
        quote = quotes.filter(key=self.kwargs["quote"]).first()
        if quote is None:
            raise Http404
        evidence = Evidence.objects.visible_to(self.person).filter(quote=quote).exclude(cmoc__status=CMOCStatus.RETIRED)
        rows = self.transcript.rows.of(quote.start or 0, quote.end or 0)
        words = words_between(self.source.text, rows[0].start, rows[-1].end) if rows else []
        shown = {
            "source": self.source,
            "quote": quote,
            "words": words,
            "first": next((word.start for word in words if word.end > (quote.start or 0)), None),
            "last": next((word.end for word in words if word.end >= (quote.end or 0)), None),
            "evidence": evidence.select_related("cmoc__theory").order_by("cmoc__number", "pk"),
            "groups": self.groups(),
            "address": self.transcript.address,
            "turn": self.transcript.rows.number_at(quote.start or 0),
            "opened_number": parse_id(request.GET.get("cmoc", "")),
        }
        return self.show("desk/bench/quote.html", **self.shared(**shown))


class DraftView(BenchFormView):
    """A new configuration from the selected words, written beside the transcript."""

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Answer with the form; what is near to its title is offered while one types."""
        start, end = (parse_id(request.GET.get(name, "")) for name in ("start", "end"))
        text = self.source.text
        if start is None or end is None or not start < end <= len(text):
            raise Http404
        lines = self.lines()
        rows = self.transcript.rows.rows
        row = rows[self.transcript.rows.number_at(start) - 1]
        shown = {
            "source": self.source,
            "start": start,
            "end": end,
            "words": text[start:end],
            "who": row.speaker,
            "time": short_time(row.time),
            "slots": slots_of_form(self.theory.form if self.theory else ""),
            "next_number": max((line.number for line in lines), default=0) + 1,
            "address": self.transcript.address,
            "chosen_role": request.GET.get("role", "supports"),
            "near": self.near(lines, text[start:end]),
            "base_query": self.base_query(),
        }
        if FRAGMENT in request.headers:
            return HttpResponse(self.fragment("desk/bench/_draft.html", **shown))
        return self.show("desk/bench/draft.html", **self.shared(**shown))


class NearView(BenchFormView):
    """Which configurations are close to what is typed of a new one, and to the words that it is made from."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Answer with the piece of the form that names them."""
        start, end = (parse_id(request.GET.get(name, "")) or 0 for name in ("start", "end"))
        text = f"{self.source.text[start:end]} {request.GET.get('text', '')[:LONGEST_DRAFT]}"
        near = {"near": self.near(self.lines(), text), "address": self.transcript.address}
        return HttpResponse(self.fragment("desk/bench/_near.html", **near, base_query=self.base_query()))


class PartsView(BenchFormView):
    """The parts of one kind that stand in the theory at hand, for a field in which one is chosen or made."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Answer with options; the query string names the kind."""
        kind = next((kind for kind in SLOTS if kind.name == request.GET.get("kind", "")), None)
        if kind is None or self.theory is None:
            raise Http404
        under = {"theory": self.theory} if kind.is_element else {"study": self.study}
        labels = kind.model.objects.visible_to(self.person).filter(**under).order_by("label", "pk")
        asked = folded(request.GET.get("q", "")[:200])
        found = [label for label in labels.values_list("label", flat=True) if asked in folded(label)]
        return render(request, "desk/bench/_parts.html", {"labels": found[:MOST_SUGGESTIONS]})


class FindView(BenchFormView):
    """Finds words in all transcripts of the study, turn by turn, and leads to each place."""

    url_name = "desk-bench"
    title = "Find"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show what was found: as a page, or as a piece of one."""
        question = request.GET.get("q", "").replace("\0", "")[:300]
        results = found_in_transcripts(self.study, self.user, question)
        shown = {"words_asked": question, "results": results}
        if FRAGMENT in request.headers:
            return HttpResponse(self.fragment("desk/bench/_found.html", **shown))
        return self.show("desk/bench/find.html", **self.shared(**shown))
