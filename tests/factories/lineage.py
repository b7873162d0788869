import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programmes.models import LineageEvent, LineageMove, LineageStep
from tests.factories.evidence import QuoteFactory
from tests.factories.theory import CMOCFactory, TheoryFactory


class LineageEventFactory(DjangoModelFactory):
    class Meta:
        model = LineageEvent

    theory = factory.SubFactory(TheoryFactory)
    number = factory.Sequence(lambda number: number + 1)
    kind = "retire"
    reason = "Nobody spoke of it again."
    signed_by = "A. Curator"
    signed_date = dt.date(2026, 1, 2)


class LineageStepFactory(DjangoModelFactory):
    class Meta:
        model = LineageStep

    event = factory.SubFactory(LineageEventFactory)
    position = factory.Sequence(lambda number: number + 1)
    before = factory.SubFactory(CMOCFactory, theory=factory.SelfAttribute("..event.theory"))
    status_before = "candidate"


class LineageMoveFactory(DjangoModelFactory):
    class Meta:
        model = LineageMove

    event = factory.SubFactory(LineageEventFactory)
    position = factory.Sequence(lambda number: number + 1)
    quote = factory.SubFactory(QuoteFactory, study=factory.SelfAttribute("..event.theory.study"))
