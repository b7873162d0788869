"""Templates as they are served: every text that people wrote says whose words it is, and has its direction and lines.

A theory in Arabic may stand beside one in English, and both on one page with words of ours. HTML has `dir="auto"` and
`bdi` for that, but one template in which they are forgotten shows letters in a wrong order; and one in which a mark is
forgotten shows a curator's words as if they were the authors'. So they are no business of templates: where a text field
is shown, the loader adds them, once, when it reads the template. Whose words a text is, the text says itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
OTHER_TEXTS = frozenset({"excerpt", "here", "why", "step", "author", "group", "claimed"})  # texts on pages, no fields
# What has a name or a label of ours, in the language of the site.
OURS = frozenset({"app", "bar", "choice", "column", "facet", "field", "form", "head", "kind", "model"}) | {
    *("passage", "queue", "resource", "role", "slot", "stage", "state", "step", "table", "term", "work")
}
MARKS_OF_WORKS = frozenset({"number", "year", "volume", "issue", "page", "doi"})  # read alike in either direction
PARTS_OF_ONE_TEXT = ("piece", "segment")  # whose whole has one direction, though changes or passages are marked in it
MARKED = ("ins", "del", "mark", "span")
TRANSLATED = re.compile(r"\{%\s*(?P<end>end)?blocktrans(?:late)?\b")
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


@dataclass
class OpenElement:
    """An element that is open where a template is read."""

    name: str
    place: int  # of its tag among the pieces of the template
    begun: bool = False  # whether it has words or elements
    lead: int | None = None  # the place of the text that it begins with, if that is one


class Directions:
    """A template on its way to be served: its pieces so far, and the elements that are open."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.open: list[OpenElement] = []
        self.translated = False  # whether a sentence is open that is translated as a whole: no tag can stand in it

    def add(self, piece: str) -> None:
        """Add what is no HTML tag and no variable."""
        if found := TRANSLATED.match(piece):
            self.translated = not found["end"]
        self.pieces.append(piece)
        if self.open and piece.strip() and not CONTROL.match(piece):
            self.go_on(self.open[-1])

    def go_on(self, element: OpenElement) -> None:
        """Note that an element has more than the text that it begins with, which then has a direction of its own."""
        if element.lead is not None:
            self.pieces[element.lead] = wrapped("bdi", self.pieces[element.lead])
        element.begun, element.lead = True, None

    def add_tag(self, tag: str, name: str, *, closing: bool) -> None:
        """Add a tag; an element that had but one text takes its direction."""
        if closing:
            while self.open:
                ended = self.open.pop()
                if ended.lead is not None:
                    self.give_direction(ended)
                    self.mark(ended, ended.lead)
                if ended.name == name:
                    break
        elif name not in VOID and not tag.endswith("/>"):
            if self.open:
                self.go_on(self.open[-1])
            self.open.append(OpenElement(name, len(self.pieces)))
        self.pieces.append(tag)

    def give_direction(self, element: OpenElement) -> None:
        """Let an element take the direction of its words, unless it says its own."""
        opening = self.pieces[element.place]
        if not re.search(r"\sdir=", opening):
            self.pieces[element.place] = f'{opening[:-1]} dir="auto">'

    def mark(self, element: OpenElement, place: int) -> None:
        """Let an element that has but one text say whose it is, or an element of the text's own where that is a loop's.

        What a loop or a `with` inside the element gives a name to has none where the element begins.
        """
        text = self.pieces[place]
        if any(piece.startswith("{%") for piece in self.pieces[element.place + 1 : place]):
            self.pieces[place] = wrapped("span", text)
        else:
            self.pieces[element.place] = f"{self.pieces[element.place][:-1]}{tag_of(text)}>"

    def add_variable(self, variable: str) -> None:
        """Add a variable; a text gets its direction and keeps its lines."""
        found = VARIABLE.fullmatch(variable)
        if self.translated or not (found and self.open and shows_text(*found.groups(""))) or self.open[-1].name in BARE:
            self.add(variable)
            return
        owner, name, filters = found.groups("")
        element = self.open[-1]
        if owner in PARTS_OF_ONE_TEXT:
            self.give_direction(next(entry for entry in reversed(self.open) if entry.name not in MARKED))
            self.add(variable)
            if element.name in MARKED:
                self.mark(element, len(self.pieces) - 1)
        elif name in names_of_texts()[1]:  # the text that matters in its element, whatever stands after it
            tag, in_lines = ("bdi", True) if element.begun else ("span", IN_PARAGRAPHS not in filters)
            if not element.begun:
                self.give_direction(element)
            self.add(wrapped(tag, variable, ' class="lines"') if in_lines else variable)
            if not in_lines:
                self.mark(element, len(self.pieces) - 1)
        elif element.begun:
            self.add(wrapped("bdi", variable))
        else:
            self.pieces.append(variable)
            element.begun, element.lead = True, len(self.pieces) - 1


def tag_of(variable: str) -> str:
    """Return the tag that says of a variable whose words it holds."""
    return "{% whose " + variable.strip("{} ").partition("|")[0] + " %}"


def wrapped(tag: str, variable: str, attributes: str = "") -> str:
    """Return a variable in an element of its own."""
    return f"<{tag}{attributes}{tag_of(variable)}>{variable}</{tag}>"


def with_directions(source: str) -> str:
    """Return a template in which each text has its direction: that of its element, or its own among other words."""
    directions = Directions()
    end = 0
    for found in PIECES.finditer(source):
        directions.add(source[end : found.start()])
        end = found.end()
        piece = found[0]
        if element := ELEMENT.match(piece):
            directions.add_tag(piece, element[2], closing=bool(element[1]))
        elif piece.startswith("{{"):
            directions.add_variable(piece)
        else:
            directions.add(piece)
    return "".join([*directions.pieces, source[end:]])


def shows_text(owner: str, name: str, filters: str) -> bool:
    """Say whether a variable shows a text that somebody wrote; what has it, its name and its filters are given."""
    return name in names_of_texts()[0] and owner not in OURS and not any(part in filters for part in NO_TEXT)


class DirectionMixin:
    """Adds directions to the templates that a loader of Django's reads."""

    def get_contents(self, origin: object) -> str:
        """Return the source of a template with directions."""
        return with_directions(super().get_contents(origin))  # type: ignore[misc]  # a loader of Django's has it


class OwnTemplates(DirectionMixin, filesystem.Loader):
    """The templates of the project."""


class TemplatesOfApps(DirectionMixin, app_directories.Loader):
    """The templates that apps bring along, such as the admin's."""
