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
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models

from programmes.integrity.dates import ActDateField
from programmes.integrity.text import ShortTextField
from programmes.transcripts.runs import RunShape
from programmes.vocabulary import ErasureKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


MOST_ASKED = 5_000  # hashes in one query
MANY_TEXTS = 20  # after so many, one query for all hashes is quicker than one for each text
KEYED = {"participant": "pseudonym", "source": "key", "quote": "key"}  # records whose keys are remembered


class Erasure(models.Model):
    """The withdrawal of a participant, or the erasure of a passage, for good.

    It outlives its study, so it names it by its slug; and it is written into a file outside the database, so that it is
    carried out again where an older copy of the database is restored.
    """

    identity = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=ErasureKind)
    study_slug = models.SlugField(max_length=80)  # of the study as it is called now
    earlier_slugs: Any = models.JSONField(default=list, blank=True)  # by which an older copy may call it
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

    @classmethod
    def follow_study(cls, old: str, new: str) -> None:
        """Keep what a study is called from now on."""
        for erasure in cls.objects.filter(study_slug=old):
            erasure.study_slug, erasure.earlier_slugs = new, sorted({*erasure.earlier_slugs, old} - {new})
            erasure.save()


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


def newest_erasure() -> int | None:
    """Return the number of what was erased last, by which it is seen that something was erased since."""
    return Erasure.objects.order_by("-pk").values_list("pk", flat=True).first()


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

    @property
    def short(self) -> bool:
        """Say whether a text of one short word was erased."""
        return any(shape.length == 1 for shapes in self.shapes.values() for shape in shapes)

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
    for erasure in Erasure.objects.only("kind", "study_slug", "earlier_slugs", "keys", "secret", "shapes"):
        kinds[erasure.pk] = erasure.kind
        keys |= {(slug, line) for slug in [erasure.study_slug, *erasure.earlier_slugs] for line in erasure.keys}
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


def erased_keys_by_study(kind: str) -> dict[str, set[str]]:
    """Return the keys of records that were erased for good, by the slug of their study: nothing else is called so."""
    found: dict[str, set[str]] = defaultdict(set)
    for slug, line in remembered().keys:
        name, key = line.split(" ", 1)
        if name == kind:
            found[slug].add(key)
    return found
