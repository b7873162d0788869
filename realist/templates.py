"""Templates as they are served: every text that people wrote has its own direction, and the lines it was printed in.

A theory in Arabic may stand beside one in English, and both on one page with words of ours. HTML has `dir="auto"` and
`bdi` for that, but one template in which they are forgotten shows letters in a wrong order. So they are no business of
templates: where a text field is shown, the loader adds them, once, when it reads the template.
"""

from __future__ import annotations

import re
from functools import cache

from django.apps import apps
from django.template.loaders import app_directories, filesystem

from programmes.integrity.text import LongTextField, ShortTextField

TEMPLATE_TAG = r"\{%.*?%\}|\{\{.*?\}\}|\{\#.*?\#\}"
QUOTED = rf'"(?:{TEMPLATE_TAG}|[^"])*"' + "|" + rf"'(?:{TEMPLATE_TAG}|[^'])*'"
PIECES = re.compile(rf"<!--.*?-->|</?[a-zA-Z](?:{TEMPLATE_TAG}|{QUOTED}|[^>])*>|{TEMPLATE_TAG}", re.DOTALL)
ELEMENT = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
VARIABLE = re.compile(r"\{\{\s*(?:\w+\.)*?(?:(\w+)\.)?(\w+)((?:\|[^}]*)?)\s*\}\}")  # what has it, its name, filters
VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Of these elements the words are no HTML, or have no direction of their own.
BARE = frozenset({"title", "textarea", "script", "style", "option", "text", "tspan", "svg"})
OTHER_TEXTS = frozenset({"excerpt", "why", "step", "author"})  # texts on pages that are no field by this name
# What has a name or a label of ours, in the language of the site.
OURS = frozenset({"app", "bar", "choice", "column", "facet", "field", "form", "head", "kind", "model"}) | {
    *("passage", "queue", "role", "slot", "stage", "state", "step", "term", "work")
}
MARKS_OF_WORKS = frozenset({"number", "year", "volume", "issue", "page", "doi"})  # read alike in either direction
PARTS_OF_ONE_TEXT = ("piece", "segment")  # whose whole has one direction, though changes or passages are marked in it
MARKED = ("ins", "del", "span")
CONTROL = re.compile(r"\{%\s*(?:end|if|elif|else|for|empty|with|block|load|comment|csrf_token)")  # shows nothing itself
NO_TEXT = ("|length", "|urlencode", "|date", "|pluralize", "|intcomma", "|yesno")
IN_PARAGRAPHS = "|linebreaks"


@cache
def names_of_texts() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the fields that hold texts, and of those among them that may have several lines."""
    fields = [entry for model in apps.get_models() for entry in model._meta.concrete_fields]
    long = {entry.name for entry in fields if isinstance(entry, LongTextField)}
    short = {entry.name for entry in fields if isinstance(entry, ShortTextField)}
    return frozenset(long | short | OTHER_TEXTS) - MARKS_OF_WORKS, frozenset(long)


def with_directions(source: str) -> str:
    """Return a template in which each text has its direction: that of its element, or its own inside another text."""
    pieces: list[str] = []
    open_elements: list[tuple[str, int]] = []  # each with its place among the pieces
    begun = False  # whether the element that is open has words already
    end = 0
    for found in PIECES.finditer(source):
        between, piece = source[end : found.start()], found[0]
        begun = begun or bool(between.strip())
        pieces.append(between)
        end = found.end()
        if element := ELEMENT.match(piece):
            closing, name = element.groups()
            if closing:
                while open_elements and open_elements.pop()[0] != name:
                    pass
                begun = True
            elif name not in VOID and not piece.endswith("/>"):
                open_elements.append((name, len(pieces)))
                begun = False
        elif piece.startswith("{{"):
            variable = VARIABLE.fullmatch(piece)
            if variable and shows_text(*variable.groups("")) and open_elements and open_elements[-1][0] not in BARE:
                owner, name, filters = variable.groups("")
                is_part = owner in PARTS_OF_ONE_TEXT
                if is_part or not begun:
                    place = next(at for tag, at in reversed(open_elements) if not is_part or tag not in MARKED)
                    pieces[place] = with_direction(pieces[place])
                lines = name in names_of_texts()[1] and IN_PARAGRAPHS not in filters
                piece = piece if is_part else in_its_own_element(piece, leads=not begun, lines=lines)
            begun = True
        else:
            begun = begun or not CONTROL.match(piece)
        pieces.append(piece)
    return "".join([*pieces, source[end:]])


def shows_text(owner: str, name: str, filters: str) -> bool:
    """Say whether a variable shows a text that somebody wrote; what has it, its name and its filters are given."""
    return name in names_of_texts()[0] and owner not in OURS and not any(part in filters for part in NO_TEXT)


def with_direction(opening: str) -> str:
    """Return an opening tag that takes the direction of its words, unless it says its own."""
    return opening if re.search(r"\sdir=", opening) else f'{opening[:-1]} dir="auto">'


def in_its_own_element(variable: str, *, leads: bool, lines: bool) -> str:
    """Return a text as it stands in its element: one that leads gives it its direction, another has its own."""
    if leads:
        return f'<span class="lines">{variable}</span>' if lines else variable
    return f'<bdi class="lines">{variable}</bdi>' if lines else f"<bdi>{variable}</bdi>"


class DirectionMixin:
    """Adds directions to the templates that a loader of Django's reads."""

    def get_contents(self, origin: object) -> str:
        """Return the source of a template with directions."""
        return with_directions(super().get_contents(origin))  # type: ignore[misc]  # a loader of Django's has it


class OwnTemplates(DirectionMixin, filesystem.Loader):
    """The templates of the project."""


class TemplatesOfApps(DirectionMixin, app_directories.Loader):
    """The templates that apps bring along, such as the admin's."""
