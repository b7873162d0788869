"""Where each kind of record is searched, by what name a hit is shown, and where it links to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from programmes.models import (
    CMOC,
    Author,
    Caveat,
    CMOCGroup,
    CuratedModel,
    Memo,
    Quote,
    Reading,
    Reference,
    Service,
    Study,
    SubstantiveTheory,
    Theory,
    is_about,
)
from programmes.models.configuration import ELEMENTS
from programmes.models.short_names import (
    caveat_name,
    cmoc_in_words,
    cmoc_name,
    joined,
    memo_name,
    name_of_target,
    service_name,
    with_number,
)
from programmes.vocabulary import MemoAbout
from programmes.words import Sentence, Suffix, words_of

if TYPE_CHECKING:
    from programmes.integrity.access import Person
    from programmes.models.configuration import PartKind

NOTHING = Value("")
MOST_PARTS = 6  # values that a name is made of

Parts = Sequence[str]


def as_it_is(parts: Parts) -> Sentence:
    """Return the first value as the name."""
    return Sentence(parts[0])


def nothing_else(_parts: Parts) -> list[str]:
    """Return nothing by which a record could be asked for beside its words."""
    return []


@dataclass(frozen=True)
class Place:
    """Where records of one sort are searched, and what a hit shows.

    `page`, `address` and `anchor` make its link. They, `text` and `parts` are lookups or expressions; `name` makes the
    name of a hit of its parts, and `asked_by` what else people call it. Words of `kind_words` beside others say only
    which kind of record is meant.
    """

    kind: str
    model: type[CuratedModel]
    page: str
    address: tuple[str, ...]
    text: Any
    parts: tuple[Any, ...]
    name: Callable[[Parts], Sentence] = as_it_is
    asked_by: Callable[[Parts], list[str]] = nothing_else
    kind_words: tuple[str, ...] = ()
    only: Q = field(default_factory=Q)
    anchor: Any = NOTHING
    one_per_page: bool = False  # whether hits that lead to the same page are one record
    covered: Q | None = None  # of which records masks cover words that their team finds
    for_team: bool = False  # whether this is the place where the team finds them

    def rows(self, user: Person) -> QuerySet[Any, Any]:
        """Return the records that a reader may see; such as have masks in one place alone."""
        rows = self.model.objects.visible_to(user).filter(self.only).order_by()
        if self.covered is None or not user.is_authenticated:
            return rows.none() if self.for_team else rows
        own = Q(pk__in=self.model.objects.of_teams_of(user).filter(self.covered).order_by().values("pk"))
        return rows.filter(own if self.for_team else ~own)

    def is_searched_by(self, user: Person) -> bool:
        """Say whether a reader can find anything here."""
        return user.is_authenticated or not self.for_team

    def columns(self, number: int) -> list[Any]:
        """Return the columns of the union: number of the place, key, programme, theory, address, text, parts."""
        access = self.model.access
        programme, within = access.path("programme_id"), access.path("title")
        if access.theory:
            within = f"{access.theory}__title"
        of = NOTHING if self.model in {Theory, Study, Author} else within
        address = (*self.address, *[NOTHING] * (2 - len(self.address)))
        parts = (*self.parts, *[NOTHING] * (MOST_PARTS - len(self.parts)))
        texts = [in_letters(value) for value in (of, *address, self.anchor, self.text, *parts)]
        return [Value(number), F("pk"), F(programme), *texts]

    def words(self, of: Any, text: str) -> str:
        """Return a value of a row as words of those who wrote the field that it comes from."""
        found: list[Any] = [F(of)] if isinstance(of, str) else [part for part in of.flatten() if isinstance(part, F)]
        *relations, name = found[0].name.split("__") if found else [""]
        model: Any = self.model
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        return words_of(model, name, text)


def in_letters(value: Any) -> Any:
    """Return a lookup or an expression as text; one that leads to nothing is empty."""
    text = Cast(F(value) if isinstance(value, str) else value, CharField())
    return Concat(text, NOTHING) if isinstance(value, str) and "__" in value else text


def concat(*parts: Any) -> Concat:
    """Join texts; a plain string is the name of a field."""
    return Concat(*(Cast(part, CharField()) for part in parts), output_field=CharField())


def element_places(kind: PartKind) -> tuple[Place, Place]:
    """Return where elements are searched: in their own label, and in their wording in each configuration."""
    name, label = kind.name, f"{kind.relation}__label"
    address = ("cmoc__theory__slug", f"{kind.relation}__key")
    words = (kind.name,)
    return (
        Place(
            kind.headings,
            kind.model,
            name,
            ("theory__slug", "key"),
            "description",
            ("label",),
            kind_words=words,
            one_per_page=True,
        ),
        Place(kind.headings, kind.link, name, address, kind.wording, (label,), kind_words=words, one_per_page=True),
    )


def name_of_cmoc(parts: Parts) -> Sentence:
    """Return the name of a CMOC from its number, label, title and statement."""
    return cmoc_in_words(*parts[:4])


def calls_of_cmoc(parts: Parts) -> list[str]:
    """Return what people call a CMOC: by its label, or where it has none by its number."""
    called = parts[1] or parts[0]
    return [called, *(f"{word} {called}" for word in CMOC_WORDS), cmoc_name(parts[0], parts[1])]


def label_of_quote(parts: Parts) -> Sentence:
    """Return the label or the key of a quote; who speaks is looked up of those that are shown."""
    return Sentence(parts[0] or parts[1])


def calls_of_quote(parts: Parts) -> list[str]:
    """Return what people call a quote: its label and its key."""
    return [value for value in (parts[0], parts[1], f"quote {parts[1]}") if value]


def place_of_quotes(text: str, *, for_team: bool = False) -> Place:
    """Return where quotes are searched: as everybody reads them, or those with masks as their team does."""
    return Place(
        "Quotes",
        Quote,
        "quote",
        ("study__slug", "key"),
        text,
        ("label_as_printed", "key"),
        label_of_quote,
        calls_of_quote,
        ("quote", "quotes"),
        covered=~Q(masks=[]),
        for_team=for_team,
    )


def name_of_service(parts: Parts) -> Sentence:
    """Return the name of a service from its number, name, type and location."""
    return with_number(service_name(*parts[1:4]), parts[0])


def name_of_caveat(parts: Parts) -> Sentence:
    """Return the name of a caveat from its number, kind, and the CMOC or outcome that it is on."""
    number, kind, cmoc, label, outcome = parts[:5]
    return caveat_name(kind, number, cmoc_name(cmoc, label) if cmoc else outcome)


def name_of_reading(parts: Parts) -> Sentence:
    """Return the name of a reading: that of its CMOC."""
    return joined("In plain words: ", name_of_cmoc(parts))


def name_of_memo(parts: Parts) -> Sentence:
    """Return the name of a memo from its key, kind, and the kind of record that it is on."""
    key, kind, cmoc, label, service, about = parts[:6]
    return memo_name(kind, name_of_target(about, cmoc_name(cmoc, label) if cmoc else "", service), key)


def name_of_reference(parts: Parts) -> Sentence:
    """Return the name of a reference from its number and title."""
    return Sentence(parts[1], " ", Suffix(f"[{parts[0]}]"))


def by_number(*kinds: str) -> Callable[[Parts], list[str]]:
    """Return what people call a record that has its number first among its parts."""
    return lambda parts: [parts[0], *(f"{kind} {parts[0]}" for kind in kinds)]


CMOC_WORDS = ("cmoc", "cmocs", "configuration", "claim", "cmo", "icamo")
SERVICE_WORDS = ("service", "services", "site")
CMOC_PARTS = ("number", "label", "title", "statement")
CAVEAT_ANCHOR = concat(Value("#caveat-"), "number")
CAVEAT_PARTS = ("number", "kind", "cmoc__number", "cmoc__label", "outcome__label")
ABOUT = Case(
    *(When(is_about(kind), then=Value(kind.label)) for kind in MemoAbout),
    default=NOTHING,
    output_field=CharField(),
)
PLACES = [
    Place("Theories", Theory, "theory", ("slug",), concat("question", Value(" "), "summary"), ("title",)),
    Place(
        "CMOCs",
        CMOC,
        "cmoc",
        ("theory__slug", "number"),
        "statement",
        CMOC_PARTS,
        name_of_cmoc,
        calls_of_cmoc,
        CMOC_WORDS,
    ),
    Place("Groups of CMOCs", CMOCGroup, "theory", ("theory__slug",), "text", ("heading",)),
    *(place for kind in ELEMENTS for place in element_places(kind)),
    place_of_quotes("shown_text"),
    place_of_quotes("text", for_team=True),
    Place(
        "Caveats",
        Caveat,
        "cmoc",
        ("theory__slug", "cmoc__number"),
        "text",
        CAVEAT_PARTS,
        name_of_caveat,
        by_number("caveat"),
        ("caveat", "caveats"),
        ~Q(cmoc=None),
        CAVEAT_ANCHOR,
    ),
    Place(
        "Caveats",
        Caveat,
        "theory",
        ("theory__slug",),
        "text",
        CAVEAT_PARTS,
        name_of_caveat,
        by_number("caveat"),
        ("caveat", "caveats"),
        Q(cmoc=None),
        CAVEAT_ANCHOR,
    ),
    Place(
        "Services",
        Service,
        "service",
        ("study__slug", "number"),
        concat("service_type", Value(". "), "location", Value(". "), "programme_text"),
        ("number", "name", "service_type", "location"),
        name_of_service,
        by_number(*SERVICE_WORDS),
        SERVICE_WORDS,
    ),
    Place(
        "Curators’ readings",
        Reading,
        "cmoc",
        ("cmoc__theory__slug", "cmoc__number"),
        concat("text", "resource", Value(" "), "reasoning"),
        tuple(f"cmoc__{name}" for name in CMOC_PARTS),
        name_of_reading,
    ),
    Place(
        "Curators’ notes",
        Memo,
        "memo",
        ("study__slug", "key"),
        "text",
        ("key", "kind", "cmoc__number", "cmoc__label", "service__number", ABOUT),
        name_of_memo,
        by_number("memo", "note"),
        ("memo", "note"),
    ),
    Place("Theories drawn on", SubstantiveTheory, "theory", ("theory__slug",), "description", ("name",)),
    Place("Studies", Study, "study", ("slug",), concat("aim", Value(" "), "setting"), ("title",), one_per_page=True),
    Place(
        "Studies",
        Author,
        "study",
        ("study__slug",),
        concat("given", Value(" "), "family", "organisation"),
        ("study__title",),
        one_per_page=True,
    ),
    Place(
        "References",
        Reference,
        "study",
        ("study__slug",),
        "as_printed",
        ("number", "title"),
        name_of_reference,
        by_number("reference"),
        ("reference", "references"),
        anchor=concat(Value("#reference-"), "number"),
    ),
]


def add_places(*places: Place) -> None:
    """Let another app add to what is searched."""
    PLACES.extend(place for place in places if place not in PLACES)
