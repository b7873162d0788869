"""Texts that know whose words they are.

A text of a record comes out of the database as one of these, by the layer that the field table has for its field, and
stays one wherever it is carried: into a page, a picture or a file, which mark it by asking the text itself. Cut to a
part it is still the same person's. What is put together of several texts, or worked out, is nobody's words.
"""

from __future__ import annotations

from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db import models


class LayeredText(str):
    """A text that somebody put so."""

    __slots__ = ()
    layer: ClassVar[str]

    def __getitem__(self, place: object) -> Self:
        """Return a part of it."""
        return type(self)(super().__getitem__(place))  # type: ignore[index]  # an index or a slice, as any text takes


class ParticipantsWords(LayeredText):
    """What somebody who took part said or wrote, or a document says."""

    __slots__ = ()
    layer = "participant"


class DocumentsWords(LayeredText):
    """What a document says, where it is told from what people say."""

    __slots__ = ()
    layer = "document"


class AuthorsWords(LayeredText):
    """What the authors of a study wrote, printed or for their team."""

    __slots__ = ()
    layer = "authors"


class CuratorsWords(LayeredText):
    """How whoever reads, sorts or judges here put it."""

    __slots__ = ()
    layer = "curator"


class NobodysWords(str):
    """A text of the site itself, as the name of a table or of a file of its own: it may stand in the log.

    Of whatever else is put into a line of the log only numbers, paths and names of classes are kept.
    """

    __slots__ = ()


class Suffix(str):
    """The number or label behind a name, which a page sets smaller; it stays whose it is."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, words: str) -> Self:
        """Keep the text as it came."""
        made = super().__new__(cls, words)
        made.words = words
        return made


class Sentence(str):
    """A sentence of ours around texts of others, each of which stays whose it is."""

    __slots__ = ("pieces",)
    pieces: tuple[str, ...]

    def __new__(cls, *pieces: str) -> Self:
        """Put texts together."""
        made = super().__new__(cls, "".join(pieces))
        made.pieces = pieces
        return made

    def __html__(self) -> SafeString:
        """Return it as a page shows it, with each text in its mark."""
        return format_html_join("", "{}", ((in_mark(piece),) for piece in self.pieces))


class ShownWords(SafeString):
    """A text as HTML, with something in it marked."""

    layer = ""


def in_html(words: str, html: str) -> ShownWords:
    """Return the safe HTML that shows a text, which stays whose it is."""
    shown = ShownWords(html)
    shown.layer = whose_words(words)
    return shown


def whose_words(text: object) -> str:
    """Return whose words a text is; empty for what is nobody's."""
    return text.layer if isinstance(text, LayeredText | ShownWords) else ""


def in_mark(text: str) -> str:
    """Return a text as a page shows it, in an element that says whose it is; one of ours as it is."""
    if isinstance(text, Suffix):
        return format_html('<span class="number">{}</span>', in_mark(text.words))
    layer = whose_words(text)
    return format_html('<bdi data-words="{}">{}</bdi>', layer, text) if layer and text else text


def in_plain_words(text: object) -> str:
    """Return a text for programs: without marks, and nobody's words any more."""
    if isinstance(text, Sentence):
        return "".join(map(in_plain_words, text.pieces))
    return unescape(strip_tags(text)) if isinstance(text, SafeString) else str(text)


def like(words: str, text: str) -> str:
    """Return a text that was made of another one as the same person's."""
    return type(words)(text) if isinstance(words, LayeredText) else text


KINDS: dict[str, type[LayeredText]] = {kind.layer: kind for kind in (ParticipantsWords, AuthorsWords, CuratorsWords)}


class WordsOfFieldMixin:
    """What the fields of texts have in common: whose words their texts are, which the field table says."""

    layer_of: ClassVar[Callable[[Any, str], str]]  # of a model's field; the field table gives it

    @cached_property
    def words(self) -> type[LayeredText] | None:
        """Return the kind of text that comes out of the database; None for facts of the record."""
        model = self.model  # type: ignore[attr-defined]  # a field of Django's has it
        of = getattr(model, "instance_type", model)  # a row of a history holds the words of its record
        return KINDS.get(WordsOfFieldMixin.layer_of(of, self.name))  # type: ignore[attr-defined]  # as above

    def from_db_value(self, value: Any, *_: Any) -> Any:
        """Return a text that knows whose words it is."""
        return self.words(value) if value and self.words else value


def words_of(model: type[models.Model], name: str, text: str) -> str:
    """Return a text that came from a field by another way, as a text that knows whose words it is."""
    entry: Any = model._meta.get_field(name) if name else None
    return entry.from_db_value(text) if isinstance(entry, WordsOfFieldMixin) else text
