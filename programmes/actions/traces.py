"""The search for words that are to be erased in every text that the database holds, and the marks over them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from programmes.integrity.access import studies_with_role
from programmes.integrity.covered_copies import copies_of
from programmes.integrity.invariants import follow
from programmes.integrity.text import joined_key
from programmes.models import (
    CuratedModel,
    ErasedRun,
    Erasure,
    Invitation,
    LetIn,
    Programme,
    Quote,
    Restoration,
    RowToTell,
    Source,
    Telling,
    TokenSeal,
    ToldRow,
    Touch,
    Upload,
    WrongTries,
)
from programmes.models.erased_words import erased_places, mapped_texts, texts_of_value
from programmes.models.erasures import remembered_once
from programmes.models.field_table import Layer, is_maskable, layer_of
from programmes.transcripts.runs import (
    SEARCHED_RUN,
    common_places,
    masked,
    places_of_run,
    run_words,
    runs_in,
    spoken_words,
)
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from django.contrib.auth.models import User

    from programmes.models import Study


# Terms of the site itself and hashes, which hold no words of anybody; and what every erasure rids of them by itself.
WORDLESS = (
    ContentType,
    Permission,
    Group,
    Session,
    Erasure,
    ErasedRun,
    Invitation,
    LetIn,
    LogEntry,
    Restoration,
    Upload,
    RowToTell,
    Telling,
    ToldRow,
    Touch,
    WrongTries,
    TokenSeal,
)
REASON = "history_change_reason"  # of a state in the history
CUT_FROM_TEXT = {"text", "prefix", "suffix"}  # of a quote with a place in a transcript
MOST_KEPT = 10_000  # texts of which it is remembered what was found in them
EXCERPT = 50  # letters on each side of what was found

SAID_BY_OTHERS = "others said the same words"
IN_A_TRANSCRIPT = "it stands in another transcript: erase it there as well"
LEFT_BY_CHOICE = "it was left, since it was not chosen"
CANNOT_BE_MASKED = "it is a key, an address or a signature, which a mark would break: change it by hand"
REFUSED = "a mark there would break a rule of this record: change it by hand"


@dataclass(frozen=True)
class Wanted:
    """The words that are looked for."""

    find: Callable[[str], list[tuple[int, int]]]  # where they stand in a text
    of_person: bool  # who withdraws: then what others said in the same words is theirs

    def masked_in(self, text: str) -> str:
        """Return a text with marks over these words."""
        for place in self.find(text):
            text = masked(text, *place)
        return text


@dataclass
class Trace:
    """Words that are to be erased and stand in a field of a record, now or in earlier states of it."""

    model: type[models.Model]  # of the record, not of its history
    record: Any  # its id
    name: str  # of the field
    excerpt: tuple[str, str, str]  # the first place: words before, what was found, words after
    places: int = 0  # in the record as it is
    states: list[tuple[type[models.Model], Any]] = field(default_factory=list)  # the rows, of the history as well
    called: str = ""  # the record, by its kind and key
    of_person: bool = True
    placed: bool = False  # whether it is in the text of a transcript, or cut from one

    @property
    def identity(self) -> str:
        """Return what a form calls it."""
        return f"{self.model._meta.label_lower}.{self.name}:{self.record}"

    @property
    def label(self) -> str:
        """Return how people call the field."""
        if self.name == REASON:
            return "reason of a change"
        return str(getattr(self.model._meta.get_field(self.name), "verbose_name", self.name))

    @property
    def by_others(self) -> bool:
        """Say whether it holds what somebody else says: their words are not this person's to erase."""
        if not issubclass(self.model, CuratedModel) or self.name == REASON:
            return False
        return self.of_person and layer_of(self.model, self.name) == Layer.PARTICIPANT

    @property
    def maskable(self) -> bool:
        """Say whether a mark may be put there."""
        if not issubclass(self.model, CuratedModel) or self.by_others or self.placed:
            return False
        return self.name == REASON or is_maskable(self.model, self.name)

    @property
    def why_left(self) -> str:
        """Return why it is left where nothing is done about it."""
        if self.by_others:
            return SAID_BY_OTHERS
        if self.placed:
            return IN_A_TRANSCRIPT
        return LEFT_BY_CHOICE if self.maskable else CANNOT_BE_MASKED

    def as_kept(self, why: str) -> dict[str, Any]:
        """Return it as the record of an erasure keeps it: without any word."""
        return {
            "record": self.called,
            "field": self.label,
            "places": self.places,
            "states": len(self.states),
            "why": why,
        }


