"""The short name by which people know a record, wherever it is shown; its number follows the name.

Each name is made of values, so that pages, which have records, and the search, which has rows, say the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from programmes.vocabulary import CaveatKind, EvidenceRole, MemoKind, Reporting
from programmes.words import Sentence, Suffix, like

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_PLACE = 40  # letters of a printed location that still are a name; longer ones are descriptions
LONGEST_TITLE = 90  # letters of a statement that stands in for a title
BEGINS_WITH_A_DIGIT = "^[0-9]"
LAST_WORD = re.compile(r"\s+\S*$")


def joined(*pieces: str) -> Sentence:
    """Put texts together, each of which stays whose it is; those inside a sentence too."""
    return Sentence(*(part for piece in pieces for part in (piece.pieces if isinstance(piece, Sentence) else [piece])))


def cut_between_words(text: str, most: int) -> str:
    """Return a text cut at the end of a word, as its author's."""
    if len(text) <= most:
        return text
    return like(text, LAST_WORD.sub("", text[: most + 1]).rstrip(" ,;:–—-") + " …")


def service_name(name: str, service_type: str, location: str) -> Sentence:
    """Return the curators' name of a service; without one what it is and where, as printed."""
    if name:
        return Sentence(name)
    has_place = len(location) <= LONGEST_PLACE and any(map(str.isalnum, location))
    return Sentence(service_type, ", ", location) if has_place else Sentence(service_type)


def with_number(name: Sentence, number: str) -> Sentence:
    """Return a name with its number behind it."""
    return joined(name, " ", Suffix(number))


def cmoc_name(number: int | str, label: str) -> str:
    """Return what people call a configuration: its printed label, or its number.

    A label that begins with a digit, such as 1a or 3.2, is read after the word CMOC; any other stands as printed.
    """
    if not label:
        return f"CMOC {number}"
    return f"CMOC {label}" if re.match(BEGINS_WITH_A_DIGIT, label) else label


def cmoc_in_words(number: int | str, label: str, title: str, statement: str = "") -> Sentence:
    """Return what a configuration is about, in its title or the beginning of its statement, and what it is called."""
    words = title or cut_between_words(statement, LONGEST_TITLE)
    called = cmoc_name(number, label)
    return Sentence(words, " ", Suffix(called)) if words else Sentence(called)


def speaker_name(role: str, role_reporting: str, service: Sentence | None) -> Sentence:
    """Return who speaks: the role of a participant, and the service, as far as they are known."""
    missing = role_reporting not in {"", Reporting.REPORTED}
    who = role or (f"Participant, role {Reporting(role_reporting).label.lower()}" if missing else "Participant")
    return joined(who, ", ", service) if service else Sentence(who)


def quoted_name(voice: str, reference: str) -> Sentence:
    """Return whose words those of no known participant are: of a work, of a document, or of somebody."""
    return Sentence(reference or {"document": "A document", "participant": "A participant"}.get(voice, "Words quoted"))


def caveat_name(kind: str, number: int | str, on: str = "") -> Sentence:
    """Return in which way something may not hold, and what."""
    words = [CaveatKind(kind).label, *([", on ", on] if on else [])]
    return joined(*words, " ", Suffix(f"caveat {number}"))


def memo_name(kind: str, about: str, key: str) -> Sentence:
    """Return what sort of note it is, on what, and its key."""
    words = f"{MemoKind(kind).label}, on {about}" if about else MemoKind(kind).label
    return Sentence(words, " ", Suffix(key))


def name_of_target(about: str, cmoc: str, service: str) -> str:
    """Return what a memo is on, in short: a configuration, a service by its number, or the kind of record."""
    return cmoc or (f"service {service}" if service else about.lower())


DOES = {
    EvidenceRole.SUPPORTS: "for",
    EvidenceRole.REFINES: "refines",
    EvidenceRole.COUNTERS: "against",
    EvidenceRole.ILLUSTRATES: "illustrates",
}


def what_it_does(evidence: Iterable[tuple[str, str]]) -> str:
    """Return what words do to configurations, such as "against CMOC 10; for CMOC 2, CMOC 3"."""
    by_role: dict[str, list[str]] = {}
    for role, called in evidence:
        by_role.setdefault(role, []).append(called)
    return "; ".join(f"{DOES[role]} {', '.join(by_role[role])}" for role in DOES if role in by_role)
