"""Whose words quotes are: of people who took part, of documents, of both; of some nobody said it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.vocabulary import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Voices:
    """Who is heard in some quotes, and how that is said."""

    people: bool = False
    documents: bool = False

    @property
    def said(self) -> str:
        """Return what the quotes are, at the head of a page."""
        if self.people and self.documents:
            return "What participants said and documents say"
        return "What participants said" if self.people else "What the documents say" if self.documents else "The words"

    @property
    def either_way(self) -> str:
        """Return what is shown with a claim, inside a sentence."""
        return f"{'what' if self.documents else 'who'} speaks for it and against it"

    @property
    def for_it(self) -> str:
        """Return the head of what speaks for a claim."""
        return "What speaks for it" if self.documents else "Who speaks for it"

    @property
    def against_it(self) -> str:
        """Return the head of what speaks against a claim."""
        return f"{'What' if self.documents else 'Who'} speaks against it, or when it may not hold"

    def none_against(self, *, hidden: bool) -> str:
        """Return what stands where no quote speaks against a claim; some may that the reader may not see."""
        if hidden:
            return "No public quote speaks against it"
        return "Nothing quoted here speaks against it yet" if self.documents else "Nobody has spoken against it yet"

    @property
    def words(self) -> str:
        """Return what the quotes are, inside a sentence."""
        if self.people and self.documents:
            return "the words of participants and documents"
        return (
            "the participants’ words" if self.people else "the words of documents" if self.documents else "the quotes"
        )


def voices_of(speakers: Iterable[tuple[int | None, str | None]]) -> Voices:
    """Return who is heard, from the participant of each quote, if one is known, and the kind of its source."""
    found = {
        SourceKind.DOCUMENT if participant is None and kind == SourceKind.DOCUMENT else bool(participant or kind)
        for participant, kind in speakers
    }
    return Voices(people=True in found, documents=SourceKind.DOCUMENT in found)
