import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programmes.models import EditorialMark, Evidence, Participant, Quote, Source, Speaker
from tests.factories.studies import StudyFactory
from tests.factories.theory import CMOCFactory


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    study = factory.SubFactory(StudyFactory)
    pseudonym = factory.Sequence(lambda number: f"person{number}")
    consent_scope = "quotes-public"


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    study = factory.SubFactory(StudyFactory)
    key = factory.Sequence(lambda number: f"interview{number}")
    kind = "interview"
    title = "Interview"


class SpeakerFactory(DjangoModelFactory):
    class Meta:
        model = Speaker

    source = factory.SubFactory(SourceFactory)
    label = factory.Sequence(lambda number: f"P{number}")
    kind = "unknown"


class QuoteFactory(DjangoModelFactory):
    """A quote that may be public."""

    class Meta:
        model = Quote

    study = factory.SubFactory(StudyFactory)
    key = factory.Sequence(lambda number: f"quote{number}")
    text = "They model hope."
    locator = "p. 1"
    participant = factory.SubFactory(ParticipantFactory, study=factory.SelfAttribute("..study"))
    visibility = "public"
    consent = "participant"
    disclosure_checked_by = "A. Curator"
    disclosure_checked_date = dt.date(2026, 1, 2)


class EditorialMarkFactory(DjangoModelFactory):
    class Meta:
        model = EditorialMark

    quote = factory.SubFactory(QuoteFactory)
    position = factory.Sequence(lambda number: number)
    kind = "gloss"


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    cmoc = factory.SubFactory(CMOCFactory)
    quote = factory.SubFactory(QuoteFactory, study=factory.SelfAttribute("..cmoc.theory.study"))
    role = "supports"
