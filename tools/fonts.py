"""Make from the vendored font what the diagram needs without a browser: how wide letters are, and fonts for PDF."""

import io
import json
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
FONT = ROOT / "static" / "fonts" / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
METRICS = ROOT / "programmes" / "diagrams" / "font_metrics.json"
FONTS = ROOT / "programmes" / "formats" / "fonts"
WEIGHTS = {400: "Regular", 700: "Bold"}


def of_weight(weight: int) -> TTFont:
    """Return the font in one weight."""
    font = TTFont(FONT, recalcTimestamp=False)
    return instantiateVariableFont(font, {"wght": weight}, updateFontNames=True)


def font_file(weight: int) -> bytes:
    """Return the font in one weight as TrueType."""
    font = of_weight(weight)
    font.flavor = None
    written = io.BytesIO()
    font.save(written)
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