def wanted_of_person(texts: Iterable[str]) -> Wanted:
    """Return every run of four words or more of these texts as what is looked for."""
    runs = {run for text in texts for _, run in runs_in(spoken_words(text), SEARCHED_RUN)}
    return Wanted(lambda text: common_places(text, runs, SEARCHED_RUN) if runs else [], of_person=True)


def wanted_passage(passage: str) -> Wanted:
    """Return a passage as what is looked for: its words, or letter by letter where it has none."""
    run = [word.folded for word in run_words(passage)]

    def letters(text: str) -> list[tuple[int, int]]:
        return [found.span() for found in re.finditer(re.escape(passage), text)]

    return Wanted((lambda text: places_of_run(text, run)) if run else letters, of_person=False)


def traces_of(wanted: Wanted, user: User | None = None) -> list[Trace]:
    """Return where words stand, in every text of every table that this person may change; without one, in all."""
    found: dict[str, Trace] = {}
    known: dict[str, list[tuple[int, int]]] = {}  # earlier states repeat most texts
    for model in apps.get_models():
        if model in WORDLESS or not (entries := written_fields(model)):
            continue
        base = getattr(model, "instance_type", model)
        identity = "id" if base is not model else "pk"
        for pk, record, *values in rows_open_to(model, user).values_list("pk", identity, *entries).iterator(500):
            for name, value in zip(entries, values, strict=True):
                for text in texts_of_value(value):
                    if len(known) >= MOST_KEPT:
                        known.clear()
                    if text not in known:
                        known[text] = wanted.find(text)
                    if places := known[text]:
                        trace = Trace(base, record, name, excerpt_around(text, places[0]), of_person=wanted.of_person)
                        keep_trace(found, trace, model, pk, len(places))
    name_records(found.values())
    return sorted(found.values(), key=lambda trace: (trace.model._meta.model_name or "", trace.called, trace.name))


def keep_trace(found: dict[str, Trace], trace: Trace, model: type[models.Model], pk: Any, places: int) -> None:
    """Keep what was found in one row with what was found in other states of the same record."""
    there = found.setdefault(trace.identity, trace)
    there.states.append((model, pk))
    if model is there.model:
        there.places += places
        there.excerpt = trace.excerpt


