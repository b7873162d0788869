"""Typed readers for environment variables. A value that cannot be read stops the start with one clear sentence."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"true", "yes", "on", "1"})
FALSE_WORDS = frozenset({"false", "no", "off", "0"})


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
