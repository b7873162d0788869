import factory
from django.contrib.auth.models import User
from factory.django import DjangoModelFactory

from programmes.models import Author, Membership, Programme, Reference, Study


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"user{number}")


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    slug = factory.Sequence(lambda number: f"programme{number}")
    name = "Peer support"


class StudyFactory(DjangoModelFactory):
    class Meta:
        model = Study

    programme = factory.SubFactory(ProgrammeFactory)
    slug = factory.Sequence(lambda number: f"study{number}")
    title = "An evaluation"
    kind = "evaluation"
    visibility = "public"


class AuthorFactory(DjangoModelFactory):
    class Meta:
        model = Author

    study = factory.SubFactory(StudyFactory)
    position = factory.Sequence(lambda number: number)
    family = "Thompson"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    study = factory.SubFactory(StudyFactory)
    user = factory.SubFactory(UserFactory)
    role = "curator"


class ReferenceFactory(DjangoModelFactory):
    class Meta:
        model = Reference

    study = factory.SubFactory(StudyFactory)
    number = factory.Sequence(lambda number: number + 1)
    as_printed = "Pawson R. Realist evaluation. 1997."
    kind = "book"
    title = "Realist evaluation"
