"""Formats in which something can be downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from programmes.characters import in_xml

if TYPE_CHECKING:
    from collections.abc import Callable

Content = TypeVar("Content")
PROPERTY_LETTERS = 255  # that a property of a file may have, such as its title, in Office Open XML


def as_property(text: str) -> str:
    """Return a text as a property of a file: shorter than a title may be, and in one line."""
    line = " ".join(in_xml(text).split())
    return line if len(line) <= PROPERTY_LETTERS else f"{line[: PROPERTY_LETTERS - 1]}…"


@dataclass(frozen=True)
class FileFormat(Generic[Content]):
    """A file format: its name for people, its media type, and the function that writes it."""

    label: str
    media_type: str
    write: Callable[[Content], bytes]
