"""Where a text has words that were erased for good, and what becomes of it: a mark, or a sentence that refuses it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import astuple
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from programmes.integrity.covered_copies import CoveredCopyField
from programmes.integrity.text import LinesField, TextRulesMixin
from programmes.models.erasures import KEYED, ErasedPlace, hash_keys, remembered
from programmes.transcripts.runs import MARK, PERSON, has_word, masked, run_hashes, run_words
from programmes.transcripts.sequences import word_sequences
from programmes.vocabulary import ErasureKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.db import models

    from programmes.models.erasures import Remembered, RunKind
    from programmes.transcripts.runs import RunWord

MOST_PLACES = 10_000  # texts of which it is remembered what was found in them
TOLD_PLACES = 3  # lines that are named
SEAM_LETTERS = 400  # at the ends of a text, that are looked at together with those of the next field
# What a sentence has anyway says nothing; "***" may stand for something.
SIGNS_BESIDE_PUNCTUATION = re.compile(
    r"""[^\s.,;:!?…–—'"“”‘’«»()\[\]-](?:.*[^\s.,;:!?…–—'"“”‘’«»()\[\]-])?""", re.DOTALL
)


def erased_places(text: str) -> list[ErasedPlace]:
    """Return where a text has words that were erased, in order.

    Some words are known again only once others beside them have their mark, as when they were erased one by one.
    """
    there = remembered()
    if not there.shapes or not (has_words(text) or there.short):
        return []
    if text not in there.places:
        found = places_at_once(text, there)
        marked = text_with_marks(text, found)
        if len(there.places) >= MOST_PLACES:
            there.places.clear()
        there.places[text] = joined_places([*found, *erased_places(marked)]) if marked != text else found
    return there.places[text]


def places_at_once(text: str, there: Remembered) -> list[ErasedPlace]:
    """Return where a text as it is has words that were erased."""
    asked: list[tuple[RunKind, Sequence[RunWord], list[int]]] = []
    keys = hash_keys()
    for words, whole, spoken in word_sequences(text):
        made: dict[tuple[str, int], list[int]] = {}  # hashes of all runs of one length
        for (kind, secret), shapes in there.shapes.items():
            if secret not in keys or (kind == ErasureKind.WITHDRAWAL and not spoken):
                continue
            for shape in shapes:
                if len(words) < shape.length or (shape.is_common and not (whole and len(words) == shape.length)):
                    continue  # what anybody may say is known as a whole text alone
                if (secret, shape.length) not in made:
                    made[secret, shape.length] = run_hashes(keys[secret], words, shape.length)
                asked.append(((kind, *astuple(shape)), words, made[secret, shape.length]))
    there_are = there.among(value for _, _, values in asked for value in values) if asked else {}
    return joined_places(
        place
        for run, words, values in asked
        if (hits := there_are.get(run, set()).intersection(values))
        for first, value in enumerate(values)
        if value in hits
        for place in places_of_hit(text, words, run, first, value)
    )


def places_of_hit(text: str, words: Sequence[RunWord], run: RunKind, first: int, value: int) -> Iterator[ErasedPlace]:
    """Yield where the words are that a run says were erased: apart, where a label or a time stands between them."""
    kind, before, erased, _ = run
    begin, end = first + before, first + before + erased
    if not erased:  # signs between two words
        start = words[begin - 1].end if begin else 0
        between = text[start : words[begin].start if begin < len(words) else len(text)]
        if there := SIGNS_BESIDE_PUNCTUATION.search(between):
            yield ErasedPlace(kind, start + there.start(), start + there.end(), (value,))
    else:
        start = words[begin].start
        for word, later in pairwise(words[begin:end]):
            if has_word(text, word.end, later.start):
                yield ErasedPlace(kind, start, word.end, (value,))
                start = later.start
        yield ErasedPlace(kind, start, words[end - 1].end, (value,))


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


def with_every_mark(text: str) -> str:
    """Return a text with marks over whatever was erased for good, whosever words it is."""
    for place in erased_places(text):
        text = masked(text, place.start, place.end)
    return text


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
    return tuple(
        entry
        for entry in model._meta.concrete_fields
        if isinstance(entry, TextRulesMixin | LinesField)
        and not isinstance(entry, CoveredCopyField)  # what masks leave of a text is the text itself
    )


def can_bring_back(row: models.Model) -> bool:
    """Say whether a row has a text of several words, or a key that may have been erased."""
    texts = (text for entry in text_fields(type(row)) for text in texts_of_value(getattr(row, entry.name)))
    return (row._state.adding and row._meta.model_name in KEYED) or any(has_words(text) for text in texts)


def is_like_but_for_marks(text: str, marked: str) -> bool:
    """Say whether a text is another that has marks over some of its letters."""
    same = len(text) == len(marked) and text != marked
    return same and all(letter in (given, MARK) for given, letter in zip(text, marked, strict=True))


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
    take_passages_out_between(row)


def take_passages_out_between(row: models.Model) -> None:
    """Put marks over passages that begin in one text of a row and end in the next."""
    last = ""  # the field before that has a text
    for entry in text_fields(type(row)) if remembered().shapes else ():
        value = getattr(row, entry.name)
        if not (isinstance(value, str) and value.strip()):
            continue
        end, begin = getattr(row, last)[-SEAM_LETTERS:] if last else "", value[:SEAM_LETTERS]
        there = (
            [place for place in erased_places(f"{end}\n{begin}") if place.start < len(end) < place.end] if end else []
        )
        marked = text_with_marks(f"{end}\n{begin}", there)
        if there:
            setattr(row, last, getattr(row, last)[: -len(end)] + marked[: len(end)])
            setattr(row, entry.name, marked[len(end) + 1 :] + value[len(begin) :])
        last = entry.name


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
    for name, values in looked_at(row).items() if there.shapes else ():
        places = persons_places(values)
        if places and not row._state.adding:
            stored = stored or type(row)._base_manager.filter(pk=row.pk).first()
            places = new_places(places, looked_at(stored)[name] if stored else "")
        if places:
            faults[name] = [ValidationError(sentence_about(places, values[0]), "erased")]
    return faults


def looked_at(row: models.Model) -> dict[str, list[Any]]:
    """Return what is looked at of a row, by field: its value, and the places where it goes on from the field before."""
    found: dict[str, list[Any]] = {}
    last = ""
    for entry in text_fields(type(row)):
        found[entry.name] = [getattr(row, entry.name)]
        for text in filter(str.strip, texts_of_value(getattr(row, entry.name))):
            first = run_words(text[:SEAM_LETTERS])[: PERSON.length - 1]
            found[entry.name].append(f"{last}\n{text[: first[-1].end]}" if last and first else "")
            words = run_words(text[-SEAM_LETTERS:])[1 - PERSON.length :]
            last = text[-SEAM_LETTERS:][words[0].start :] if words else last
    return found


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
