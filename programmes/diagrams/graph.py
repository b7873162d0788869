"""The data behind a picture of a programme theory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A short link in a box: to a service (quoted or stated relevant), or to what an outcome or a CMOC leads to."""

    text: str
    href: str = ""
    kind: str = "quoted"  # quoted, stated, ripple (becomes a context), chain (leads on) or link (other relation)
    aria_label: str = ""
    target: str = ""  # of a relation: the node at its end, as `context:key`
    relation: str = ""  # of a relation: its kind
    status: str = ""  # of a relation: how it is known, if somebody has said so
    said: str = ""  # of a relation: the whole of it, in words
    name: str = ""  # of a service: what people call it, with its number behind


@dataclass(frozen=True)
class ElementNode:
    """A context, outcome or the like; `links` lead to what an outcome leads to, or is related to."""

    key: str
    label: str
    href: str = ""
    links: tuple[Mark, ...] = ()
    qualities: tuple[str, ...] = ()  # of an outcome: what it is, in words
    valence: str = ""  # of an outcome: whether it is welcome, for the style of its line
    sign: str = ""  # the sign of that

    @property
    def said(self) -> str:
        """Return what an outcome is, in words after a sign."""
        return f"{self.sign} {' · '.join(self.qualities)}".strip()


@dataclass(frozen=True)
class Head:
    """The head of a column, with what it asks in a few words."""

    name: str
    heading: str
    meaning: str = ""
    plain: str = ""  # what it asks in plain words, where the heading is a word of the field


CMO = (
    Head("context", "Context", "in what circumstances"),
    Head("mechanism", "Mechanism", "why"),
    Head("outcome", "Outcome", "what follows"),
)


@dataclass(frozen=True)
class CMOCNode:
    """A configuration: one box in the middle column, joined to its contexts and outcomes."""

    number: int
    labels: tuple[str, ...]  # of its mechanisms; where it has none, in which way they are missing
    href: str = ""
    contexts: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    services: tuple[Mark, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    counters: int | None = 0  # None where nobody can tell
    caveats: int | None = 0
    missing: tuple[str, ...] = ()
    name: str = ""  # what people call it, where that is not its number
    group: str = ""  # the heading of its group
    further: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the keys of its elements of other columns, by the column
    cells: tuple[tuple[str, tuple[str, ...]], ...] = ()  # what else stands in its box, by the column
    actors: tuple[str, ...] = ()  # who acts, where no column says so
    links: tuple[Mark, ...] = ()
    status: str = ""  # that it is refuted, contested or retired
    stands: str = ""  # the term for how it stands, whichever that is
    absent: tuple[str, ...] = ()  # every slot that is missing, and in which way

    @property
    def title(self) -> str:
        """Return what people call it."""
        return self.name or f"CMOC {self.number}"

    def keys_in(self, column: str) -> tuple[str, ...]:
        """Return the keys of its elements in a column of boxes."""
        return {"context": self.contexts, "outcome": self.outcomes, **dict(self.further)}.get(column, ())


@dataclass(frozen=True)
class Web:
    """Contexts, configurations and outcomes, and what else the form of the theory has.

    Raises ValueError where a configuration names an unknown element.
    """

    contexts: tuple[ElementNode, ...]
    cmocs: tuple[CMOCNode, ...]
    outcomes: tuple[ElementNode, ...]
    further: tuple[tuple[str, tuple[ElementNode, ...]], ...] = ()  # other columns of boxes, before the contexts
    heads: tuple[Head, ...] = CMO  # of all columns, in their order

    def __post_init__(self) -> None:
        """Check that every element named by a configuration exists."""
        for column, nodes in self.boxes.items():
            known = {node.key for node in nodes}
            for cmoc in self.cmocs:
                for key in cmoc.keys_in(column):
                    if key not in known:
                        raise ValueError(f"{cmoc.title} names {key!r}, which is not among the {column}s")

    @property
    def signs(self) -> set[str]:
        """Return the kinds of mark and the styles of line that need to be explained."""
        marks = [mark.kind for node in self.cmocs for mark in (*node.services, *node.links)]
        chains = [mark.kind for nodes in self.boxes.values() for node in nodes for mark in node.links]
        lines = [*(node.valence for node in self.outcomes), *(node.status for node in self.cmocs)]
        return {*marks, *chains, *filter(None, lines), *("counters" for node in self.cmocs if node.counters)}

    @property
    def boxes(self) -> dict[str, tuple[ElementNode, ...]]:
        """Return the elements that have boxes of their own, by column."""
        return {**dict(self.further), "context": self.contexts, "outcome": self.outcomes}
