import factory
from factory.django import DjangoModelFactory

from programmes.models import (
    Delivery,
    DeliveryMode,
    PersonKind,
    Population,
    Sector,
    Service,
    ServiceLocation,
    ServicePlace,
    ServiceSector,
)
from tests.factories.studies import StudyFactory


class StudyListFactory(DjangoModelFactory):
    """An entry of a list of a study."""

    class Meta:
        abstract = True

    study = factory.SubFactory(StudyFactory)
    key = factory.Sequence(lambda number: f"entry{number}")
    label = factory.LazyAttribute(lambda entry: entry.key.replace("-", " ").capitalize())


class PersonKindFactory(StudyListFactory):
    asked = "yes"

    class Meta:
        model = PersonKind


class SectorFactory(StudyListFactory):
    class Meta:
        model = Sector


class ServicePlaceFactory(StudyListFactory):
    class Meta:
        model = ServicePlace


class DeliveryModeFactory(StudyListFactory):
    class Meta:
        model = DeliveryMode


class ServiceFactory(DjangoModelFactory):
    """A service; a sector may be named by its key."""

    class Meta:
        model = Service
        skip_postgeneration_save = True

    study = factory.SubFactory(StudyFactory)
    number = factory.Sequence(lambda number: f"s{number}")
    service_type = "Charity"
    location = "Birmingham"
    programme_text = "One to one"

    @factory.post_generation
    def sector(self, create, key, **_):
        if create and key:
            same = Sector.objects.filter(study=self.study, key=key).first()
            ServiceSectorFactory(service=self, sector=same or SectorFactory(study=self.study, key=key))


class ServiceSectorFactory(DjangoModelFactory):
    class Meta:
        model = ServiceSector

    service = factory.SubFactory(ServiceFactory)
    sector = factory.SubFactory(SectorFactory, study=factory.SelfAttribute("..service.study"))


class ServiceLocationFactory(DjangoModelFactory):
    class Meta:
        model = ServiceLocation

    service = factory.SubFactory(ServiceFactory)
    place = factory.SubFactory(ServicePlaceFactory, study=factory.SelfAttribute("..service.study"))


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    service = factory.SubFactory(ServiceFactory)
    mode = factory.SubFactory(DeliveryModeFactory, study=factory.SelfAttribute("..service.study"))
    offered = "yes"


class PopulationFactory(DjangoModelFactory):
    class Meta:
        model = Population

    study = factory.SubFactory(StudyFactory)
    key = factory.Sequence(lambda number: f"population{number}")
    label = "Young person"
