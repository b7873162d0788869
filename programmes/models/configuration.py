"""What a configuration is made of: one table of its kinds of part, and what the parts say together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from programmes.models.parts import (
    CMOCActor,
    CMOCBeneficiary,
    CMOCContext,
    CMOCIntervention,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
    CMOCStrategy,
)
from programmes.models.short_names import service_name
from programmes.models.theory import CMOC, Element
from programmes.vocabulary import Distance, Hedge, Intention, MechanismKind, Reporting, Slot, Valence
from programmes.words import like, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import Model, QuerySet

    from programmes.integrity.access import Person

BETWEEN = "\x1f"  # separates what is read of several fields: no text has this character


def as_text(expression: Any) -> Any:
    """Return an expression as text, so that every part of a union has the same columns."""
    return Cast(expression, CharField())


@dataclass(frozen=True)
class PartKind:
    """One kind of part of a configuration: a row of the table below, which all that lists parts reads."""

    name: str  # what one is called in addresses and filters, and in the lines that reviews keep
    plural: str  # what several are called in packages, in the API and on pages
    link: type[Any]  # the model whose rows join a configuration to its parts of this kind
    relation: str  # the field of the link that leads to the part
    heading: str  # above one, on pages
    headings: str  # above several, in forms
    meaning: str  # what it says about a configuration, for programs
    description: str  # what one row is, for programs
    key: str = "key"  # the fields of the part that name it to programs and to people
    label: str = "label"
    key_help: str = ""
    label_help: str = ""
    wording: str = ""  # the field of the link that has the words of this configuration
    detail: str = ""  # the field of the link that says what is known besides: how it is known
    qualities: tuple[str, ...] = ()  # the terms of the part that are told with it wherever it is shown
    absence: str = ""  # the field of the configuration that says in which way there is none
    schema: str = ""  # the name of its shape in the API, where it is not made from its name
    in_line: str = ""  # what one is called in the lines that reviews keep, where it is not its name
    line_after: str = ""  # the own field that its lines follow there, without its key, where it was such a field before
    plural_in_api: str = ""  # what several are called in the API, where it is not their plural
    filter_name: str = ""  # of configurations with one of them, where it is not its name
    filter_label: str = ""  # what that parameter means, where it is not what stands above one
    slot: Slot | None = None  # how evidence says that it speaks to this part, if it may
    named_by: tuple[str, ...] = ()  # the fields that its short name is made of, where that is not its label
    named: Callable[..., str] | None = None  # makes it of them

    @property
    def model(self) -> Any:
        """Return the kind of record that the part is."""
        return self.link._meta.get_field(self.relation).related_model

    @property
    def in_api(self) -> str:
        """Return what several are called in the API."""
        return self.plural_in_api or self.plural

    @property
    def in_schema(self) -> str:
        """Return what the shape of one is called in the API."""
        return self.schema or (f"{self.name.title()}InCMOC" if self.is_element else self.name.title())

    @property
    def in_filter(self) -> str:
        """Return the parameter that chooses configurations with certain parts of this kind."""
        return self.filter_name or self.name

    @property
    def is_element(self) -> bool:
        """Say whether the part is an element of the theory, with a page of its own."""
        return issubclass(self.model, Element)

    @property
    def said(self) -> tuple[str, ...]:
        """Return the columns of the link that a configuration says: whoever changes them writes it anew."""
        return (f"{self.relation}_id", *filter(None, (self.detail, self.wording)))

    @property
    def label_read(self) -> Any:
        """Return the expression that reads, seen from a link, what the short name of the part is made of."""
        fields = [as_text(F(f"{self.relation}__{name}")) for name in self.named_by or (self.label,)]
        between = [piece for field in fields for piece in (field, Value(BETWEEN))][:-1]
        return Concat(*between, output_field=CharField()) if self.named else fields[0]

    def label_from(self, read: str) -> str:
        """Return the short name of the part, from what that expression read."""
        pieces = read.split(BETWEEN) if self.named else [read]
        names = self.named_by or (self.label,)
        words = [words_of(self.model, name, piece) for name, piece in zip(names, pieces, strict=True)]
        return self.named(*words) if self.named else words[0]

    def label_of(self, row: Any) -> str:
        """Return the short name of the part from its row, as it is or as it was."""
        words: str = self.named(*(getattr(row, name) for name in self.named_by)) if self.named else ""
        return words or getattr(row, self.label)

    def of(self, parts: Parts) -> list[Part]:
        """Return the parts of this kind."""
        return parts[self.plural]


# What a configuration is made of, in the order in which it is read. A kind of part is added here and nowhere else.
CONFIGURATION = (
    PartKind(
        name="context",
        plural="contexts",
        link=CMOCContext,
        relation="context",
        heading="Context",
        headings="Contexts",
        meaning="In what circumstances.",
        description="A context in the words of a CMOC.",
        wording="wording",
        absence="context_absence",
        slot=Slot.CONTEXT,
    ),
    PartKind(
        name="mechanism",
        plural="mechanisms",
        link=CMOCMechanism,
        relation="mechanism",
        heading="Mechanism",
        headings="Mechanisms",
        meaning="Why.",
        description="A mechanism in the words of a CMOC.",
        wording="wording",
        qualities=("kind",),
        absence="mechanism_absence",
        slot=Slot.MECHANISM,
    ),
    PartKind(
        name="outcome",
        plural="outcomes",
        link=CMOCOutcome,
        relation="outcome",
        heading="Outcome",
        headings="Outcomes",
        meaning="What changes.",
        description="An outcome in the words of a CMOC.",
        wording="wording",
        qualities=("valence", "intention", "distance"),
        absence="outcome_absence",
        slot=Slot.OUTCOME,
    ),
    PartKind(
        name="actor",
        plural="actors",
        link=CMOCActor,
        relation="population",
        heading="Who acts",
        headings="Who acts",
        meaning="Who acts.",
        description="A group of people who act in a CMOC, in its words.",
        label_help="Its name.",
        wording="wording",
        slot=Slot.ACTOR,
    ),
    PartKind(
        name="beneficiary",
        plural="beneficiaries",
        link=CMOCBeneficiary,
        relation="population",
        heading="Who benefits",
        headings="Who benefits",
        meaning="Who benefits.",
        description="A group of people who benefit in a CMOC, and how that is known.",
        label_help="Its name.",
        wording="note",
        detail="basis",
    ),
    PartKind(
        name="service",
        plural="services",
        link=CMOCService,
        relation="service",
        heading="Services stated relevant",
        headings="Services stated relevant",
        meaning="Services that the source states it relevant to.",
        description="A service that the source states a CMOC to be relevant to.",
        key="number",
        label="service_type",
        named_by=("name", "service_type", "location"),
        named=service_name,
        key_help="Number of the service.",
        label_help="Type of the service.",
        wording="locator",
        in_line="service stated",
        plural_in_api="services_stated",
        schema="StatedService",
        filter_name="service_stated",
        filter_label="Service stated relevant",
    ),
    PartKind(
        name="strategy",
        plural="strategies",
        link=CMOCStrategy,
        relation="strategy",
        heading="Strategy",
        headings="Strategies",
        meaning="What those who run the programme do.",
        description="A strategy in the words of a CMOC.",
        wording="wording",
        slot=Slot.STRATEGY,
    ),
    PartKind(
        name="intervention",
        plural="interventions",
        link=CMOCIntervention,
        relation="intervention",
        heading="Intervention",
        headings="Interventions",
        meaning="What is done.",
        description="An intervention in the words of a CMOC.",
        wording="wording",
        line_after="statement",
        slot=Slot.INTERVENTION,
    ),
)
SLOTS = tuple(kind for kind in CONFIGURATION if kind.slot)  # what can be a column of a configuration
ELEMENTS = tuple(kind for kind in CONFIGURATION if kind.is_element)
OWN_FIELDS = (
    *("title", "statement", "hedge"),
    *(kind.absence for kind in CONFIGURATION if kind.absence),
)  # what a configuration says besides its parts


def kind_of_element(model: type[Model]) -> PartKind:
    """Return the kind of part that an element is."""
    return next(kind for kind in ELEMENTS if kind.model is model)


@dataclass(frozen=True)
class Part:
    """One part of a configuration: an element, a group of people or a service."""

    key: str
    label: str
    wording: str
    detail: str = ""  # how a beneficiary is known
    qualities: tuple[str, ...] = ()  # terms of the part itself: the kind of a mechanism, what an outcome is

    @property
    def quality_words(self) -> list[str]:
        """Return what the part is, as people read it; nothing of what nobody has said."""
        return [QUALITIES[term] for term in self.qualities if term in QUALITIES]

    @property
    def sign(self) -> str:
        """Return the sign of an outcome that is welcome, or is not; the words beside it say the same."""
        return Valence(self.valence).sign if self.valence else ""

    @property
    def valence(self) -> str:
        """Return whether an outcome is welcome, if somebody has said so."""
        return next((term for term in self.qualities if term in Valence.values and term != Valence.UNSPECIFIED), "")


# What can be said of a mechanism or an outcome, in words that stand beside its label.
QUALITIES = {
    value: str(label).lower()
    for terms in (MechanismKind, Valence, Intention, Distance)
    for value, label in terms.choices
    if value != terms.UNSPECIFIED
}
ITSELF = "itself"  # stands among the parts for the configuration: its number, title, printed label and status


class Parts(dict[str, list[Part]]):
    """The parts of one configuration, each kind in its order, by the plural of the kind."""

    def __init__(self) -> None:
        super().__init__({**{kind.plural: [] for kind in CONFIGURATION}, ITSELF: []})


NOTHING = Value("")


def qualities_of(kind: PartKind) -> Any:
    """Return the terms of a part itself, seen from its link, with spaces between."""
    terms = [as_text(F(f"{kind.relation}__{name}")) for name in kind.qualities]
    joined = [term for one in terms for term in (one, Value(" "))][:-1]
    return Concat(*joined, output_field=CharField()) if len(terms) > 1 else [*terms, as_text(NOTHING)][0]


COLUMNS = ("cmoc_id", "kind", "place", "part_key", "part_label", "part_wording", "part_detail", "part_qualities")


def parts_of_theory(theory_id: int, user: Person, only: int | None = None) -> dict[int, Parts]:
    """Return the parts of every configuration of a theory that the reader may see, by configuration; or of one only."""
    chosen = {"cmoc__theory": theory_id, **({"cmoc": only} if only is not None else {})}
    queries: list[QuerySet[Any, Any]] = [
        kind.link.objects.visible_to(user)
        .filter(**chosen)
        .order_by()
        .annotate(
            kind=Value(kind.plural),
            place=F("position"),
            part_key=as_text(F(f"{kind.relation}__{kind.key}")),
            part_label=kind.label_read,
            part_wording=as_text(F(kind.wording) if kind.wording else NOTHING),
            part_detail=as_text(F(kind.detail) if kind.detail else NOTHING),
            part_qualities=qualities_of(kind),
        )
        .values_list(*COLUMNS)
        for kind in CONFIGURATION
    ]
    own = CMOC.objects.visible_to(user).filter(theory=theory_id).order_by()
    own = own if only is None else own.filter(pk=only)
    queries.append(
        own.annotate(
            cmoc_id=F("pk"),
            kind=Value(ITSELF),
            place=F("number"),
            part_key=as_text(F("number")),
            part_label=as_text(F("title")),
            part_wording=as_text(F("label")),
            part_detail=as_text(F("status")),
            part_qualities=as_text(NOTHING),
        ).values_list(*COLUMNS)
    )
    found: dict[int, Parts] = defaultdict(Parts)
    kinds = {kind.plural: kind for kind in CONFIGURATION}
    for cmoc, name, _, key, label, wording, detail, qualities in sorted(queries[0].union(*queries[1:], all=True)):
        kind = kinds.get(name)
        part = Part(
            key,
            kind.label_from(label) if kind else words_of(CMOC, "title", label),
            words_of(kind.link, kind.wording, wording) if kind else wording,
            detail,
            tuple(qualities.split()),
        )
        found[cmoc][name].append(part)
    return found


# Lines that stand in reviews from when these words were there without anybody's choosing them; they claim nothing.
UNCHOSEN = {
    *(f"{kind.absence}: {Reporting.NOT_STATED}" for kind in CONFIGURATION if kind.absence),
    f"hedge: {Hedge.UNKNOWN}",
}


def kept_lines(wording: Iterable[str]) -> list[str]:
    """Return the lines of a wording that claim something, so that earlier and present ones can be compared."""
    return [line for line in wording if line not in UNCHOSEN]


def wording_of(cmoc: CMOC, parts: Parts) -> list[str]:
    """Return what a configuration says, a property on each line, as reviews keep it.

    Quotes and caveats are not part of it: they are what the configuration is judged by.
    """
    lines = []
    for name in OWN_FIELDS:
        lines += [like(value, f"{name}: {value}")] if (value := getattr(cmoc, name)) else []
        lines += [line for kind in CONFIGURATION if kind.line_after == name for line in lines_of_kind(kind, parts)]
    lines += [line for kind in CONFIGURATION if not kind.line_after for line in lines_of_kind(kind, parts)]
    return kept_lines(lines)


def lines_of_kind(kind: PartKind, parts: Parts) -> Iterator[str]:
    """Yield what a configuration says with its parts of a kind, a line for each, as reviews keep it."""
    for part in kind.of(parts):
        said = "; ".join(filter(None, (part.detail, part.wording)))
        name = kind.in_line or kind.name
        if kind.line_after and said:
            yield like(part.wording, f"{name}: {said}")
        else:
            yield like(part.wording, f"{name} {part.key}: {said}") if said else f"{name} {part.key}"
