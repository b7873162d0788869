"""Words found in all transcripts of a study, each place with the way to it at the bench."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from django.urls import reverse

from programmes.desk.bench_turns import short_time, source_at_bench
from programmes.desk.blind_coding import BlindCodingView
from programmes.desk.transcript_search import AT_ONCE, MOST_OF_ALL, MOST_OF_EACH, labels_of_nobody, read_within
from programmes.models import SecondCoding, Source
from programmes.search.in_transcripts import TranscriptQuestion, stretches_of
from programmes.search.stems import terms_of
from programmes.transcripts.turns import turns_beside

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.models import Study
    from programmes.search.in_transcripts import SaidPassage


MOST_COUNTED = 100  # turns of a transcript that are looked for


@dataclass(frozen=True)
class FoundPlace:
    """A turn that has the words."""

    said: SaidPassage
    time: str
    address: str


@dataclass
class FoundTranscript:
    """A transcript that has the words."""

    title: str
    key: str
    found: int
    places: list[FoundPlace]

    @property
    def more(self) -> int:
        """Return how many places are not shown."""
        return self.found - len(self.places)


@dataclass
class FoundWords:
    """What a search in the transcripts of a study found."""

    asked: bool = False
    transcripts: list[FoundTranscript] = field(default_factory=list)
    unread: int = 0

    @property
    def found(self) -> int:
        """Return how many turns have the words."""
        return sum(each.found for each in self.transcripts)


def found_in_transcripts(study: Study, user: User, question: str) -> FoundWords:
    """Return where the words are said in the transcripts of a study, for those who may read them."""
    asked = TranscriptQuestion(terms_of(question))
    if not asked.terms:
        return FoundWords()
    rows = Source.objects.editable_by(user).filter(study=study).exclude(sha256="").order_by("key", "pk")
    results = FoundWords(asked=True, unread=rows.count())
    nobody = labels_of_nobody(rows)
    own = SecondCoding.objects.visible_to(user).filter(analyst=user, finished_date=None)
    blind = set(own.values_list("source", flat=True))
    room = MOST_OF_ALL
    for source in read_within(rows.iterator(chunk_size=AT_ONCE)):
        results.unread -= 1
        found = []
        if asked.may_be_in(source.text):
            stretches = stretches_of(source.text, turns_beside(source.text, source.turns, nobody[source.pk]))
            fitting = (each for each in stretches if asked.is_in(source.text[each.start : each.end]))
            found = list(islice(fitting, MOST_COUNTED))
        places = []
        for stretch in found[: min(room, MOST_OF_EACH)]:
            said = asked.shown(source.text, stretch)
            way = f"{source_at_bench(study.slug, source.key)}?at={stretch.start}"
            if source.pk in blind:
                way = reverse(f"admin:{BlindCodingView.url_name}", args=[source.pk])
            places.append(FoundPlace(said, short_time(said.time), way))
        room -= len(places)
        if found:
            results.transcripts.append(FoundTranscript(source.title, source.key, len(found), places))
    return results
