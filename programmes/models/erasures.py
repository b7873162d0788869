"""What was erased for good: which records, and hashes by which their words are known again. No word is kept.

Every door asks here. A package, a form or a file that brings the words of somebody who has withdrawn is refused, under
whatever key it brings them; a passage that was erased comes in as its mark.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from programmes.integrity.dates import ActDateField
from programmes.integrity.text import LinesField, ShortTextField, TextRulesMixin
from programmes.transcripts.runs import MARK, PERSON, RunShape, is_spoken, masked, run_hashes, run_words
from programmes.vocabulary import ErasureKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from programmes.transcripts.runs import RunWord

MOST_ASKED = 5_000  # hashes in one query
MANY_TEXTS = 20  # after so many, one query for all hashes is quicker than one for each text
TOLD_PLACES = 3  # lines that are named
KEYED = {"participant": "pseudonym", "source": "key", "quote": "key"}  # records whose keys are remembered


class Erasure(models.Model):
    """The withdrawal of a participant, or the erasure of a passage, for good.

    It outlives its study, so it names it by its slug; and it is written into a file outside the database, so that it is
    carried out again where an older copy of the database is restored.
    """

    identity = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=ErasureKind)
    study_slug = models.SlugField(max_length=80)
    keys: Any = models.JSONField(default=list, blank=True)  # of the records that went, each with its kind: "quote q03"
    reason = ShortTextField(max_length=300)
    signed_by = ShortTextField(max_length=150)
    signed_date = ActDateField()
    secret = models.CharField(max_length=16)  # which key the hashes were made with, by its own hash
    shapes: Any = models.JSONField(default=list, blank=True)  # of its runs: words before, erased, and after
    left: Any = models.JSONField(default=list, blank=True)  # where such words still stand, and why
    compacted = models.DateTimeField(null=True, blank=True)  # when the database was rid of the traces in its files

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.signed_date}"


class LetIn(models.Model):
    """The word of a lead that a text only sounds like what was erased, and may come in."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="let_in")
    reason = ShortTextField(max_length=300)
    signed_by = ShortTextField(max_length=150)
    signed_date = ActDateField()
    runs = models.PositiveIntegerField()  # of words that are no longer refused

    class Meta:
        ordering = ("pk",)


