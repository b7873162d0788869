"""The ordinary coding of a source as it stood at some time, read from its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from programmes.models import Evidence, Quote
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from programmes.models import Source


class CodedSpan(NamedTuple):
    """A passage coded to a configuration, in either coding."""

    start: int
    end: int
    cmoc: int
    role: str


@dataclass(frozen=True)
class FirstCoding:
    """The ordinary coding of a source at some time, and who coded; None stands for an unknown account."""

    codes: list[CodedSpan]
    people: set[int | None]


def first_coding(source: Source, when: dt.datetime) -> FirstCoding:
    """Return the ordinary coding of a source at some time.

    It comes from the history: once two codings have been compared, quotes are changed and configurations merged. As
    everywhere in the admin, the history is for those who may change the source.
    """
    ever = Quote.history.filter(source_id=source.pk).values("id")
    quotes, _ = coding_states_at(Quote.history.filter(id__in=ever), when, "source_id", "start", "end")
    evidence, makers = coding_states_at(Evidence.history.filter(quote_id__in=ever), when, "quote_id", "cmoc_id", "role")
    codes: list[CodedSpan] = []
    people: set[int | None] = set()
    for pk, entry in evidence.items():
        quote = quotes.get(entry["quote_id"])
        if quote and quote["source_id"] == source.pk and quote["start"] is not None:
            codes.append(CodedSpan(quote["start"], quote["end"], entry["cmoc_id"], entry["role"]))
            people.add(makers[pk])
    return FirstCoding(sorted(codes), people)


def coding_states_at(
    history: QuerySet[Any, Any], when: dt.datetime, *fields: str
) -> tuple[dict[int, dict[str, Any]], dict[int, int | None]]:
    """Return the historical rows as of some time, by id, and the account behind each."""
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


def role_phrase(role: str, cmoc: object) -> str:
    return f"{EvidenceRole(role).label.lower()} {cmoc}"
