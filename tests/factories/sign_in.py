import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from knox.models import AuthToken

from programmes.models import TokenSeal, WrongTries
from tests.factories.studies import UserFactory


class WrongTriesFactory(DjangoModelFactory):
    class Meta:
        model = WrongTries

    key = factory.Sequence(lambda number: f"{number:064}")
    tries = 1
    refused_until = factory.LazyFunction(timezone.now)
    forgotten_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=1))


class TokenSealFactory(DjangoModelFactory):
    class Meta:
        model = TokenSeal

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """Make a token, which is sealed by itself."""
        return AuthToken.objects.create(user=UserFactory())[0].seal
