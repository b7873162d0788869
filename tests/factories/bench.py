import factory
from factory.django import DjangoModelFactory

from programmes.models import BenchAct
from tests.factories.studies import StudyFactory, UserFactory


class BenchActFactory(DjangoModelFactory):
    class Meta:
        model = BenchAct

    user = factory.SubFactory(UserFactory)
    study = factory.SubFactory(StudyFactory)
    kind = "coded"
    changes = factory.LazyFunction(lambda: [["programmes.CMOC", 1, None, 1, 1]])
