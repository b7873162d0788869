"""The public shape of every resource: what a program gets when it asks for it."""

from programmes.api.serializers.base import ResourceSerializer
from programmes.api.serializers.curation import MemoSerializer
from programmes.api.serializers.evidence import EvidenceSerializer, QuoteSerializer
from programmes.api.serializers.lineage import LineageSerializer
from programmes.api.serializers.services import PopulationSerializer, ServiceSerializer
from programmes.api.serializers.studies import ProgrammeSerializer, ReferenceSerializer, StudySerializer
from programmes.api.serializers.theory import (
    CMOCGroupSerializer,
    CMOCSerializer,
    ContextSerializer,
    MechanismSerializer,
    OutcomeSerializer,
    TheorySerializer,
)
from programmes.api.serializers.theory_notes import (
    CaveatSerializer,
    CMOCLinkSerializer,
    ReportingAnswerSerializer,
    SubstantiveTheorySerializer,
)

__all__ = [
    "CMOCGroupSerializer",
    "CMOCLinkSerializer",
    "CMOCSerializer",
    "CaveatSerializer",
    "ContextSerializer",
    "EvidenceSerializer",
    "LineageSerializer",
    "MechanismSerializer",
    "MemoSerializer",
    "OutcomeSerializer",
    "PopulationSerializer",
    "ProgrammeSerializer",
    "QuoteSerializer",
    "ReferenceSerializer",
    "ReportingAnswerSerializer",
    "ResourceSerializer",
    "ServiceSerializer",
    "StudySerializer",
    "SubstantiveTheorySerializer",
    "TheorySerializer",
]
