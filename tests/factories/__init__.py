"""Minimal rows, one factory for each model; what a row points at is made with it and fits it."""

from tests.factories.curation import MemoFactory
from tests.factories.evidence import (
    EditorialMarkFactory,
    EvidenceFactory,
    ParticipantFactory,
    QuoteFactory,
    SourceFactory,
)
from tests.factories.lineage import LineageEventFactory, LineageMoveFactory, LineageStepFactory
from tests.factories.reviews import ReviewFactory
from tests.factories.second_codings import SecondCodeFactory, SecondCodingFactory
from tests.factories.services import DeliveryFactory, PopulationFactory, ServiceFactory
from tests.factories.studies import (
    AuthorFactory,
    MembershipFactory,
    ProgrammeFactory,
    ReferenceFactory,
    StudyFactory,
    UserFactory,
)
from tests.factories.surveys import (
    QuestionFormFactory,
    RespondentRoleFactory,
    SurveyFactory,
    TopicGroupFactory,
)
from tests.factories.theory import (
    CMOCActorFactory,
    CMOCBeneficiaryFactory,
    CMOCContextFactory,
    CMOCFactory,
    CMOCGroupFactory,
    CMOCInterventionFactory,
    CMOCMechanismFactory,
    CMOCOutcomeFactory,
    CMOCServiceFactory,
    CMOCStrategyFactory,
    ContextFactory,
    InterventionFactory,
    MechanismFactory,
    OutcomeFactory,
    StrategyFactory,
    TheoryFactory,
)
from tests.factories.theory_notes import (
    CaveatFactory,
    CMOCLinkFactory,
    ReadingFactory,
    SubstantiveTheoryFactory,
    SubstantiveTheoryLinkFactory,
    SubstantiveTheoryReferenceFactory,
)

__all__ = [
    "AuthorFactory",
    "CMOCActorFactory",
    "CMOCBeneficiaryFactory",
    "CMOCContextFactory",
    "CMOCFactory",
    "CMOCGroupFactory",
    "CMOCInterventionFactory",
    "CMOCLinkFactory",
    "CMOCMechanismFactory",
    "CMOCOutcomeFactory",
    "CMOCServiceFactory",
    "CMOCStrategyFactory",
    "CaveatFactory",
    "ContextFactory",
    "DeliveryFactory",
    "EditorialMarkFactory",
    "EvidenceFactory",
    "InterventionFactory",
    "LineageEventFactory",
    "LineageMoveFactory",
    "LineageStepFactory",
    "MechanismFactory",
    "MembershipFactory",
    "MemoFactory",
    "OutcomeFactory",
    "ParticipantFactory",
    "PopulationFactory",
    "ProgrammeFactory",
    "QuestionFormFactory",
    "QuoteFactory",
    "ReadingFactory",
    "ReferenceFactory",
    "RespondentRoleFactory",
    "ReviewFactory",
    "SecondCodeFactory",
    "SecondCodingFactory",
    "ServiceFactory",
    "SourceFactory",
    "StrategyFactory",
    "StudyFactory",
    "SubstantiveTheoryFactory",
    "SubstantiveTheoryLinkFactory",
    "SubstantiveTheoryReferenceFactory",
    "SurveyFactory",
    "TheoryFactory",
    "TopicGroupFactory",
    "UserFactory",
]
