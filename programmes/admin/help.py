"""Help in forms: a sentence, and the words in it explained as on the public pages."""

from django.template.loader import render_to_string
from django.utils.functional import lazy
from django.utils.html import format_html

from programmes.templatetags.glossary import words_explained


def with_explained_terms(sentence: str, *keys: str) -> str:
    """Return a sentence of help, followed by some words of the glossary and their meanings."""
    return format_html("{} {}", sentence, render_to_string("_components/words.html", words_explained(*keys)))


# Forms are declared before templates and addresses are ready, so the help is put together when it is shown.
explained = lazy(with_explained_terms, str)
