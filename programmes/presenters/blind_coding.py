"""Blind coding: a transcript with nothing but one analyst's own codes, and who made the first coding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from programmes.models import Evidence, Quote, SecondCode, SecondCoding
from programmes.presenters.transcripts import Passage, shown_transcript
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from programmes.models import Source
    from programmes.presenters.transcripts import Transcript
    from programmes.querysets import Person


def unfinished_coding(source: Source, user: Person) -> SecondCoding | None:
    """Return the blind coding of a source that this person has begun and not finished, if there is one."""
    codings = SecondCoding.objects.visible_to(user)
    return codings.filter(source=source, analyst_id=user.pk, finished_date=None).first()


class Code(NamedTuple):
    """What a passage does to a configuration, in either coding."""

    start: int
    end: int
    cmoc: int
    role: str


@dataclass(frozen=True)
class FirstCoding:
    """The ordinary coding of a source as it stood at some time, and the accounts that made it; None is nobody known."""

    codes: list[Code]
    people: set[int | None]


def first_coding(source: Source, when: dt.datetime) -> FirstCoding:
    """Return the first coding of a source as it stood at some time.

    It is read from the history, because quotes are changed, and configurations merged, once two codings have been
    compared. As everywhere in the admin, the history is for those who may change the source.
    """
    ever = Quote.history.filter(source_id=source.pk).values("id")
    quotes, _ = states_at(Quote.history.filter(id__in=ever), when, "source_id", "start", "end")
    evidence, makers = states_at(Evidence.history.filter(quote_id__in=ever), when, "quote_id", "cmoc_id", "role")
    codes: list[Code] = []
    people: set[int | None] = set()
    for pk, entry in evidence.items():
        quote = quotes.get(entry["quote_id"])
        if quote and quote["source_id"] == source.pk and quote["start"] is not None:
            codes.append(Code(quote["start"], quote["end"], entry["cmoc_id"], entry["role"]))
            people.add(makers[pk])
    return FirstCoding(sorted(codes), people)


def states_at(
    history: QuerySet[Any, Any], when: dt.datetime, *fields: str
) -> tuple[dict[int, dict[str, Any]], dict[int, int | None]]:
    """Return the rows as they stood at some time, by their ids, and who made each."""
    states: dict[int, dict[str, Any]] = {}
    makers: dict[int, int | None] = {}
    rows = history.filter(history_date__lte=when).order_by("history_date", "history_id")
    for row in rows.values("id", "history_type", "history_user_id", *fields):
        if row["history_type"] == "-":
            states.pop(row["id"], None)
            continue
        states[row["id"]] = row
        makers.setdefault(row["id"], row["history_user_id"])
    return states, makers


def blind_page(coding: SecondCoding, user: Person) -> Transcript:
    """Return the transcript with the codes of this blind coding, and no others."""
    codes = SecondCode.objects.visible_to(user).filter(coding=coding).select_related("cmoc")
    passages = [
        Passage(
            anchor=f"code-{code.pk}",
            start=code.start,
            end=code.end,
            says=does(code.role, code.cmoc),
            kinds=frozenset({code.role}),
            record=code.pk,
        )
        for code in codes.order_by("start", "end", "cmoc__number", "pk")
    ]
    return shown_transcript(coding.source.text, passages)


def does(role: str, cmoc: object) -> str:
    """Return what a passage does to a configuration, in words."""
    return f"{EvidenceRole(role).label.lower()} {cmoc}"
