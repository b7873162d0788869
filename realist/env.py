"""Typed readers for environment variables. A value that cannot be read stops the start with one clear sentence."""

import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"true", "yes", "on", "1"})
LOG_LEVELS = ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")  # the first where nothing is said
FALSE_WORDS = frozenset({"false", "no", "off", "0"})


def keep_files_private() -> None:
    """Let whatever file or folder this process makes be its owner's alone, whatever the shell says."""
    os.umask(0o077)


def text(name: str, default: str = "") -> str:
    """Return the variable, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool) -> bool:
    """Return a yes or no; anything else is an error."""
    word = text(name).lower()
    if not word:
        return default
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}; write true or false")


def integer(name: str, default: int) -> int:
    """Return a whole number; anything else is an error."""
    word = text(name)
    if not word:
        return default
    try:
        return int(word)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {word!r}; write a whole number") from None


def count(name: str, default: int, least: int = 0) -> int:
    """Return a whole number that is not negative, or not below a least one; anything else is an error."""
    number = integer(name, default)
    if number < least:
        raise ImproperlyConfigured(f"{name} is {number}; write {least} or more")
    return number


def one_of(name: str, *choices: str) -> str:
    """Return one of these words, in capitals or not; the first where the variable is unset, and another is an error."""
    word = text(name, choices[0])
    for choice in choices:
        if word.lower() == choice.lower():
            return choice
    raise ImproperlyConfigured(f"{name} is {word!r}; write one of: {', '.join(choices)}")


def rate(name: str, default: str) -> str:
    """Return how often in which period; anything else is an error."""
    word = text(name, default)
    if not re.fullmatch("[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)", word):
        raise ImproperlyConfigured(f"{name} is {word!r}; write a number and a period, as in 600/minute")
    return word


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list, without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def path(name: str, default: Path) -> Path:
    """Return a path of the file system."""
    return Path(text(name, str(default)))


def secret(name: str, fallback_file: Path) -> str:
    """Return a secret from the environment or from a file that `make run` wrote; there is no default."""
    value = text(name)
    if value:
        return value
    if fallback_file.is_file():
        return fallback_file.read_text(encoding="ascii").strip()
    raise ImproperlyConfigured(f"{name} is not set; give it a long random value (or start with `make run`)")
