"""Pictures and sheets set by typst in the vendored fonts and none of the machine's."""

from pathlib import Path
from typing import Literal

import typst

from programmes.characters import in_xml

FONTS = Path(__file__).with_name("fonts")


def typeset(source: str, form: Literal["png", "pdf"], pixels_per_inch: int, inputs: dict[str, str]) -> bytes:
    """Return the output of a typst source, which finds these texts in `sys.inputs`."""
    return typst.compile(  # type: ignore[misc]  # its stub leaves a type open where there is no root
        source.encode(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format=form,
        ppi=pixels_per_inch,
        sys_inputs={name: in_xml(text) for name, text in inputs.items()},
    )