def written_fields(model: type[models.Model]) -> list[str]:
    """Return the fields of a table that hold texts."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    texts = [entry for entry in model._meta.concrete_fields if isinstance(entry, kinds)]
    copies = copies_of(model)  # these change with their text
    return [
        entry.name
        for entry in texts
        if entry not in copies and not entry.choices and not entry.primary_key and entry.name != "history_type"
    ]


def rows_open_to(model: type[models.Model], user: User | None) -> models.QuerySet[Any, Any]:
    """Return the rows that somebody may search: those of the studies that they curate. Without a person it is all."""
    rows = model._base_manager.order_by("pk")
    base: type[models.Model] = getattr(model, "instance_type", model)
    if user is None or user.is_superuser:
        return rows
    if not issubclass(base, CuratedModel):
        return rows.none()
    own = studies_with_role(user, TeamRole.CURATOR)
    if base is Programme:  # it belongs to several studies
        return rows.filter(id__in=Programme.objects.filter(studies__in=own).values("pk"))
    return rows.filter(**{base.access.path("pk__in") if base.access.study else "id__in": own})


def excerpt_around(text: str, place: tuple[int, int]) -> tuple[str, str, str]:
    """Return what was found, between the words around it."""
    start, end = place
    first, last = max(0, start - EXCERPT), min(len(text), end + EXCERPT)
    return (
        f"{'…' if first else ''}{text[first:start]}",
        text[start:end],
        f"{text[end:last]}{'…' if last < len(text) else ''}",
    )


def name_records(traces: Collection[Trace]) -> None:
    """Say of each trace what its record is called."""
    for trace in traces:
        kind = str(trace.model._meta.verbose_name)
        trace.called = f"{kind} {trace.record}"
        if issubclass(trace.model, CuratedModel):
            row = trace.model._base_manager.filter(pk=trace.record).first()
            key = joined_key(follow(row, path) for path in trace.model.key_fields) if row else "that was deleted"
            trace.called = f"{kind} {key}"
            trace.placed = is_placed(row, trace.name)


def is_placed(row: CuratedModel | None, name: str) -> bool:
    """Say whether a field is the text of a transcript, or is cut from one."""
    if isinstance(row, Source):
        return name == "text"
    return isinstance(row, Quote) and row.start is not None and name in CUT_FROM_TEXT


@dataclass
class Masking:
    """Marks over the words in records and every earlier state of them: what got some, and where a rule forbids it."""

    wanted: Wanted
    reason: str
    covered: list[tuple[str, int, int]] = field(default_factory=list)  # texts as they were, with the place
    refused: list[Trace] = field(default_factory=list)

    def over(self, traces: Iterable[Trace]) -> Masking:
        """Put the marks."""
        for trace in traces:
            before = len(self.covered)
            try:
                with transaction.atomic():
                    mask_trace(trace, self.in_text, self.reason)
            except (ValidationError, DatabaseError):
                self.refused.append(trace)
                del self.covered[before:]
        return self

    def in_text(self, text: str) -> str:
        """Return a text with its marks."""
        self.covered += [(text, *place) for place in self.wanted.find(text)]
        return self.wanted.masked_in(text)


def mask_trace(trace: Trace, with_marks: Callable[[str], str], reason: str) -> None:
    """Put marks over the words in one field: the record is saved with the reason, its earlier states are changed.

    Earlier states are asked for anew: marks in another field of the record have just made one.
    """
    model: Any = trace.model  # of curated records, since nothing else gets marks
    for row in model._base_manager.filter(pk=trace.record) if trace.places else ():
        setattr(row, trace.name, mapped_texts(getattr(row, trace.name), with_marks))
        row.set_change_reason(reason)
        row.save()
    for state in model.history.filter(id=trace.record):
        value = getattr(state, trace.name)
        changed = mapped_texts(value, with_marks)
        if changed != value:
            setattr(state, trace.name, changed)
            copies = {entry.name: getattr(state, entry.name) for entry in copies_of(model)}
            type(state)._base_manager.filter(pk=state.pk).update(**{trace.name: changed}, **copies)


def kept_traces(traces: Iterable[Trace], refused: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield what is left, and why, as it is kept."""
    for trace in traces:
        yield trace.as_kept(REFUSED if trace.identity in refused else trace.why_left)


def clear_beside(wanted: Wanted, study: Study) -> None:
    """Take words out of the log of the admin, and throw away waiting files that have them, unasked.

    Files of other studies go where the words would be known again in them.
    """
    for entry in LogEntry.objects.order_by("pk").iterator(500):
        if wanted.find(entry.object_repr) or wanted.find(entry.change_message):
            LogEntry.objects.filter(pk=entry.pk).update(object_repr="Erased", change_message="")
    with remembered_once(anew=True):
        for upload in Upload.objects.order_by("pk").iterator(20):
            find = wanted.find if upload.study_id == study.pk else erased_places
            if any(find(text) for text in texts_of_value([upload.name, upload.content])):
                upload.delete()
