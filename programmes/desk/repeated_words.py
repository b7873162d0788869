"""Which memos that others read repeat words that a mask covers: a mask covers the quote alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from programmes.models import Memo
from programmes.transcripts.masks import covered
from programmes.transcripts.runs import run_words
from programmes.vocabulary import Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from programmes.models import Study


def repeats(said: str, text: str, masks: Sequence[tuple[int, int]]) -> bool:
    """Say whether a text repeats what masks cover in another: all words of one mask, or a name or number in it.

    A name or number is no secret that stands in the other text for all to read.
    """
    words = [word.folded for word in run_words(said)]
    in_a_row = f" {' '.join(words)} "
    is_open = {word.folded for word in run_words(covered(text, masks))}
    for start, end in masks:
        beneath = text[start:end]
        found = run_words(beneath)
        if found and f" {' '.join(word.folded for word in found)} " in in_a_row:
            return True
        telling = {
            word.folded
            for word in found
            if beneath[word.start].isupper() or any(letter.isdigit() for letter in beneath[word.start : word.end])
        }
        if not (telling - is_open).isdisjoint(words):
            return True
    return False


def memos_repeating(study: Study, masked: Iterable[tuple[str, Sequence[tuple[int, int]]]]) -> list[Memo]:
    """Return the public memos of a study that repeat covered words of any of these texts, each with its masks."""
    under_masks = [(text, masks) for text, masks in masked if masks]
    if not under_masks:
        return []
    memos = Memo.objects.filter(study=study, visibility=Visibility.PUBLIC).order_by("key", "pk")
    return [memo for memo in memos if any(repeats(memo.text, text, masks) for text, masks in under_masks)]
