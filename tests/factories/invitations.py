import factory
from factory.django import DjangoModelFactory

from programmes.models import Invitation
from tests.factories.studies import StudyFactory, UserFactory


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    study = factory.SubFactory(StudyFactory)
    role = "curator"
    digest = factory.Sequence(lambda number: f"{number:064}")
    made_by = factory.SubFactory(UserFactory)
    signed_by = "Ada"
