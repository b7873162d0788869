"""What a Word document says beside its words, in attributes: of pictures, tables, links and fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PICTURES, LINKS, FIELDS = "descriptions of pictures", "tips of links", "what is said of fields"
# Attributes of any element, and elements whose value somebody wrote.
ATTRIBUTES = {
    **dict.fromkeys(("descr", "title", "alt"), PICTURES),
    **dict.fromkeys(("tooltip", f"{WORD}tooltip"), LINKS),
}
VALUES = {
    ("{urn:schemas-microsoft-com:vml}textpath", "string"): "words in drawings",
    **{(f"{WORD}{name}", f"{WORD}val"): "descriptions of tables" for name in ("tblCaption", "tblDescription")},
    **{(f"{WORD}{name}", f"{WORD}val"): FIELDS for name in ("alias", "helpText", "statusText")},
}


def described(element: Element) -> Iterator[tuple[str, str]]:
    """Yield what an element says in its attributes, each with its kind."""
    tag = str(element.tag)
    for name, words in element.items():
        kind = ATTRIBUTES.get(str(name)) or VALUES.get((tag, str(name)))
        if kind and words.strip():
            yield kind, str(words)


def described_in(root: Element) -> Iterator[tuple[str, str]]:
    """Yield what an element and all in it say in their attributes."""
    for element in root.iter(etree.Element):
        yield from described(element)
