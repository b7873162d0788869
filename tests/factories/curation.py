import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programmes.models import Memo
from tests.factories.studies import StudyFactory


class MemoFactory(DjangoModelFactory):
    class Meta:
        model = Memo

    study = factory.SubFactory(StudyFactory)
    key = factory.Sequence(lambda number: f"memo{number}")
    kind = "reflexive"
    text = "I come from the services."
    signed_by = "A. Curator"
    signed_date = dt.date(2026, 1, 2)
    visibility = "public"
