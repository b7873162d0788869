"""The data behind a picture of a programme theory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A short link in a box: to a service (quoted or stated relevant), or a CMOC whose context an outcome becomes."""

    text: str
    href: str = ""
    kind: str = "quoted"  # quoted, stated or ripple
    aria_label: str = ""


@dataclass(frozen=True)
class ElementNode:
    """A context or outcome; `ripples` link to the configurations whose context an outcome becomes."""

    key: str
    label: str
    href: str = ""
    ripples: tuple[Mark, ...] = ()


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
    counters: int = 0
    caveats: int = 0
    missing: tuple[str, ...] = ()
    name: str = ""  # what people call it, where that is not its number
    group: str = ""  # the heading of its group

    @property
    def title(self) -> str:
        """Return what people call it."""
        return self.name or f"CMOC {self.number}"


@dataclass(frozen=True)
class Web:
    """Contexts, configurations and outcomes. Raises ValueError where a configuration names an unknown element."""

    contexts: tuple[ElementNode, ...]
    cmocs: tuple[CMOCNode, ...]
    outcomes: tuple[ElementNode, ...]

    def __post_init__(self) -> None:
        """Check that every context and outcome named by a configuration exists."""
        for slot, nodes in (("contexts", self.contexts), ("outcomes", self.outcomes)):
            known = {node.key for node in nodes}
            for cmoc in self.cmocs:
                for key in getattr(cmoc, slot):
                    if key not in known:
                        raise ValueError(f"{cmoc.title} names {key!r}, which is not among the {slot}")
