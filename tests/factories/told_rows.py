from factory.django import DjangoModelFactory

from programmes.models import RowToTell, Telling, ToldRow, ToldTo, Touch


class TouchFactory(DjangoModelFactory):
    class Meta:
        model = Touch

    kind = "programmes.quote"
    record = 1


class RowToTellFactory(DjangoModelFactory):
    class Meta:
        model = RowToTell

    resource = "quotes"
    record = 1


class ToldRowFactory(DjangoModelFactory):
    class Meta:
        model = ToldRow

    resource = "quotes"
    key = "s1:q1"
    study = 1
    record = 1
    place = 1
    told_to = ToldTo.EVERYBODY
    least_rank = 2


class TellingFactory(DjangoModelFactory):
    class Meta:
        model = Telling

    resources = "quotes"
