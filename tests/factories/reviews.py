import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programmes.models import Review
from tests.factories.theory import CMOCFactory


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    cmoc = factory.SubFactory(CMOCFactory)
    number = factory.Sequence(lambda number: number + 1)
    verdict = "agree"
    signed_by = "A. Reviewer"
    signed_date = dt.date(2026, 1, 2)
    wording = factory.LazyFunction(lambda: ["statement: We hope."])
