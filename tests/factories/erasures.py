import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programmes.models import ErasedRun, Erasure, LetIn, Restoration

DAY = dt.date(2026, 3, 4)


class ErasureFactory(DjangoModelFactory):
    class Meta:
        model = Erasure

    kind = "passage"
    study_slug = "study"
    reason = "A real name"
    signed_by = "Ada"
    signed_date = DAY
    secret = "x"


class LetInFactory(DjangoModelFactory):
    class Meta:
        model = LetIn

    erasure = factory.SubFactory(ErasureFactory)
    reason = "Somebody else said it"
    signed_by = "Ada"
    signed_date = DAY
    runs = 1


class ErasedRunFactory(DjangoModelFactory):
    class Meta:
        model = ErasedRun

    erasure = factory.SubFactory(ErasureFactory)
    erased = 8
    value = 1


class RestorationFactory(DjangoModelFactory):
    class Meta:
        model = Restoration

    backup = "realist-20260304T050607Z.backup"
    erasures_known = 1
    erasures_listed = 2
