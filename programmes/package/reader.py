"""For whom a package is written: the team with everything, or readers with what each may see, by the rule of the rows.

Who spoke and where is the team's. A quote still says what everybody reads of it: the role of the speaker, their
service, the kind of source, the work that it is quoted from. So records stand in for those that are not told, one for
each quote: nobody can tell from them which quotes are of one person.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from programmes.models import CuratedModel, Memo, Quote, Theory
from programmes.models.field_table import COVERED
from programmes.models.hidden_fields import restricted_fields
from programmes.models.holdings import HELD
from programmes.models.open_quotes import quote_is_open
from programmes.vocabulary import ConsentScope, QuoteConsent, SourceKind, TeamRole

if TYPE_CHECKING:
    from django.db.models import QuerySet

NOT_TOLD = "not-told-"  # how the keys of records begin that stand in for others
KEPT_BY_TEAM = "Kept by the team of the study"
IN_A_TRANSCRIPT = "in a transcript that the team keeps"  # where a quote stands, for those who do not get the place
LONGEST_KEY = 80  # letters
# What everybody reads of the speaker and the source of a quote.
OF_SPEAKER = ("role", "role_reporting", "service__number", "service_basis")
OF_SOURCE = ("kind", "reference__number")
SAID_WHERE_NOTHING_IS = {(kind.holder, kind.absence) for kind in HELD}


class PackageReader(Protocol):
    """Somebody for whom a package is written."""

    def rows(self, model: type[Any]) -> QuerySet[Any, Any]:
        """Return the rows of a model that they may see."""

    def allows(self, role: TeamRole | None) -> bool:
        """Say whether they may read what takes at least a role."""


class WholeRecord:
    """All of a record, as a copy of the base has it."""

    def rows(self, model: type[Any]) -> QuerySet[Any, Any]:
        """Return the rows of a model that are told."""
        return model._base_manager.all()  # type: ignore[no-any-return]  # of a kind that models have

    def values(self, row: CuratedModel, names: list[str]) -> dict[str, Any]:
        """Return the values of a row that are told."""
        return {name: getattr(row, name) for name in names}

    def more_sections(self) -> dict[str, list[dict[str, Any]]]:
        """Return lists that stand in for others."""
        return {}


class Everybody:
    """Whoever reads what is public, or would be if study and theory were."""

    def rows(self, model: type[Any]) -> QuerySet[Any, Any]:
        """Return the rows of a model that are public, whatever study and theory are."""
        return model._base_manager.filter(model.access.public_if)  # type: ignore[no-any-return]  # as above

    def allows(self, role: TeamRole | None) -> bool:
        """Say that what takes a role is not theirs."""
        return role is None


def key_of_stand_in(quote: str) -> str:
    """Return the key of what stands in for who spoke or for the source, by the key of the quote."""
    key = NOT_TOLD + quote
    return key if len(key) <= LONGEST_KEY else NOT_TOLD + hashlib.sha256(quote.encode()).hexdigest()


def stands_in(key: str) -> bool:
    """Say whether a record stands in for one that is not told."""
    return key.startswith(NOT_TOLD)


@dataclass
class ReadersRecord(WholeRecord):
    """What of a theory and its study a reader may see."""

    theory: Theory
    reader: PackageReader
    participants: dict[str, dict[str, Any]] = field(default_factory=dict)  # that stand in for those of the study
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    readable: dict[tuple[type[CuratedModel], str], bool] = field(default_factory=dict)

    @cached_property
    def tells_who_spoke(self) -> bool:
        """Say whether the reader may know the speakers and sources of quotes."""
        return self.may_read(Quote, "participant")

    @cached_property
    def known(self) -> dict[int, dict[str, Any]]:
        """Return what everybody reads of the speakers and sources, by quote."""
        paths = [f"participant__{name}" for name in OF_SPEAKER] + [f"source__{name}" for name in OF_SOURCE]
        rows = Quote.objects.filter(study=self.theory.study_id)
        return {row["pk"]: row for row in rows.values("pk", "participant", "source", *paths)}

    @cached_property
    def open(self) -> set[int]:
        """Return the quotes that everybody may read: they are published, with the consent of whoever speaks."""
        return set(Quote.objects.filter(quote_is_open(), study=self.theory.study_id).values_list("pk", flat=True))

    def rows(self, model: type[Any]) -> QuerySet[Any, Any]:
        """Return the rows that the reader may see; of memos those on transcripts only with these."""
        found = self.reader.rows(model)
        return found.filter(source=None) if model is Memo and not self.tells_who_spoke else found

    def may_read(self, model: type[CuratedModel], name: str) -> bool:
        """Say whether the reader may read a field of the rows that they see; of each it is asked once."""
        if (model, name) not in self.readable:
            role = restricted_fields(model).get(name)
            self.readable[model, name] = (model, name) in SAID_WHERE_NOTHING_IS or self.reader.allows(role)
        return self.readable[model, name]

    def values(self, row: CuratedModel, names: list[str]) -> dict[str, Any]:
        """Return the values that the reader reads, and what is told in place of those that are not theirs."""
        model = type(row)
        found = {}
        for name in names:
            if self.may_read(model, name):
                found[name] = getattr(row, name)
            elif (model, name) in COVERED:
                found[name] = getattr(row, COVERED[model, name])
        if isinstance(row, Quote) and not self.tells_who_spoke:
            found |= self.of_quote(row)
        if isinstance(row, Theory) and not self.reader.rows(Theory).filter(pk=row.predecessor_id).exists():
            found["predecessor"] = None
        return found

    def of_quote(self, quote: Quote) -> dict[str, Any]:
        """Return the values of a quote that lead to what stands in, and keep that."""
        known = self.known[quote.pk]
        values: dict[str, Any] = {"locator": quote.locator or IN_A_TRANSCRIPT}
        if quote.pk in self.open:
            values["consent"] = QuoteConsent.PUBLISHED
        if known["participant"]:
            values["participant"] = self.speaker_of(quote, known)
        if known["source"]:
            values["source"] = self.source_of(quote, known)
        return values

    def speaker_of(self, quote: Quote, known: dict[str, Any]) -> str:
        """Keep what is told of who speaks, and return its key."""
        key = key_of_stand_in(quote.key)
        told = {name.removesuffix("__number"): known[f"participant__{name}"] for name in OF_SPEAKER}
        scope = {"consent_scope": ConsentScope.QUOTES_PUBLIC} if quote.pk in self.open else {}
        self.participants[key] = {"pseudonym": key, **{name: value for name, value in told.items() if value}, **scope}
        return key

    def source_of(self, quote: Quote, known: dict[str, Any]) -> str:
        """Keep what is told of where the words come from, and return its key; a work is one source for all quotes."""
        kind, work = (known[f"source__{name}"] for name in OF_SOURCE)
        of_work = kind == SourceKind.DOCUMENT and work is not None
        key = f"{NOT_TOLD}work-{work}" if of_work else key_of_stand_in(quote.key)
        of = {"reference": work} if of_work else {}
        self.sources[key] = {"key": key, "kind": kind, "title": KEPT_BY_TEAM, **of}
        return key

    def more_sections(self) -> dict[str, list[dict[str, Any]]]:
        """Return the lists of what stands in, by their names in the package."""
        found = {"participants": self.participants, "sources": self.sources}
        return {name: [rows[key] for key in sorted(rows)] for name, rows in found.items() if rows}
