"""The preview image of a page, 1200 by 630 pixels, which is what social networks expect."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson

from programmes.formats.typesetting import typeset

LONGEST = 150  # letters of a box that are shown
TYPST = """
#let card = json(bytes(sys.inputs.card))
#set page(width: 1200pt, height: 630pt, margin: 56pt, fill: rgb("#fbfaf6"))
#set text(font: "Atkinson Hyperlegible Next", size: 26pt, fill: rgb("#171c26"))
#set par(leading: 0.55em)
#let styles = (
  "context": (line: rgb("#1a6a58"), fill: rgb("#e6f1ed")),
  "mechanism": (line: rgb("#1d4f91"), fill: rgb("#e9f0fa")),
  "outcome": (line: rgb("#78205e"), fill: rgb("#f8ecf4")),
)
#let plain = (line: rgb("#4a5162"), fill: rgb("#ffffff"))
#let arrow = if card.boxes.len() > 3 { 26pt } else { 40pt }
#grid(columns: (1fr, auto), text(weight: 700, size: 30pt)[Realist], text(fill: rgb("#4a5162"))[#card.kicker])
#v(10pt)
#block(height: if card.boxes.len() > 0 { 140pt } else { 210pt }, inset: (top: 10pt), clip: true,
  text(weight: 700, size: if card.title.len() > 90 { 38pt } else { 48pt }, hyphenate: false)[#card.title])
#if card.boxes.len() > 0 {
  let columns = range(2 * card.boxes.len() - 1).map(place => if calc.even(place) { 1fr } else { arrow })
  grid(columns: columns, align: horizon, ..card.boxes.enumerate().map(((place, slot)) => {
    let style = styles.at(slot.name, default: plain)
    let few = card.boxes.len() <= 3
    let long = slot.words.len() > (if few { 80 } else { 40 })
    let box = block(width: 100%, height: 210pt, inset: if few { 18pt } else { 12pt },
      radius: if slot.name == "outcome" { 36pt } else { 8pt }, clip: true, fill: style.fill, stroke: 3pt + style.line)[
      #text(size: 19pt, fill: rgb("#4a5162"))[#slot.label] \\
      #text(size: if long { 22pt } else { 27pt })[#slot.words]
    ]
    // nothing leads on from an outcome
    let before = if place > 0 { card.boxes.at(place - 1).name } else { "" }
    let sign = if before == "outcome" [] else { align(center, text(size: if few { 34pt } else { 22pt })[→]) }
    if place == 0 { (box,) } else { (sign, box) }
  }).flatten())
}
#if card.boxes.len() == 0 { block(height: 190pt, clip: true, text(size: 27pt, fill: rgb("#4a5162"))[#card.text]) }
#place(bottom + left, block(width: 100%, text(size: 19pt, fill: rgb("#4a5162"))[#card.credit]))
"""


@dataclass(frozen=True)
class CardBox:
    """A slot on a card."""

    name: str
    label: str
    words: str


@dataclass(frozen=True)
class Card:
    """The texts of a card; the boxes are the slots of a configuration, or there are none."""

    kicker: str
    title: str
    boxes: tuple[CardBox, ...]
    credit: str
    text: str = ""


def shortened(text: str, longest: int) -> str:
    """Return a text cut to the room there is for it."""
    return text if len(text) <= longest else f"{text[:longest].rstrip()} …"


def card_png(card: Card) -> bytes:
    """Return the card as a PNG, set in the vendored fonts and none of the machine's."""
    boxes = [{**asdict(box), "words": shortened(box.words, LONGEST)} for box in card.boxes]
    return typeset(
        TYPST,
        "png",
        72,
        {"card": orjson.dumps({**asdict(card), "boxes": boxes, "text": shortened(card.text, 3 * LONGEST)}).decode()},
    )
