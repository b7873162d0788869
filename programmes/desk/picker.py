"""The one picker of configurations: those that stand in the theories of one study, found by any word of theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.html import escape

from programmes.desk.at_study import StudyDeskView
from programmes.desk.theory_lines import TheoryLine, lines_of_theory
from programmes.models import CMOC, Theory
from programmes.search.stems import folded
from programmes.words import in_html

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from programmes.integrity.access import Person, Teammate

MOST_CHOICES = 30
WORDS = re.compile(r"[^\W_]+")
LONGEST_QUESTION = 200


@dataclass(frozen=True)
class PickerChoice:
    """A configuration that may be chosen, with what was asked for marked."""

    line: TheoryLine
    title: SafeString
    plain: SafeString


@dataclass(frozen=True)
class PickerAnswer:
    """What a picker offers."""

    choices: list[PickerChoice]
    found: int
    of: int


def ranked(line: TheoryLine, statement: str, words: list[str], asked: str) -> int | None:
    """Return how near a configuration is to what was asked for, the nearest first; None where a word is not in it."""
    if asked in {str(line.number), folded(line.label), folded(line.name)}:
        return 0
    title, plain = folded(line.title), folded(line.plain)
    if title.startswith(asked):
        return 1
    for rank, texts in enumerate(((title,), (title, plain), (title, plain, folded(statement), folded(line.name))), 2):
        there = [found for text in texts for found in WORDS.findall(text)]
        if all(any(found.startswith(word) for found in there) for word in words):
            return rank
    return None


def picker_answer(theory: Theory, user: Person, question: str) -> PickerAnswer:
    """Return what fits a question in a theory; everything that stands there where nothing is asked."""
    lines = lines_of_theory(theory, user)
    asked = folded(question[:LONGEST_QUESTION])
    words = WORDS.findall(asked)
    if not words:
        return PickerAnswer([shown_choice(line, []) for line in lines[:MOST_CHOICES]], len(lines), len(lines))
    statements = dict(CMOC.objects.filter(theory=theory).values_list("pk", "statement"))
    ranks = [(ranked(line, statements.get(line.pk, ""), words, asked), line.number, line) for line in lines]
    fitting = sorted((rank, number, line.pk, line) for rank, number, line in ranks if rank is not None)
    shown = [shown_choice(line, words) for *_, line in fitting[:MOST_CHOICES]]
    return PickerAnswer(shown, len(fitting), len(lines))


def shown_choice(line: TheoryLine, words: list[str]) -> PickerChoice:
    """Return a choice with the words marked that it was found by."""
    return PickerChoice(line, prefixes_marked(line.title, words), prefixes_marked(line.plain, words))


def prefixes_marked(text: str, words: list[str]) -> SafeString:
    """Return a text as HTML with the beginnings of its words marked that were asked for; it stays whose it is."""
    pieces, place = [], 0
    for found in WORDS.finditer(text):
        fitting = [len(word) for word in words if folded(found[0]).startswith(word)]
        if fitting:
            end = found.start() + min(max(fitting), len(found[0]))
            pieces += [escape(text[place : found.start()]), f"<mark>{escape(text[found.start() : end])}</mark>"]
            place = end
    return in_html(text, "".join([*pieces, escape(text[place:])]))


class PickerView(StudyDeskView):
    """What a picker offers for the words typed in it, as a list that the script puts into the page."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Answer with the list; the query string names the theory, if not the last one."""
        theory = theory_at_hand(request, self.person, request.GET.get("theory", ""))
        question = request.GET.get("q", "").replace("\0", "")
        answer = picker_answer(theory, self.person, question) if theory else PickerAnswer([], 0, 0)
        return render(request, "desk/picker_choices.html", {"answer": answer})


def theory_at_hand(request: HttpRequest, person: Teammate, slug: str = "") -> Theory | None:
    """Return the theory that somebody works on in a study: the one named, the one of before, or else the newest."""
    kept = f"theory-at-hand-{person.study}"
    theories = Theory.objects.visible_to(person).select_related("study")
    theory = theories.filter(slug=slug).first() if slug else None
    if theory is not None:
        if request.session.get(kept) != theory.pk:
            request.session[kept] = theory.pk
        return theory
    last: int = request.session.get(kept) or 0
    return theories.filter(pk=last).first() or theories.order_by("-pk").first()