class ErasedRun(models.Model):
    """The keyed hash of a run of words that was erased, or of a passage with words around it."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="runs")
    before = models.PositiveSmallIntegerField(default=0)
    erased = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField(default=0)
    value = models.BigIntegerField(db_index=True)
    let_in = models.ForeignKey(LetIn, models.SET_NULL, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager[ErasedRun]] = models.Manager()


def hash_keys() -> dict[str, bytes]:
    """Return the keys of the hashes by their names, the present one first."""
    secrets = [settings.ERASURE_KEY or settings.SECRET_KEY, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [blake2b(secret.encode(), digest_size=32, person=b"erased runs").digest() for secret in secrets]
    return {blake2b(key, digest_size=8).hexdigest(): key for key in keys}


def present_key() -> tuple[str, bytes]:
    """Return the key with which hashes are made now, and its name."""
    return next(iter(hash_keys().items()))


@dataclass(frozen=True)
class ErasedPlace:
    """Where a text has words that were erased."""

    kind: str
    start: int
    end: int
    values: tuple[int, ...]  # of the runs


RunKind = tuple[str, int, int, int]  # the kind of an erasure, and the words before, erased and after
Hashes = dict[RunKind, set[int]]


@dataclass
class Remembered:
    """What was erased, as far as it must be known to look for it, and what was found while it is asked once."""

    keys: frozenset[tuple[str, str]]  # the study, and the kind and key of a record
    shapes: dict[tuple[str, str], tuple[RunShape, ...]]  # by kind and name of the hash key
    kinds: dict[int, str]  # of the erasures
    places: dict[str, list[ErasedPlace]] = field(default_factory=dict)  # of the texts that were asked about
    hashes: Hashes | None = None  # all that are kept, once many texts are asked about

    def __bool__(self) -> bool:
        return bool(self.keys or self.shapes)

    def among(self, values: Iterable[int]) -> Hashes:
        """Return which of these hashes are of runs that were erased and not let in, and may be more."""
        if self.hashes is None and len(self.places) >= MANY_TEXTS:
            self.hashes = self.kept([{}])
        if self.hashes is not None:
            return self.hashes
        asked = sorted(set(values))
        return self.kept({"value__in": asked[first : first + MOST_ASKED]} for first in range(0, len(asked), MOST_ASKED))

    def kept(self, questions: Iterable[dict[str, Any]]) -> Hashes:
        """Return the hashes that are kept, by the kind of their runs."""
        found: Hashes = defaultdict(set)
        runs = ErasedRun.objects.filter(let_in=None).values_list("erasure_id", "before", "erased", "after", "value")
        for question in questions:
            for erasure, *words, value in runs.filter(**question).iterator():
                found[self.kinds.get(erasure, ""), *words].add(value)  # type: ignore[index]  # three numbers of words
        return found


known: ContextVar[Remembered | None] = ContextVar("known", default=None)


def remembered() -> Remembered:
    """Return what was erased, in one query unless it was asked before."""
    there = known.get()
    return remembered_now() if there is None else there


def remembered_now() -> Remembered:
    """Return what was erased up to now, whatever was asked before."""
    keys: set[tuple[str, str]] = set()
    shapes: dict[tuple[str, str], set[RunShape]] = defaultdict(set)
    kinds = {}
    for erasure in Erasure.objects.only("kind", "study_slug", "keys", "secret", "shapes"):
        kinds[erasure.pk] = erasure.kind
        keys |= {(erasure.study_slug, line) for line in erasure.keys}
        shapes[erasure.kind, erasure.secret] |= {RunShape(*shape) for shape in erasure.shapes}
    return Remembered(frozenset(keys), {key: tuple(found) for key, found in shapes.items() if found}, kinds)


@contextmanager
def remembered_once(*, anew: bool = False) -> Iterator[None]:
    """Ask once for what was erased while many records are checked and written; anew, if it was asked before."""
    token = known.set(remembered_now() if anew else remembered())
    try:
        yield
    finally:
        known.reset(token)


def erased_places(text: str) -> list[ErasedPlace]:
    """Return where a text has words that were erased, in order.

    Some words are known again only once others beside them have their mark, as when they were erased one by one.
    """
    there = remembered()
    if not there.shapes or not has_words(text):
        return []
    if text not in there.places:
        found = places_at_once(text, there)
        marked = text_with_marks(text, found)
        there.places[text] = joined_places([*found, *erased_places(marked)]) if marked != text else found
    return there.places[text]


def places_at_once(text: str, there: Remembered) -> list[ErasedPlace]:
    """Return where a text as it is has words that were erased."""
    words = run_words(text)
    spoken = [word for word in words if is_spoken(word)]
    asked: list[tuple[RunKind, Sequence[RunWord], list[int]]] = []
    made: dict[tuple[str, str, int], list[int]] = {}  # hashes of all runs of one length
    keys = hash_keys()
    for (kind, secret), shapes in there.shapes.items():
        own = spoken if kind == ErasureKind.WITHDRAWAL else words
        for shape in shapes if secret in keys else ():
            if len(own) < shape.length or (shape.is_common and len(own) != shape.length):
                continue  # what anybody may say is known as a whole text alone
            token = kind, secret, shape.length
            if token not in made:
                made[token] = run_hashes(keys[secret], own, shape.length)
            asked.append(((kind, shape.before, shape.erased, shape.after), own, made[token]))
    there_are = there.among(value for values in made.values() for value in values) if asked else {}
    return joined_places(
        ErasedPlace(run[0], own[first + run[1]].start, own[first + run[1] + run[2] - 1].end, (value,))
        for run, own, values in asked
        if (hits := there_are.get(run, set()).intersection(values))
        for first, value in enumerate(values)
        if value in hits
    )


def joined_places(places: Iterable[ErasedPlace]) -> list[ErasedPlace]:
    """Return places of which those of one kind that touch are one."""
    found: dict[str, list[ErasedPlace]] = defaultdict(list)
    for place in sorted(places, key=lambda place: (place.start, place.end)):
        of_kind = found[place.kind]
        if of_kind and place.start <= of_kind[-1].end:
            last = of_kind[-1]
            of_kind[-1] = ErasedPlace(
                place.kind, last.start, max(last.end, place.end), tuple({*last.values, *place.values})
            )
        else:
            of_kind.append(place)
    return [place for of_kind in found.values() for place in of_kind]


def with_marks(text: str) -> str:
    """Return a text with marks over the passages that were erased."""
    return text_with_marks(text, erased_places(text))


def text_with_marks(text: str, places: Iterable[ErasedPlace]) -> str:
    """Return a text with marks over those of these places that are erased passages."""
    for place in places:
        if place.kind == ErasureKind.PASSAGE:
            text = masked(text, place.start, place.end)
    return text


def mapped_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value of a field with every text in it changed."""
    if isinstance(value, list):
        return [mapped_texts(entry, change) for entry in value]
    return change(value) if isinstance(value, str) else value


