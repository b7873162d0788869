import factory
from factory.django import DjangoModelFactory

from programmes.models import ImportReport, Upload
from tests.factories.studies import StudyFactory, UserFactory


class UploadFactory(DjangoModelFactory):
    class Meta:
        model = Upload

    uploader = factory.SubFactory(UserFactory)
    study = factory.SubFactory(StudyFactory)
    kind = "transcript"
    name = "talk.txt"
    content = factory.LazyFunction(
        lambda: {"text": "P1: Yes.", "left_out": [], "turns": [], "pages": [], "proposed": {}}
    )


class ImportReportFactory(DjangoModelFactory):
    class Meta:
        model = ImportReport

    study = factory.SubFactory(StudyFactory)
    kind = "transcript"
    signed_by = "Ada"
    files = factory.LazyFunction(lambda: [{"record": "i1", "facts": {}, "left_out": []}])
