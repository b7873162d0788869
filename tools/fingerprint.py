"""A database follows from part of the code; a fingerprint of that part tells whether one is still right.

Migrations make the tables. What stands beside them (triggers of invariants, the index of the search, groups with their
permissions) is made after migrations from the models and from the modules that say how.
"""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("realist", "surveys", "programmes")
# Words without which a module neither makes anything beside the tables nor declares what is made.
SIGNS = ("post_migrate", "pre_migrate", "create_permissions", "database_forwards", "CREATE ", "invariants", "searched")


def shapes_database(path: Path, text: str) -> bool:
    """Return whether a database may look different after a change of this module."""
    folders = {*path.parent.parts, path.stem}
    return not folders.isdisjoint({"migrations", "models"}) or any(sign in text for sign in SIGNS)


def shaping_modules(root: Path = ROOT) -> list[Path]:
    """Return the modules from which a database follows."""
    found = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    return sorted(path for path in found if shapes_database(path.relative_to(root), path.read_text(encoding="utf-8")))


def meaning(path: Path) -> bytes:
    """Return what a module says, without comments and layout; the bare text where it is no Python yet."""
    text = path.read_bytes()
    try:
        return ast.dump(ast.parse(text)).encode()
    except (SyntaxError, ValueError):
        return text


def database_fingerprint(more: Iterable[Path] = (), root: Path = ROOT) -> str:
    """Return a fingerprint of all that a database follows from: code, versions of packages, and files named besides."""
    found = hashlib.sha256((root / "requirements.txt").read_bytes())
    for path in shaping_modules(root):
        found.update(f"\n{path.relative_to(root)}\n".encode() + meaning(path))
    for path in more:
        found.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return found.hexdigest()[:16]
