"""The mark that says whose words a text is, and the key to the marks of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import template
from django.template import Node
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from programmes.models.quote_masks import words_read
from programmes.models.spoken import in_dialogue
from programmes.words import in_html, whose_words

if TYPE_CHECKING:
    from django.template import Context
    from django.template.base import NodeList, Parser, Token

    from programmes.integrity.access import Person
    from programmes.models import Quote

register = template.Library()
PLACE = SafeString("<!-- the key to words -->")
MARKS = re.compile(r'\sdata-words="(\w+)"')
TURN_BREAK = '<span class="turn-break" role="img" aria-label="Another turn:">—</span> '
OF_CURATORS = re.compile(r'\sclass="[^"]*\bcurators\b')


@register.simple_tag
def whose(text: Any, voice: str = "") -> SafeString:
    """Return the attribute of the element that shows a text; none for a fact of the record, or for no text.

    A quote says more exactly whose words it is: its voice.
    """
    layer = whose_words(text)
    return SafeString(f' data-words="{voice or layer}"' if layer and text else "")


@register.filter
def read_by(quote: Quote, user: Person | None) -> str:
    """Return the words of a quote as somebody reads them: with masks, unless they are of the team."""
    return words_read(quote, user)


@register.filter
def printed_read_by(quote: Quote, user: Person | None) -> str:
    """Return the same as it was printed."""
    return words_read(quote, user, "text_as_printed")


@register.simple_tag
def in_turns(said: str, quote: Quote) -> str:
    """Return the words of a quote, or their beginning, with a dash where another turn begins; whose they are stays."""
    if not quote.pieces:
        return said
    return in_html(said, in_dialogue(conditional_escape(said), quote, TURN_BREAK))


class KeyToWords(Node):
    """What a page shows, with the key to the marks that it has, and the switch that hides what curators added."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Return both; what has no marks has no key."""
        shown = self.nodelist.render(context)
        found = {"layers": set(MARKS.findall(shown)), "curators": bool(OF_CURATORS.search(shown))}
        key = render_to_string("_components/key.html", {**found, "study": context.get("study")})
        return SafeString(shown.replace(PLACE, key, 1) if PLACE in shown else key + shown)


@register.simple_tag
def key_here() -> SafeString:
    """Let the key stand here, and not at the head of the page."""
    return PLACE


@register.tag
def with_key_to_words(parser: Parser, token: Token) -> KeyToWords:
    """Show what stands up to `endwith_key_to_words` with the key to its marks."""
    del token
    nodelist = parser.parse(("endwith_key_to_words",))
    parser.delete_first_token()
    return KeyToWords(nodelist)
