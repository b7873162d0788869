import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programmes.models import SecondCode, SecondCoding
from tests.factories.evidence import SourceFactory
from tests.factories.theory import CMOCFactory


class SecondCodingFactory(DjangoModelFactory):
    class Meta:
        model = SecondCoding

    source = factory.SubFactory(SourceFactory, text="I hope, therefore we hope.", sha256="0" * 64)
    number = factory.Sequence(lambda number: number + 1)
    signed_by = "A. Analyst"
    started_date = dt.date(2026, 1, 2)


class SecondCodeFactory(DjangoModelFactory):
    class Meta:
        model = SecondCode

    coding = factory.SubFactory(SecondCodingFactory)
    start = 0
    end = 6
    cmoc = factory.SubFactory(CMOCFactory, theory__study=factory.SelfAttribute("...coding.source.study"))
    role = "supports"
