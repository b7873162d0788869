"""Names of persons, as they are written in different parts of the world."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Scripts in which given names are shortened to initials.
WITH_INITIALS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN")
# Scripts in which the family name comes first, and no space is between the two.
FAMILY_FIRST = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")


@dataclass(frozen=True)
class PersonName:
    """The name of a person: its parts, and how it is written in full."""

    given: str
    family: str
    suffix: str

    def __str__(self) -> str:
        if is_written_in(self.family + self.given, FAMILY_FIRST):
            return self.family + self.given
        return ", ".join(filter(None, (f"{self.given} {self.family}".strip(), self.suffix)))

    @property
    def has_initials(self) -> bool:
        """Say whether the given names can be shortened to their first letters."""
        return is_written_in(self.given, WITH_INITIALS)


def person_name(given: str, family: str, suffix: str) -> PersonName:
    """Return a name; a suffix is often written behind a comma, after the given names or after the family name."""
    if not suffix:
        given, _, suffix = (part.strip() for part in given.partition(","))
    if not suffix and given:
        family, _, suffix = (part.strip() for part in family.partition(","))
    return PersonName(given, family, suffix)


def is_written_in(text: str, scripts: tuple[str, ...]) -> bool:
    """Say whether the first letter of a text is of one of the scripts."""
    first = next((letter for letter in text if letter.isalpha()), "")
    return unicodedata.name(first or "-", "").startswith(scripts)
