"""The words of realist evaluation as this site uses them, each in plain words and with the works that it comes from.

This module imports nothing of the project, so that every layer may use it. The words stand in glossary.toml. The
meanings are ours; the works are where a reader finds the word discussed.
"""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

GLOSSARY_FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Work:
    """A publication that a term is explained in."""

    key: str
    name: str  # as it is cited in a sentence
    citation: str
    doi: str = ""
    url: str = ""  # where it is found, if it has no DOI

    @property
    def address(self) -> str:
        """Return where the work is found, or nothing."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True)
class Term:
    """A word of the field: what it means here, where it comes from, and which words are next to it."""

    key: str
    name: str
    meaning: str
    references: tuple[str, ...]
    see_also: tuple[str, ...]

    @property
    def in_text(self) -> str:
        """Return its name as it stands inside a sentence."""
        return self.name if self.name.isupper() else self.name[0].lower() + self.name[1:]

    @property
    def works(self) -> list[Work]:
        """Return the works it comes from."""
        return [WORK_BY_KEY[key] for key in self.references]

    @property
    def related(self) -> list[Term]:
        """Return the terms next to it."""
        return [TERM_BY_KEY[key] for key in self.see_also]


class GlossaryError(ValueError):
    """The file of the glossary has a fault; the message says where and which."""


class UnknownTermError(LookupError):
    """Somebody asked for a word that the glossary does not have."""


def term_of(key: str) -> Term:
    """Return a term by its key; raise UnknownTermError if there is none."""
    try:
        return TERM_BY_KEY[key]
    except KeyError:
        raise UnknownTermError(f"the glossary has no term {key!r}") from None


def read_glossary(text: str) -> tuple[tuple[Term, ...], tuple[Work, ...]]:
    """Return the terms and the works that a file of the glossary holds; raise GlossaryError where it has a fault."""
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GlossaryError(f"The glossary is no TOML: {error}") from error
    if held.keys() != {"terms", "works"} or not all(isinstance(kind, dict) for kind in held.values()):
        raise GlossaryError("The glossary has entries called [terms.…] and [works.…], some of each and no others.")
    terms = tuple(read_entry(Term, f"terms.{key}", entry) for key, entry in held["terms"].items())
    works = tuple(read_entry(Work, f"works.{key}", entry) for key, entry in held["works"].items())
    for term in terms:
        for name, kind in (("references", "works"), ("see_also", "terms")):
            for key in getattr(term, name):
                if key not in held[kind]:
                    raise GlossaryError(f"[terms.{term.key}]: {name} names {key!r}, and there is no [{kind}.{key}].")
    return terms, works


Entry = TypeVar("Entry", Term, Work)


def read_entry(kind: type[Entry], place: str, entry: Any) -> Entry:
    """Return an entry of the file as what it is."""
    known = {field.name: field for field in fields(kind) if field.name != "key"}
    given = entry if isinstance(entry, dict) else {"": entry}
    if unknown := [name for name in given if name not in known]:
        raise GlossaryError(f"[{place}] has {unknown[0]!r}; an entry there has {', '.join(known)}.")
    if missing := [name for name, field in known.items() if name not in given and field.default is MISSING]:
        raise GlossaryError(f"[{place}] lacks its {missing[0]}.")
    values: dict[str, Any] = {"key": place.partition(".")[2]}
    for name, value in given.items():
        if known[name].type == "str":
            if not isinstance(value, str) or not value.strip():
                raise GlossaryError(f"[{place}]: {name} is no text in quotation marks.")
            values[name] = " ".join(line.strip() for line in value.strip().splitlines())
        else:
            if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
                raise GlossaryError(f'[{place}]: {name} is no list of keys, such as ["cmoc", "context"].')
            values[name] = tuple(value)
    return kind(**values)


TERMS, WORKS = read_glossary(GLOSSARY_FILE.read_text(encoding="utf-8"))
TERM_BY_KEY = {term.key: term for term in TERMS}
WORK_BY_KEY = {work.key: work for work in WORKS}
