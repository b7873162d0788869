"""Read the widths of the vendored font's letters, so that the diagram knows how long a label is without a browser."""

import json
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
FONT = ROOT / "static" / "fonts" / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
METRICS = ROOT / "programmes" / "diagrams" / "font_metrics.json"
WEIGHTS = (400, 700)


def metrics() -> str:
    """Return the widths in thousandths of the font size, by weight and letter, as JSON."""
    widths = {}
    for weight in WEIGHTS:
        font = instantiateVariableFont(TTFont(FONT), {"wght": weight})
        units = font["head"].unitsPerEm
        widths[str(weight)] = {
            chr(code): round(1000 * font["hmtx"][glyph][0] / units)
            for code, glyph in sorted(font.getBestCmap().items())
            if chr(code).isprintable()
        }
    return json.dumps(widths, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    METRICS.write_text(metrics(), encoding="utf-8")
    sys.stdout.write(f"wrote {METRICS.name}\n")
