"""Signs that the vendored font lacks, drawn in its weight: arrows, circles, and signs of comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

Point = tuple[float, float]
ARROWS = {"→": (1, 0), "←": (-1, 0), "↑": (0, 1), "↓": (0, -1)}  # and where each points
OVER_A_BAR = {"≥": ">", "≤": "<"}
NEARLY = {"≈": "~"}  # drawn of two
CIRCLES = {"○": True, "●": False}  # and whether it is hollow
SIGNS = (*ARROWS, *OVER_A_BAR, *NEARLY, *CIRCLES)


@dataclass(frozen=True)
class Room:
    """The room that the font gives to a sign, as it gives it to its plus."""

    width: int
    left: float
    right: float
    middle: float
    stroke: float

    @property
    def half(self) -> float:
        """Return half the height and width that is drawn on."""
        return (self.right - self.left) / 2

    @property
    def centre(self) -> Point:
        """Return where the middle of a sign is."""
        return ((self.left + self.right) / 2, self.middle)


def bounds_of(font: TTFont, sign: str) -> tuple[float, float, float, float]:
    """Return the box around a sign that the font has."""
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[font.getBestCmap()[ord(sign)]].draw(pen)
    box: tuple[float, float, float, float] = pen.bounds
    return box


def room_of(font: TTFont) -> Room:
    """Return the room of a sign, and how thick lines are drawn."""
    left, bottom, right, top = bounds_of(font, "+")
    _, low, _, high = bounds_of(font, "-")
    return Room(font["hmtx"][font.getBestCmap()[ord("+")]][0], left, right, (bottom + top) / 2, high - low)


def polygon(pen: TTGlyphPen, points: list[Point]) -> None:
    """Draw a shape with straight edges."""
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def circle(pen: TTGlyphPen, centre: Point, radius: float, *, inside: bool = False) -> None:
    """Draw a circle of eight curves; one inside another is drawn the other way round, and leaves it hollow."""
    x, y = centre
    near, far = radius * 0.41421, radius
    corners = [(far, near), (near, far), (-near, far), (-far, near), (-far, -near), (-near, -far), (near, -far)]
    around = [(x + dx, y + dy) for dx, dy in [*corners, (far, -near)]]
    pen.qCurveTo(*(around if inside else around[::-1]), None)
    pen.closePath()


def arrow(pen: TTGlyphPen, room: Room, towards: tuple[int, int]) -> None:
    """Draw an arrow that points to one of four sides."""
    half, thin = room.half, room.stroke / 2
    head = half * 0.62
    shape = [(half, 0), (half - head, head), (half - head, thin), (-half, thin)]
    shape += [(-half, -thin), (half - head, -thin), (half - head, -head)]
    (x, y), (right, up) = room.centre, towards
    polygon(pen, [(x + dx * right - dy * up, y + dx * up + dy * right) for dx, dy in reversed(shape)])


def again(pen: TTGlyphPen, font: TTFont, sign: str, up: float) -> None:
    """Draw a sign that the font has, moved up or down."""
    glyphs = font.getGlyphSet()
    glyphs[font.getBestCmap()[ord(sign)]].draw(TransformPen(pen, (1, 0, 0, 1, 0, up)))


def draw_sign(pen: TTGlyphPen, font: TTFont, room: Room, sign: str) -> int:
    """Draw one sign, and return how much room it takes in a line."""
    alike = OVER_A_BAR.get(sign) or NEARLY.get(sign) or "+"
    if sign in ARROWS:
        arrow(pen, room, ARROWS[sign])
    elif sign in CIRCLES:
        circle(pen, room.centre, room.half)
        if CIRCLES[sign]:
            circle(pen, room.centre, room.half - room.stroke, inside=True)
    elif sign in NEARLY:
        for up in (room.stroke * 1.1, -room.stroke * 1.1):
            again(pen, font, alike, up)
    else:
        again(pen, font, alike, room.stroke)
        left, bottom, right, _ = bounds_of(font, alike)
        low = bottom - room.stroke
        polygon(pen, [(left, low), (left, low + room.stroke), (right, low + room.stroke), (right, low)])
    return int(font["hmtx"][font.getBestCmap()[ord(alike)]][0])


def add_signs(font: TTFont) -> None:
    """Give a font of one weight the signs that it lacks."""
    room = room_of(font)
    drawn = {}
    for sign in SIGNS:
        if ord(sign) not in font.getBestCmap():
            pen = TTGlyphPen(font.getGlyphSet())
            width = draw_sign(pen, font, room, sign)
            drawn[sign] = (pen.glyph(), width)
    font.setGlyphOrder([*font.getGlyphOrder(), *(f"uni{ord(sign):04X}" for sign in drawn)])
    for sign, (glyph, width) in drawn.items():
        name = f"uni{ord(sign):04X}"
        font["glyf"].glyphs[name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"].metrics[name] = (width, glyph.xMin)
        for table in font["cmap"].tables:
            table.cmap[ord(sign)] = name
