import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programmes.models import (
    Caveat,
    CMOCLink,
    Reading,
    ReportingAnswer,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    SubstantiveTheoryReference,
)
from tests.factories.studies import ReferenceFactory
from tests.factories.theory import CMOCFactory, TheoryFactory


class ReadingFactory(DjangoModelFactory):
    class Meta:
        model = Reading

    cmoc = factory.SubFactory(CMOCFactory)
    kind = "plain-summary"
    text = "A peer shows that things can get better."
    signed_by = "A. Curator"
    signed_date = dt.date(2026, 1, 2)


class CaveatFactory(DjangoModelFactory):
    class Meta:
        model = Caveat

    theory = factory.SubFactory(TheoryFactory)
    number = factory.Sequence(lambda number: number + 1)
    kind = "scope"
    text = "Not where peers are few."


class ReportingAnswerFactory(DjangoModelFactory):
    class Meta:
        model = ReportingAnswer

    theory = factory.SubFactory(TheoryFactory)
    item = 7
    answer = "yes"
    locator = "p. 4"
    signed_by = "A. Curator"
    signed_date = dt.date(2026, 1, 2)


class CMOCLinkFactory(DjangoModelFactory):
    class Meta:
        model = CMOCLink

    theory = factory.SubFactory(TheoryFactory)
    number = factory.Sequence(lambda number: number + 1)
    kind = "reinforces"
    source_cmoc = factory.SubFactory(CMOCFactory, theory=factory.SelfAttribute("..theory"))
    target_text = "A better life"
    reason = "The authors say so."


class SubstantiveTheoryFactory(DjangoModelFactory):
    class Meta:
        model = SubstantiveTheory

    theory = factory.SubFactory(TheoryFactory)
    key = factory.Sequence(lambda number: f"substantive{number}")
    name = "Social learning theory"


class SubstantiveTheoryReferenceFactory(DjangoModelFactory):
    class Meta:
        model = SubstantiveTheoryReference

    substantive_theory = factory.SubFactory(SubstantiveTheoryFactory)
    reference = factory.SubFactory(ReferenceFactory, study=factory.SelfAttribute("..substantive_theory.theory.study"))


class SubstantiveTheoryLinkFactory(DjangoModelFactory):
    class Meta:
        model = SubstantiveTheoryLink

    substantive_theory = factory.SubFactory(SubstantiveTheoryFactory)
    cmoc = factory.SubFactory(CMOCFactory, theory=factory.SelfAttribute("..substantive_theory.theory"))
