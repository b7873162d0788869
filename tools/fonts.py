"""Make from the vendored font what the diagram needs without a browser: how wide letters are, and fonts for PDF."""

import io
import json
import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from tools.drawn_signs import add_signs

ROOT = Path(__file__).resolve().parent.parent
# The letters of most of Europe's languages, in two files so that a browser fetches the second where one needs it.
SUBSETS = ("latin", "latin-ext")
METRICS = ROOT / "programmes" / "diagrams" / "font_metrics.json"
FONTS = ROOT / "programmes" / "formats" / "fonts"
WEIGHTS = {400: "Regular", 700: "Bold"}


def of_weight(weight: int) -> TTFont:
    """Return the font in one weight, whole: a letter that it lacked would put all of its line in another font."""
    files = []
    for subset in SUBSETS:
        name = f"atkinson-hyperlegible-next-{subset}-wght-normal.woff2"
        font = TTFont(ROOT / "static" / "fonts" / name, recalcTimestamp=False)
        instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=True)
        font.flavor = None
        files.append(io.BytesIO())
        font.save(files[-1])
        files[-1].seek(0)
    whole = Merger().merge(files)
    add_signs(whole)
    whole.recalcTimestamp = False
    # Not made now, so that the same font is the same file.
    whole["head"].created, whole["head"].modified = font["head"].created, font["head"].modified
    return whole


def font_file(weight: int) -> bytes:
    """Return the font in one weight as TrueType."""
    written = io.BytesIO()
    of_weight(weight).save(written)
    return written.getvalue()


def metrics() -> str:
    """Return the widths in thousandths of the font size, by weight and letter, as JSON."""
    widths = {}
    for weight in WEIGHTS:
        font = of_weight(weight)
        units = font["head"].unitsPerEm
        widths[str(weight)] = {
            chr(code): round(1000 * font["hmtx"][glyph][0] / units)
            for code, glyph in sorted(font.getBestCmap().items())
            if chr(code).isprintable()
        }
    return json.dumps(widths, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    METRICS.write_text(metrics(), encoding="utf-8")
    for weight, name in WEIGHTS.items():
        (FONTS / f"AtkinsonHyperlegibleNext-{name}.ttf").write_bytes(font_file(weight))
    sys.stdout.write(f"wrote {METRICS.name} and {len(WEIGHTS)} fonts\n")
