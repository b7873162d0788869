"""Memos written while reading."""

import pytest

from programmes.actions.note import note_on_passage
from programmes.models import Quote
from programmes.transcripts.read import checksum
from tests.factories import SourceFactory, UserFactory

pytestmark = pytest.mark.django_db
TEXT = "P1: She lent me a bit of her trust."


def test_a_second_memo_is_on_the_quote_that_is_there():
    source = SourceFactory(text=TEXT, sha256=checksum(TEXT))
    given = {"source": source, "span": (4, len(TEXT)), "by": UserFactory(), "reason": "Reading"}
    first, second = (note_on_passage(text=text, **given) for text in ("Why?", "Whose?"))
    assert first.quote == second.quote == Quote.objects.get()
