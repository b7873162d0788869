"""What a picture of a programme theory is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ElementNode:
    """A context or an outcome."""

    key: str
    label: str
    href: str = ""


@dataclass(frozen=True)
class ServiceMark:
    """A service beside a mechanism, and whether its staff are quoted or the source states it relevant."""

    number: str
    href: str = ""
    basis: str = "quoted"


@dataclass(frozen=True)
class CMOCNode:
    """A configuration: one box in the middle column, tied to its contexts and outcomes."""

    number: int
    labels: tuple[str, ...]
    href: str = ""
    contexts: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    services: tuple[ServiceMark, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    counters: int = 0
    caveats: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Web:
    """Contexts, configurations and outcomes. Raises ValueError where a configuration names an unknown element."""

    contexts: tuple[ElementNode, ...]
    cmocs: tuple[CMOCNode, ...]
    outcomes: tuple[ElementNode, ...]

    def __post_init__(self) -> None:
        """Check that every name is known."""
        for slot, nodes in (("contexts", self.contexts), ("outcomes", self.outcomes)):
            known = {node.key for node in nodes}
            for cmoc in self.cmocs:
                for key in getattr(cmoc, slot):
                    if key not in known:
                        raise ValueError(f"CMOC {cmoc.number} names {key!r}, which is not among the {slot}")
