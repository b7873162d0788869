"""The configuration that is open at the bench: what it says, of what parts, and all that bears on it in full words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from programmes.actions.reword import was_shown
from programmes.desk.bench_turns import source_at_bench
from programmes.desk.theory_lines import SlotHead, TheoryLine, line_of_cmoc, slots_of_form
from programmes.models import CMOC, Caveat, CMOCLink, Evidence, Memo, Review
from programmes.models.configuration import Part, Parts, parts_of_theory
from programmes.models.slots import columns_of, slots_from
from programmes.models.theory import not_retired
from programmes.pages.statement_spans import StatementPiece, statement_pieces
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from programmes.integrity.access import Person
    from programmes.models import Quote, Theory

UNSHOWN = tuple(f"quote__{name}" for name in ("text_as_printed", "shown_text", "shown_as_printed", "prefix", "suffix"))
MOST_QUOTES = 60  # of each side that are shown in full words


@dataclass(frozen=True)
class BearingQuote:
    """A quote that bears on the open configuration."""

    evidence: Evidence
    quote: Quote
    who: str
    address: str  # of its place in the transcript; empty for those who may not read it

    @property
    def ticked(self) -> str:
        """Return what a tick box of it sends: the coding and the version of it that was read."""
        return f"{self.evidence.pk} {self.evidence.version}"

    @property
    def does(self) -> str:
        """Return what it does, where that is more than to speak for or against."""
        role = EvidenceRole(self.evidence.role)
        return str(role.label).lower() if role in {EvidenceRole.REFINES, EvidenceRole.ILLUSTRATES} else ""


@dataclass
class OpenSlot:
    """A kind of part of the open configuration, with the parts that it has."""

    head: SlotHead
    parts: list[Part]
    absence: str


@dataclass
class OpenCMOC:
    """The configuration that is open."""

    cmoc: CMOC
    parts: Parts
    pieces: list[StatementPiece]
    slots: list[OpenSlot]
    speaking_for: list[BearingQuote] = field(default_factory=list)
    against: list[BearingQuote] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    people: int = 0
    memos: list[Memo] = field(default_factory=list)
    caveats: list[Caveat] = field(default_factory=list)
    links: list[CMOCLink] = field(default_factory=list)  # from its outcomes to the contexts that they become
    settled: bool = False
    state: str = ""

    @property
    def is_sketch(self) -> bool:
        """Say whether nobody else has read it or noted anything of it, so that it is deleted where it was a mistake."""
        return not (self.settled or self.memos or self.caveats)

    @property
    def line(self) -> TheoryLine:
        """Return it in a line, as the list of the theory shows it."""
        return line_of_cmoc(self.cmoc, self.parts, self.counts)

    @property
    def label(self) -> str:
        """Return its number as lists show it."""
        return self.cmoc.name.removeprefix("CMOC ")

    @property
    def number_for(self) -> int:
        """Return how many quotes bear on it and do not speak against it."""
        return sum(number for role, number in self.counts.items() if role != EvidenceRole.COUNTERS)

    @property
    def number_against(self) -> int:
        """Return how many speak against it."""
        return self.counts.get(EvidenceRole.COUNTERS, 0)

    @property
    def breakdown(self) -> str:
        """Return what those that bear on it do, in words."""
        words = [
            (EvidenceRole.SUPPORTS, "supports", "support"),
            (EvidenceRole.REFINES, "refines", "refine"),
            (EvidenceRole.ILLUSTRATES, "illustrates", "illustrate"),
        ]
        said = [
            f"{number} {one if number == 1 else several}"
            for role, one, several in words
            if (number := self.counts.get(role, 0))
        ]
        people = f"{self.people} {'person' if self.people == 1 else 'people'}" if self.people else ""
        return " · ".join(filter(None, [", ".join(said), people]))


def open_cmoc(theory: Theory, number: int, user: Person, *, reads_transcripts: bool) -> OpenCMOC | None:
    """Return the configuration of a theory with this number, if there is one that stands."""
    rows = CMOC.objects.visible_to(user).filter(not_retired(), theory=theory, number=number)
    cmoc = rows.select_related("theory__study").first()
    if cmoc is None:
        return None
    reviews = Review.objects.filter(cmoc=cmoc).count()
    parts = parts_of_theory(theory.pk, user, cmoc.pk).get(cmoc.pk, Parts())
    filled = slots_from(cmoc, parts, columns_of(theory.form, [(cmoc, parts)]))
    heads = slots_of_form(theory.form, {slot.name for slot in filled})
    by_name = {slot.name: slot for slot in filled}
    found = OpenCMOC(
        cmoc,
        parts,
        statement_pieces(cmoc.statement, filled),
        [
            OpenSlot(
                head,
                by_name[head.name].parts if head.name in by_name else [],
                by_name[head.name].absence if head.name in by_name else "",
            )
            for head in heads
        ],
        settled=was_shown(cmoc) or reviews > 0,
        state=state_of(cmoc, reviews),
    )
    add_quotes(found, user, reads_transcripts=reads_transcripts)
    found.memos = list(Memo.objects.visible_to(user).filter(cmoc=cmoc).order_by("-pk")[:20])
    found.caveats = list(Caveat.objects.visible_to(user).filter(cmoc=cmoc).order_by("number")[:20])
    outcomes = CMOCLink.objects.visible_to(user).filter(theory=theory, source_outcome__cmoc_links__cmoc=cmoc)
    found.links = list(
        outcomes.filter(target_context__isnull=False)
        .select_related("source_outcome", "target_context")
        .distinct()
        .order_by("number", "pk")
    )
    return found


def state_of(cmoc: CMOC, reviews: int) -> str:
    """Return how far a configuration is, in a few words."""
    if reviews:
        return ", ".join(filter(None, (cmoc.get_status_display().lower(), f"reviewed by {reviews}")))
    return "put to reviewers" if cmoc.review_asked_date else "not reviewed"


def add_quotes(found: OpenCMOC, user: Person, *, reads_transcripts: bool) -> None:
    """Add what bears on the configuration, in full words, with who says it and where."""
    beside = () if reads_transcripts else ("quote__participant__service",)  # that others know a participant by
    rows = (
        Evidence.objects.visible_to(user)
        .filter(cmoc=found.cmoc)
        .select_related("quote__participant", *beside, "quote__source__reference")
        .defer("quote__source__text", "quote__source__turns", *UNSHOWN)
        .order_by("position", "pk")
    )
    shown = list(rows[: 2 * MOST_QUOTES + 1])
    roles = Counter(entry.role for entry in shown)
    if len(shown) > 2 * MOST_QUOTES:
        roles = Counter(rows.order_by().values_list("role", flat=True))
        shown = [
            *rows.exclude(role=EvidenceRole.COUNTERS)[:MOST_QUOTES],
            *rows.filter(role=EvidenceRole.COUNTERS)[:MOST_QUOTES],
        ]
    found.counts = dict(roles)
    against = [entry for entry in shown if entry.role == EvidenceRole.COUNTERS][:MOST_QUOTES]
    others = [entry for entry in shown if entry.role != EvidenceRole.COUNTERS][:MOST_QUOTES]
    study = found.cmoc.theory.study.slug
    found.against = [bearing_quote(entry, study, reads_transcripts=reads_transcripts) for entry in against]
    found.speaking_for = [bearing_quote(entry, study, reads_transcripts=reads_transcripts) for entry in others]
    found.people = len({each.who for each in (*found.speaking_for, *found.against) if each.quote.participant_id})


def bearing_quote(entry: Evidence, study: str, *, reads_transcripts: bool) -> BearingQuote:
    """Return a quote with who says it and where."""
    quote = entry.quote
    place = ""
    if reads_transcripts and quote.source is not None and quote.start is not None:
        place = f"{source_at_bench(study, quote.source.key)}?at={quote.start}#quote-{quote.key}"
    who = quote.participant.pseudonym if reads_transcripts and quote.participant else quote.speaker
    return BearingQuote(entry, quote, who, place)
