"""Text as LaTeX, in which BibTeX writes titles and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from programmes.models.names import PersonName

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
}
UNPAIRED = SPECIAL | {"{": r"$\lbrace$", "}": r"$\rbrace$"}  # BibTeX counts braces, escaped ones too
COMMANDS = {"i": "emph", "b": "textbf", "sub": "textsubscript", "sup": "textsuperscript"}
MARKED = re.compile(r"<(i|b|sub|sup)>(.*?)</\1>")
LIGATURE = re.compile(r"(?<=-)-|(?<=')'")  # LaTeX would join it with what is before it


def escaped(text: str) -> str:
    """Return a text in which nothing is a command of LaTeX."""
    table = SPECIAL if has_paired_braces(text) else UNPAIRED
    return LIGATURE.sub(r"{}\g<0>", "".join(table.get(letter, letter) for letter in text))


def has_paired_braces(text: str) -> bool:
    """Say whether each brace of a text has its other one."""
    depth = 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            return False
    return depth == 0


def without_markup(text: str) -> str:
    """Return a text without what marks parts of it as italic, bold, lower or higher."""
    while MARKED.search(text):
        text = MARKED.sub(r"\2", text)
    return text


def as_latex(text: str) -> str:
    """Return a text, with what is marked as italic, bold, lower or higher, as LaTeX."""
    found = MARKED.search(text)
    if not found:
        return escaped(text)
    before, after = text[: found.start()], text[found.end() :]
    return f"{escaped(before)}\\{COMMANDS[found[1]]}{{{as_latex(found[2])}}}{as_latex(after)}"


def latex_name(author: PersonName | str) -> str:
    """Return an author for BibTeX, which parts names at "and", at commas and before words with a small first letter."""
    if isinstance(author, str):
        return f"{{{escaped(author)}}}"
    family, suffix = kept_whole(author.family), kept_whole(author.suffix)
    if not author.given and not suffix:
        return f"{{{escaped(author.family)}}}" if " " in author.family else family
    return ", ".join((family, *filter(None, (suffix,)), kept_whole(author.given, small=False) or "{}"))


def kept_whole(name: str, *, small: bool = True) -> str:
    """Return a part of a name, in braces where BibTeX would part it: in a family name also at a small first letter."""
    words = name.split()
    first = [next(filter(str.isalpha, word), "") for word in words]
    parted = "," in name or "and" in words or (small and any(letter.islower() for letter in first))
    return f"{{{escaped(name)}}}" if parted else escaped(name)
