"""The mark that says whose words a text is, and the key to the marks of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.safestring import SafeString

from programmes.words import layer_of

if TYPE_CHECKING:
    from django.template import Context

register = template.Library()
UNMARKED = SafeString("")


@register.simple_tag(takes_context=True)
def whose(context: Context, text: Any) -> SafeString:
    """Return the attribute of the element that shows a text; none for a fact of the record, or for no text."""
    layer = layer_of(text)
    if not (layer and text):
        return UNMARKED
    if request := context.get("request"):
        request.__dict__.setdefault("layers_shown", set()).add(layer)
    return SafeString(f' data-words="{layer}"')


@register.inclusion_tag("_components/key.html", takes_context=True)
def key_to_words(context: Context) -> dict[str, Any]:
    """Show what the marks mean that the page has, and the switch that hides what curators added."""
    return {"layers": context["request"].__dict__.get("layers_shown", set())}