def texts_of_value(value: Any) -> list[str]:
    """Return every text in the value of a field."""
    if isinstance(value, str):
        return [value]
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for entry in entries for text in texts_of_value(entry)]


@cache
def text_fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """Return the fields in which somebody's words can stand."""
    return tuple(entry for entry in model._meta.concrete_fields if isinstance(entry, TextRulesMixin | LinesField))


def can_bring_back(row: models.Model) -> bool:
    """Say whether a row has a text of several words, or a key that may have been erased."""
    texts = (text for entry in text_fields(type(row)) for text in texts_of_value(getattr(row, entry.name)))
    return (row._state.adding and row._meta.model_name in KEYED) or any(has_words(text) for text in texts)


def is_like_but_for_marks(text: str, marked: str) -> bool:
    """Say whether a text is another that has marks over some of its letters."""
    same = len(text) == len(marked) and text != marked
    return same and all(letter in (given, MARK) for given, letter in zip(text, marked, strict=True))


def erased_keys(study_slug: str, kind: str) -> set[str]:
    """Return the keys of records of a study that were erased for good: nothing else is called so."""
    lines = [line.split(" ", 1) for slug, line in remembered().keys if slug == study_slug]
    return {key for name, key in lines if name == kind}


def has_words(text: str) -> bool:
    """Say whether a text is long enough for anything to be known again in it."""
    return len(text) >= PERSON.erased or not text.isascii() or len(text.split(None, 1)) > 1


def take_passages_out(row: models.Model) -> None:
    """Put marks over the passages in a row that were erased before."""
    for entry in text_fields(type(row)) if remembered().shapes else ():
        value = getattr(row, entry.name)
        changed = mapped_texts(value, with_marks)
        if changed != value:
            setattr(row, entry.name, changed)


def erased_faults(row: models.Model) -> dict[str, list[ValidationError]]:
    """Return what a row would bring back of what was erased, by field."""
    there = remembered()
    faults: dict[str, list[ValidationError]] = {}
    if row._state.adding and row._meta.model_name in KEYED and not is_tombstone(row):
        name = KEYED[row._meta.model_name]
        study = getattr(row, "study", None)  # a form may lack it, and says so itself
        if study is not None and (study.slug, f"{row._meta.model_name} {getattr(row, name)}") in there.keys:
            fault = f"The {row._meta.verbose_name} of this {name} was erased for good. Give another {name}."
            faults[name] = [ValidationError(fault, "erased")]
    stored = None
    for entry in text_fields(type(row)) if there.shapes else ():
        value = getattr(row, entry.name)
        places = persons_places(value)
        if places and not row._state.adding:
            stored = stored or type(row)._base_manager.filter(pk=row.pk).first()
            places = new_places(places, getattr(stored, entry.name, ""))
        if places:
            faults[entry.name] = [ValidationError(sentence_about(places, value), "erased")]
    return faults


def is_tombstone(row: models.Model) -> bool:
    """Say whether a row is what a withdrawal leaves: somebody who has withdrawn, or a source without text of theirs."""
    who = row if row._meta.model_name == "participant" else getattr(row, "participant", None)
    return getattr(who, "withdrawn_date", None) is not None and not getattr(row, "text", "")


def persons_places(value: Any) -> list[ErasedPlace]:
    """Return where the texts of a value have words of somebody who has withdrawn."""
    places = [place for text in texts_of_value(value) for place in erased_places(text)]
    return [place for place in places if place.kind == ErasureKind.WITHDRAWAL]


def new_places(places: list[ErasedPlace], stored: Any) -> list[ErasedPlace]:
    """Return the places whose words are not in the stored value already."""
    there = {value for place in persons_places(stored) for value in place.values}
    return [place for place in places if not there.issuperset(place.values)]


def sentence_about(places: list[ErasedPlace], value: Any) -> str:
    """Return what is wrong with a value, with its lines where it has several."""
    where = ""
    if isinstance(value, str) and "\n" in value:
        lines = sorted({value.count("\n", 0, place.start) + 1 for place in places})
        more = f" and {len(lines) - TOLD_PLACES} more" if len(lines) > TOLD_PLACES else ""
        where = f" (line {', '.join(map(str, lines[:TOLD_PLACES]))}{more})"
    return (
        f"This has words of somebody who has withdrawn{where}. Take them out; if they only sound alike, a lead of the "
        "study can let them in, with a reason."
    )
