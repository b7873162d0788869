import factory
from factory.django import DjangoModelFactory

from programmes.models import Delivery, Population, Service
from tests.factories.studies import StudyFactory


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service

    study = factory.SubFactory(StudyFactory)
    number = factory.Sequence(lambda number: f"s{number}")
    service_type = "Charity"
    sector = "charity"
    location = "Birmingham"
    programme_text = "One to one"


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    service = factory.SubFactory(ServiceFactory)
    mode = "online"
    offered = "yes"


class PopulationFactory(DjangoModelFactory):
    class Meta:
        model = Population

    study = factory.SubFactory(StudyFactory)
    key = factory.Sequence(lambda number: f"population{number}")
    label = "Young person"
    kind = "child"
