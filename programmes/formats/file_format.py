"""Formats in which something can be downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Content = TypeVar("Content")


@dataclass(frozen=True)
class FileFormat(Generic[Content]):
    """A file format: its name for people, its media type, and the function that writes it."""

    label: str
    media_type: str
    write: Callable[[Content], bytes]
