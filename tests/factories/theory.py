import factory
from factory.django import DjangoModelFactory

from programmes.models import (
    CMOC,
    CMOCActor,
    CMOCBeneficiary,
    CMOCContext,
    CMOCGroup,
    CMOCIntervention,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
    CMOCStrategy,
    Context,
    Intervention,
    Mechanism,
    Outcome,
    PublicSpan,
    Strategy,
    Theory,
)
from tests.factories.services import PopulationFactory, ServiceFactory
from tests.factories.studies import StudyFactory


class TheoryFactory(DjangoModelFactory):
    class Meta:
        model = Theory

    study = factory.SubFactory(StudyFactory)
    slug = factory.Sequence(lambda number: f"theory{number}")
    title = "A theory"
    visibility = "public"


class PublicSpanFactory(DjangoModelFactory):
    class Meta:
        model = PublicSpan

    theory = factory.SubFactory(TheoryFactory)


class CMOCGroupFactory(DjangoModelFactory):
    class Meta:
        model = CMOCGroup

    theory = factory.SubFactory(TheoryFactory)
    number = factory.Sequence(lambda number: number + 1)
    heading = "Theme one"


class ContextFactory(DjangoModelFactory):
    class Meta:
        model = Context

    theory = factory.SubFactory(TheoryFactory)
    key = factory.Sequence(lambda number: f"context{number}")
    label = "Matched peer"


class MechanismFactory(DjangoModelFactory):
    class Meta:
        model = Mechanism

    theory = factory.SubFactory(TheoryFactory)
    key = factory.Sequence(lambda number: f"mechanism{number}")
    label = "Inspired"


class OutcomeFactory(DjangoModelFactory):
    class Meta:
        model = Outcome

    theory = factory.SubFactory(TheoryFactory)
    key = factory.Sequence(lambda number: f"outcome{number}")
    label = "Hope"


class InterventionFactory(DjangoModelFactory):
    class Meta:
        model = Intervention

    theory = factory.SubFactory(TheoryFactory)
    key = factory.Sequence(lambda number: f"intervention{number}")
    label = "A weekly group"


class StrategyFactory(DjangoModelFactory):
    class Meta:
        model = Strategy

    theory = factory.SubFactory(TheoryFactory)
    key = factory.Sequence(lambda number: f"strategy{number}")
    label = "Train peers"


class CMOCFactory(DjangoModelFactory):
    class Meta:
        model = CMOC

    theory = factory.SubFactory(TheoryFactory)
    number = factory.Sequence(lambda number: number + 1)
    title = "Role model"
    statement = "Where a peer is matched, hope grows."


class CMOCContextFactory(DjangoModelFactory):
    class Meta:
        model = CMOCContext

    cmoc = factory.SubFactory(CMOCFactory)
    context = factory.SubFactory(ContextFactory, theory=factory.SelfAttribute("..cmoc.theory"))


class CMOCMechanismFactory(DjangoModelFactory):
    class Meta:
        model = CMOCMechanism

    cmoc = factory.SubFactory(CMOCFactory)
    mechanism = factory.SubFactory(MechanismFactory, theory=factory.SelfAttribute("..cmoc.theory"))


class CMOCOutcomeFactory(DjangoModelFactory):
    class Meta:
        model = CMOCOutcome

    cmoc = factory.SubFactory(CMOCFactory)
    outcome = factory.SubFactory(OutcomeFactory, theory=factory.SelfAttribute("..cmoc.theory"))


class CMOCInterventionFactory(DjangoModelFactory):
    class Meta:
        model = CMOCIntervention

    cmoc = factory.SubFactory(CMOCFactory)
    intervention = factory.SubFactory(InterventionFactory, theory=factory.SelfAttribute("..cmoc.theory"))


class CMOCStrategyFactory(DjangoModelFactory):
    class Meta:
        model = CMOCStrategy

    cmoc = factory.SubFactory(CMOCFactory)
    strategy = factory.SubFactory(StrategyFactory, theory=factory.SelfAttribute("..cmoc.theory"))


class CMOCActorFactory(DjangoModelFactory):
    class Meta:
        model = CMOCActor

    cmoc = factory.SubFactory(CMOCFactory)
    population = factory.SubFactory(PopulationFactory, study=factory.SelfAttribute("..cmoc.theory.study"))


class CMOCBeneficiaryFactory(DjangoModelFactory):
    class Meta:
        model = CMOCBeneficiary

    cmoc = factory.SubFactory(CMOCFactory)
    population = factory.SubFactory(PopulationFactory, study=factory.SelfAttribute("..cmoc.theory.study"))


class CMOCServiceFactory(DjangoModelFactory):
    class Meta:
        model = CMOCService

    cmoc = factory.SubFactory(CMOCFactory)
    service = factory.SubFactory(ServiceFactory, study=factory.SelfAttribute("..cmoc.theory.study"))
