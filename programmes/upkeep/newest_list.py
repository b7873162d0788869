"""The newest list of erasures, without which no database that was restored is opened, or a lead's word in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings

from programmes.actions.ledger import DamagedListError, erasures_of_list
from programmes.models.erasures import hash_keys
from programmes.upkeep.private_files import UpkeepError, told

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

Erasures = dict[str, dict[str, Any]]  # by identity
WORD = "--no-newer-erasures --signed-by USERNAME, with the account of a lead"


@dataclass(frozen=True)
class Answer:
    """What an operator says of the newest list: where it is, or who gives their word that there is none newer."""

    file: Path | None = None
    none_newer: bool = False
    signed_by: str = ""


@dataclass(frozen=True)
class NewestList:
    """All erasures that are known, and how it is known that they are all."""

    erasures: Erasures = field(repr=False)
    came_from: str  # the file; empty where somebody gave their word
    signed_by: str  # the account of whoever did


def read_erasures(path: Path) -> Erasures:
    """Return the erasures of a file. Raises UpkeepError where it cannot be read, or is damaged."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise told(error, path) from None
    try:
        return erasures_of_list(content, str(path))
    except DamagedListError as error:
        sentence = str(error) if content.startswith(b"{") else f"{path} is no list of erasures. Look at it."
        raise UpkeepError(sentence) from None


@dataclass(frozen=True)
class KnownErasures:
    """What is known without the list: nothing of it may be missing on the newest one."""

    listed: Erasures  # what travelled with the backup
    identities: frozenset[str]  # of all that the backup knows of, on its list or in its database
    leads: tuple[str, ...]  # who may give their word
    carried_out: frozenset[str] = frozenset()  # in the database already, so that no list needs them


def newest_list(answer: Answer, known: KnownErasures) -> NewestList:
    """Return the newest list. Raises UpkeepError where there is none, or it cannot be the newest."""
    if bool(answer.signed_by) != answer.none_newer:
        raise UpkeepError(f"--no-newer-erasures and --signed-by belong together: {WORD}.")
    if answer.none_newer and answer.file:
        raise UpkeepError("Give the newest list with --erasures, or a lead's word that there is none newer; not both.")
    in_place = read_erasures(settings.ERASURES_FILE) if settings.ERASURES_FILE.is_file() else {}
    if answer.none_newer:
        found = signed_word(answer.signed_by, known.leads)
    elif answer.file or in_place:
        found = list_in_file(answer.file or settings.ERASURES_FILE, known, in_place)
    else:
        raise UpkeepError(
            "The backup's own list of erasures may be older than the newest one, and what was erased since would be "
            f"shown again. Give the newest list: --erasures FILE, or put it at {settings.ERASURES_FILE}. Where there "
            f"was no erasure since the backup: {WORD}."
        )
    everything = {**known.listed, **in_place, **found.erasures}
    refuse_unless_key_is_here(everything)
    return NewestList(everything, found.came_from, found.signed_by)


def signed_word(username: str, leads: Collection[str]) -> NewestList:
    """Take the word of a lead."""
    if username not in leads:
        raise UpkeepError(
            f"{username!r} leads no study in this backup, so their word does not count. Name an account that does: "
            f"{', '.join(sorted(leads)) or 'there is none; give the list with --erasures FILE'}."
        )
    return NewestList({}, "", username)


def list_in_file(path: Path, known: KnownErasures, in_place: Erasures) -> NewestList:
    """Take the list of a file, unless it lacks something."""
    erasures = read_erasures(path)
    if not erasures:
        raise UpkeepError(f"{path} has no erasure. Where there was none: {WORD}.")
    for others, who in ((known.identities, "the backup"), (in_place.keys(), f"the list at {settings.ERASURES_FILE}")):
        if lacking := len(others - erasures.keys() - known.carried_out):
            raise UpkeepError(
                f"{path} is not the newest list, or one of another site: {lacking} of {len(others)} erasures that "
                f"{who} knows are not on it. Find the newest one."
            )
    return NewestList(erasures, str(path), "")


def refuse_unless_key_is_here(erasures: Erasures, more: Collection[str] = ()) -> None:
    """Raise UpkeepError where hashes were made with a key that nobody has here: the words would not be known again."""
    here = hash_keys()
    missing = sorted({entry["secret"] for entry in erasures.values()}.union(more) - here.keys())
    if missing:
        raise UpkeepError(
            f"The hashes of erased words were made with another key ({', '.join(missing)}; here are "
            f"{', '.join(here)}), so the words would not be known again. Set ERASURE_KEY, or SECRET_KEY, to that "
            "of the site that made this backup, or name it in SECRET_KEY_FALLBACKS."
        )
