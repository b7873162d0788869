"""A small universe of theories of different form, for tests; README.md draws it."""

from pathlib import Path

from programmes.package.read import read_package
from tests.theories.audit_review import audit_review_bytes

FOLDER = Path(__file__).parent
# In an order in which they can be loaded: one theory is the predecessor of another.
NAMES = ("breakfast", "discharge", "audit-review", "gardens-first", "gardens", "night-shift")


def package(name: str, cmocs: int = 12) -> bytes:
    """Return a theory as a package; the review has as many CMOCs as asked for."""
    return audit_review_bytes(cmocs) if name == "audit-review" else (FOLDER / f"{name}.json").read_bytes()


def load(*names: str, cmocs: int = 12) -> None:
    """Load theories by name, all of them if none is named."""
    for name in names or NAMES:
        read_package(package(name, cmocs))
