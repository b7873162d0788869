"""The words of the field, explained where they stand: without a script, by keyboard and by pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.text import capfirst

from programmes.glossary import Term, term_of
from programmes.models.slots import plain_meaning

if TYPE_CHECKING:
    from django.template import Context
    from django.utils.safestring import SafeString

register = template.Library()


def explained_in(context: Context) -> dict[str, Term]:
    """Return the terms that the page has used so far, of which each is explained once, at its end.

    Some pages of errors are rendered without the request. They use none.
    """
    request = context.get("request")
    explained: dict[str, Term] = request.__dict__.setdefault("explained_terms", {}) if request else {}
    return explained


@register.simple_tag(takes_context=True)
def term(context: Context, key: str, words: str = "") -> SafeString:
    """Return a word that shows its meaning when it is pressed; the words on the page may be others than its name.

    A page explains each term once. After that its words stand there as any others.
    """
    found = term_of(key)
    explained = explained_in(context)
    if key in explained:
        return conditional_escape(words or found.in_text)
    explained[key] = found
    return button(found, words)


@register.simple_tag(takes_context=True)
def slot_head(context: Context, slot: str, heading: str) -> SafeString:
    """Return the head of a slot: in plain words, with the field's word behind them, which is explained."""
    plain = plain_in(context, slot, heading)
    if not plain:
        return term(context, slot, heading)
    return format_html('{} <span class="of-field">{}</span>', capfirst(plain), term(context, slot, heading.lower()))


@register.simple_tag(takes_context=True)
def slot_name(context: Context, slot: str, heading: str) -> str:
    """Return the same in one line, for where nothing can be explained."""
    plain = plain_in(context, slot, heading)
    return f"{capfirst(plain)} ({heading.lower()})" if plain else heading


def plain_in(context: Context, slot: str, heading: str) -> str:
    """Return what a slot of the theory of this page asks, in plain words, unless there are other words for it."""
    return plain_meaning(slot, heading, context_defined=bool(context["theory"].context_meaning))


def button(found: Term, words: str = "") -> SafeString:
    """Return the word itself; what it opens stands elsewhere on the page."""
    return format_html(
        '<button type="button" class="term" popovertarget="meaning-{}">{}</button>', found.key, words or found.in_text
    )


@register.inclusion_tag("_components/meanings.html", takes_context=True)
def term_meanings(context: Context) -> dict[str, Any]:
    """Show the meanings of the terms that the page has used. They stand at its end, so that no sentence is torn."""
    return {"terms": list(explained_in(context).values())}


@register.inclusion_tag("_components/words.html")
def words_explained(*keys: str) -> dict[str, Any]:
    """Show a line of terms with their meanings, for forms; a term stands in one such line of a page."""
    found = [term_of(key) for key in keys]
    return {"terms": found, "buttons": [button(entry) for entry in found]}
