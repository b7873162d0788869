"""A picture on slides of 16:9: the whole theory where it fits one, then each outcome, with what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from programmes.diagrams.boxes import Line
from programmes.diagrams.chains import chains_in
from programmes.diagrams.layout import Picture, arrange, subweb
from programmes.diagrams.legend import OUTCOME, legend_of
from programmes.diagrams.order import best_orders
from programmes.diagrams.styles import SLIDE
from programmes.diagrams.text import width, wrap_at_most

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from programmes.diagrams.graph import CMOCNode, ElementNode, Mark, Web
    from programmes.diagrams.styles import Style

WIDTH, HEIGHT = 1920, 1080
EDGE = 72  # around what stands on a slide
ROOM = WIDTH - 2 * EDGE
SMALLEST = 24  # pixels: 18 points
LEADING = 33  # from line to line of the smallest letters
QUESTION, TITLE = 28, 50  # sizes of letters
FOOT_HEAD = 250  # width of the heads at the foot
FEW_KEYS = 6  # services that stand in three columns; more stand in four
MOST_KEYS = 12  # services in the key
MOST_CLAIMS = 6  # on the slide of an outcome
MOST_IN_WHOLE = 12  # configurations on the slide of a whole theory
AGAINST_LINES = 3
LARGE = replace(SLIDE, font=34, small=28, line=42, padding=28, gap=26, pill=44, top=64)
STYLES = (LARGE, SLIDE, replace(SLIDE, most_lines=2), replace(SLIDE, most_lines=1, gap=10))
WHOLE = replace(SLIDE, most_pills=4, padding=16, gap=9, line=30, pill=32, font=24, tags_below=False)
WHOLE_STYLES = (
    SLIDE,
    replace(WHOLE, most_lines=2),
    replace(WHOLE, most_lines=1),
    replace(WHOLE, most_lines=1, padding=12, gap=6, pill=30, top=48),
    replace(WHOLE, most_lines=1, padding=9, gap=4, pill=28, top=46),
)


@dataclass(frozen=True)
class Against:
    """What speaks against a claim, or when it may not hold: what it is, who says it, and the words."""

    head: str
    who: str
    words: str
    participants: bool = False  # whether they are words of those who took part


@dataclass(frozen=True)
class SlideText:
    """Lines of text on a slide, of a class that says how they are set."""

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class AgainstBlock:
    """What speaks against it, as it is placed."""

    against: Against
    x: float
    y: float
    height: float
    head: tuple[Line, ...]
    who: tuple[Line, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class KeyEntry:
    """A service by the number that stands in the picture, with its name."""

    number: Line
    name: Line


@dataclass(frozen=True)
class Slide:
    """Everything that the template draws."""

    title: str
    texts: list[SlideText]
    picture: Picture
    style: Style
    picture_y: float
    scale: float  # below 1 only of a single claim with more elements than a slide has room for
    against: list[AgainstBlock]
    against_y: float
    against_height: float
    keys: list[KeyEntry]
    cmocs: tuple[int, ...]


@dataclass(frozen=True)
class Deck:
    """What all slides of a theory share, and what is put on each."""

    question: str
    web: Web
    source: str
    address: str  # where to read on, and of which day the slide is
    licence: str  # and whose words are underlined
    summary: Callable[[int], str]  # of a slide with so many claims
    against: Callable[[ElementNode | None, Sequence[CMOCNode]], list[Against]]
    services_head: str = ""


def slides_of(deck: Deck) -> list[Slide]:
    """Return the slides: the whole theory if one slide holds it, then as many as each outcome needs."""
    slides = []
    if len(deck.web.outcomes) != 1 and (whole := whole_slide(deck)):
        slides.append(whole)
    first = {key: index for index, cmoc in reversed(list(enumerate(deck.web.cmocs))) for key in cmoc.outcomes}
    in_order = sorted(deck.web.outcomes, key=lambda outcome: first.get(outcome.key, len(first)))
    groups: list[ElementNode | None] = [*in_order, None]
    for outcome in groups:
        cmocs = tuple(
            cmoc for cmoc in deck.web.cmocs if (outcome.key in cmoc.outcomes if outcome else not cmoc.outcomes)
        )
        if cmocs and (outcome or not slides or deck.web.outcomes):
            slides += outcome_slides(deck, outcome, cmocs)
    return slides


def whole_slide(deck: Deck) -> Slide | None:
    """Return the slide of the whole theory, unless there is too much on it to be read from the last row."""
    if not 1 <= len(deck.web.cmocs) <= MOST_IN_WHOLE:
        return None
    for web in (deck.web, without_services(deck.web)):
        frame = Frame(deck, ("", "The whole theory"), len(web.cmocs), web)
        if fitted := frame.fitted(web, WHOLE_STYLES):
            return frame.slide(*fitted)
    return None


def without_services(web: Web) -> Web:
    """Return a web whose configurations name no service, for which there is no room."""
    return replace(web, cmocs=tuple(replace(cmoc, services=()) for cmoc in web.cmocs))


def outcome_slides(deck: Deck, outcome: ElementNode | None, cmocs: Sequence[CMOCNode]) -> list[Slide]:
    """Return the slides of what leads to an outcome, as few as are readable."""
    chunks = list(chunks_of(deck, outcome, tuple(cmocs)))
    slides = []
    for index, chunk in enumerate(chunks, 1):
        web = part_of(deck, chunk, outcome)
        part = f" · {index} of {len(chunks)}" if len(chunks) > 1 else ""
        frame = Frame(deck, outcome_heading(outcome), len(cmocs), web, deck.against(outcome, chunk), part)
        picture, style = frame.fitted(web, STYLES) or (arrange(web, style=STYLES[-1]), STYLES[-1])
        slides.append(frame.slide(picture, style))
    return slides


def chunks_of(deck: Deck, outcome: ElementNode | None, cmocs: tuple[CMOCNode, ...]) -> Iterator[tuple[CMOCNode, ...]]:
    """Return configurations in so small portions that each fits a slide; one alone is a slide in any case."""
    while cmocs:
        size = min(MOST_CLAIMS, len(cmocs))
        while size > 1:
            web = part_of(deck, cmocs[:size], outcome)
            frame = Frame(deck, outcome_heading(outcome), size, web, deck.against(outcome, cmocs[:size]))
            if frame.fitted(web, STYLES):
                break
            size -= 1
        yield cmocs[:size]
        cmocs = cmocs[size:]


def outcome_heading(outcome: ElementNode | None) -> tuple[str, str]:
    """Return the heading of a slide: a few words of ours, and the label of its outcome."""
    return ("What may lead to", outcome.label) if outcome else ("", "No outcome named")


def part_of(deck: Deck, cmocs: Sequence[CMOCNode], outcome: ElementNode | None) -> Web:
    """Return the web of these configurations and one outcome."""
    return subweb(deck.web, tuple(cmocs), (outcome,) if outcome else ())


def signs_in(web: Web) -> str:
    """Return what the signs before outcomes and the lines between them mean."""
    items = legend_of(web, [])
    found = [f"{item.sample} {item.words}" for item in items if item.shape == OUTCOME]
    return "; ".join([*found, *(["dashes and dots: what it leads on to"] if chains_in(web) else [])])


class Frame:
    """What stands around the picture of a slide, which leaves so much room for it."""

    def __init__(
        self,
        deck: Deck,
        heading: tuple[str, str],
        number: int,
        web: Web,
        against: Sequence[Against] = (),
        part: str = "",
    ) -> None:
        self.deck, self.web = deck, web
        before, label = heading
        self.heading = " ".join(filter(None, heading))
        self.texts: list[SlideText] = []
        y = 50.0
        y = self.add("question", wrap_at_most(deck.question, ROOM - 200, QUESTION, 1), y, 36)
        indent = width(before, TITLE, 400) + 16 if before else 0
        self.texts.append(SlideText("before", (Line(before, EDGE, round(y + 8 + 58 * 0.8, 1)),) if before else ()))
        y = self.add("title", wrap_at_most(label, ROOM - 200 - indent, TITLE, 2, 700), y + 8, 58, indent)
        y = self.add("summary", wrap_at_most(deck.summary(number) + part, ROOM, QUESTION, 1), y, 38)
        self.top = y + 12
        self.keys: list[KeyEntry] = []
        foot = HEIGHT - 44.0 - LEADING
        foot = self.add_foot("Read more", wrap_at_most(deck.address, ROOM - FOOT_HEAD, SMALLEST, 1), foot)
        source = [
            *wrap_at_most(deck.source, ROOM - FOOT_HEAD, SMALLEST, 2),
            *wrap_at_most(deck.licence, ROOM - FOOT_HEAD, SMALLEST, 1),
        ]
        source = list(filter(None, source))
        foot = self.add_foot("Source", source, foot - LEADING * (len(source) - 1))
        foot = self.add_keys(foot)
        if signs := signs_in(web):
            foot = self.add_foot("Signs", wrap_at_most(signs, ROOM - FOOT_HEAD, SMALLEST, 1), foot)
        self.bottom = foot + LEADING
        self.blocks: list[AgainstBlock] = []
        self.against_y = self.bottom
        if against:
            self.place_against(against)

    def add(self, kind: str, lines: Sequence[str], y: float, leading: float, indent: float = 0) -> float:
        """Put lines at the top of what is still free, and return where the next begin."""
        placed = tuple(
            Line(line, round(EDGE + indent, 1), round(y + leading * (index + 0.8), 1))
            for index, line in enumerate(lines)
            if line
        )
        self.texts.append(SlideText(kind, placed))
        return y + leading * len(placed)

    def add_foot(self, head: str, lines: Sequence[str], y: float) -> float:
        """Put lines with a head at the foot, the first with its top at y, and return where the line above begins."""
        self.texts.append(SlideText("foot-head", (Line(head, EDGE, round(y + LEADING * 0.75, 1)),)))
        self.texts.append(
            SlideText(
                "foot",
                tuple(
                    Line(line, EDGE + FOOT_HEAD, round(y + LEADING * (index + 0.75), 1))
                    for index, line in enumerate(lines)
                ),
            )
        )
        return y - LEADING

    def add_keys(self, y: float) -> float:
        """Put the names of the services above the foot, and return where the line above begins."""
        marks = {mark.text: mark for cmoc in self.web.cmocs for mark in cmoc.services}
        found = [marks[number] for number in sorted(marks)]
        if not found:
            return y
        shown = found[:MOST_KEYS] if len(found) <= MOST_KEYS else found[: MOST_KEYS - 1]
        columns = 3 if len(found) <= FEW_KEYS else 4
        column = (ROOM - FOOT_HEAD) / columns
        rows = -(-max(len(shown), min(len(found), MOST_KEYS)) // columns)
        top = y - LEADING * (rows - 1)
        self.texts.append(
            SlideText("foot-head", (Line(self.deck.services_head, EDGE, round(top + LEADING * 0.75, 1)),))
        )
        for index, mark in enumerate(shown):
            x = round(EDGE + FOOT_HEAD + column * (index % columns), 1)
            baseline = round(top + LEADING * (index // columns + 0.75), 1)
            self.keys.append(self.key_at(mark, x, baseline, column))
        if len(found) > len(shown):
            x = round(EDGE + FOOT_HEAD + column * (len(shown) % columns), 1)
            y = round(top + LEADING * (len(shown) // columns + 0.75), 1)
            more = Line(f"and {len(found) - len(shown)} more", x, y)
            self.keys.append(KeyEntry(Line("", x, more.y), more))
        return top - LEADING

    def key_at(self, mark: Mark, x: float, y: float, column: float) -> KeyEntry:
        """Return the entry of a service at a place of the key."""
        indent = width(mark.text, SMALLEST, 700) + 10
        name = mark.name.removesuffix(f" {mark.text}")
        (words,) = wrap_at_most(name, column - indent - 16, SMALLEST, 1)
        return KeyEntry(Line(mark.text, x, y), Line(words, round(x + indent, 1), y))

    def place_against(self, against: Sequence[Against]) -> None:
        """Put what speaks against it beside one another above the foot."""
        room = (ROOM - 48 - 40 * (len(against) - 1)) / len(against)
        heads = [wrap_at_most(entry.head, room, SMALLEST, 1, 700) for entry in against]
        words = [
            wrap_at_most(entry.words, room - 30, SMALLEST, AGAINST_LINES) if entry.words else () for entry in against
        ]
        lines = 1 + max(len(entry) for entry in words)
        height = lines * LEADING + 30
        y = self.bottom - height - 10
        for index, entry in enumerate(against):
            x = EDGE + 24 + index * (room + 40)
            head_width = width(heads[index][0], SMALLEST, 700)
            (who,) = wrap_at_most(entry.who, max(room - head_width - 12, 1), SMALLEST, 1) if entry.who else ("",)
            baseline = round(y + 15 + LEADING * 0.75, 1)
            placed = tuple(
                Line(line, round(x + 26, 1), round(baseline + LEADING * (place + 1), 1))
                for place, line in enumerate(words[index])
            )
            self.blocks.append(
                AgainstBlock(
                    entry,
                    round(x, 1),
                    round(y + 15 + LEADING + 3, 1),
                    round(LEADING * len(words[index]) - 3, 1),
                    (Line(heads[index][0], round(x, 1), baseline),),
                    (Line(who, round(x + head_width + 12, 1), baseline),) if who.strip(" …") else (),
                    placed,
                )
            )
        self.against_y = y

    def fitted(self, web: Web, styles: Sequence[Style]) -> tuple[Picture, Style] | None:
        """Return the picture in the roomiest style in which it fits between what stands above and below."""
        order = best_orders(web)
        for style in styles:
            picture = arrange(web, style=style, order=order)
            if picture.height <= self.against_y - self.top:
                return picture, style
        return None

    def slide(self, picture: Picture, style: Style) -> Slide:
        """Return the slide with its picture, which stands in the middle of the room that it has."""
        room = self.against_y - self.top
        free = max(0.0, room - picture.height)
        height = self.bottom - 10 - self.against_y if self.blocks else 0
        numbers = tuple(cmoc.number for cmoc in self.web.cmocs)
        return Slide(
            title=self.heading,
            texts=self.texts,
            picture=picture,
            style=style,
            picture_y=round(self.top + min(free / 2, 60), 1),
            scale=round(min(1.0, room / picture.height), 3),
            against=self.blocks,
            against_y=round(self.against_y, 1),
            against_height=round(height, 1),
            keys=self.keys,
            cmocs=numbers,
        )
