"""What configurations are made of, read in one query for all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from programmes.models import (
    CMOC,
    CMOCActor,
    CMOCBeneficiary,
    CMOCContext,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
)
from programmes.vocabulary import Basis, MechanismKind

if TYPE_CHECKING:
    from programmes.querysets import Person


@dataclass(frozen=True)
class Part:
    """One part of a configuration: an element, a group of people or a service."""

    key: str
    label: str
    wording: str
    detail: str = ""  # the kind of a mechanism, or how a beneficiary is known

    @property
    def detail_words(self) -> str:
        """Return the detail as people read it."""
        return dict([*MechanismKind.choices, *Basis.choices]).get(self.detail, "")


@dataclass
class Parts:
    """The parts of one configuration, each kind in its order."""

    contexts: list[Part] = field(default_factory=list)
    mechanisms: list[Part] = field(default_factory=list)
    outcomes: list[Part] = field(default_factory=list)
    actors: list[Part] = field(default_factory=list)
    beneficiaries: list[Part] = field(default_factory=list)
    services: list[Part] = field(default_factory=list)
    itself: list[Part] = field(default_factory=list)  # the configuration: its number, title and status


def text(expression: Any) -> Any:
    """Return an expression as text, so that every part of the union has the same columns."""
    return Cast(expression, CharField())


NOTHING = Value("")
COLUMNS = ("cmoc_id", "slot", "place", "part_key", "part_label", "part_wording", "part_detail")
KINDS: tuple[tuple[str, Any, str, str, Any, Any], ...] = (
    ("contexts", CMOCContext, "context__key", "context__label", F("wording"), NOTHING),
    ("mechanisms", CMOCMechanism, "mechanism__key", "mechanism__label", F("wording"), F("mechanism__kind")),
    ("outcomes", CMOCOutcome, "outcome__key", "outcome__label", F("wording"), NOTHING),
    ("actors", CMOCActor, "population__key", "population__label", NOTHING, NOTHING),
    ("beneficiaries", CMOCBeneficiary, "population__key", "population__label", F("note"), F("basis")),
    ("services", CMOCService, "service__number", "service__service_type", F("locator"), NOTHING),
)


def parts_of_theory(theory_id: int, user: Person) -> dict[int, Parts]:
    """Return the parts of every configuration of a theory that the reader may see, by configuration."""
    queries = [
        model.objects.visible_to(user)
        .filter(cmoc__theory=theory_id)
        .order_by()
        .annotate(
            slot=Value(kind),
            place=F("position"),
            part_key=text(F(key)),
            part_label=text(F(label)),
            part_wording=text(wording),
            part_detail=text(detail),
        )
        .values_list(*COLUMNS)
        for kind, model, key, label, wording, detail in KINDS
    ]
    own = CMOC.objects.visible_to(user).filter(theory=theory_id).order_by()
    queries.append(
        own.annotate(
            cmoc_id=F("pk"),
            slot=Value("itself"),
            place=F("number"),
            part_key=text(F("number")),
            part_label=text(F("title")),
            part_wording=text(NOTHING),
            part_detail=text(F("status")),
        ).values_list(*COLUMNS)
    )
    found: dict[int, Parts] = defaultdict(Parts)
    for cmoc, slot, _, key, label, wording, detail in sorted(queries[0].union(*queries[1:], all=True)):
        getattr(found[cmoc], slot).append(Part(key, label, wording, detail))
    return found
