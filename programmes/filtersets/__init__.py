"""What lists can be filtered by: one FilterSet for each model, shared by pages, API and exports.

A filter that follows a relation looks only at rows that the reader may see, so that no count gives a private row away.
"""

from programmes.filtersets.base import NOT_GIVEN, UNKNOWN_KEY, KeyFilter, VisibleFilterSet, matching_words
from programmes.filtersets.curation import MemoFilterSet
from programmes.filtersets.evidence import EvidenceFilterSet, QuoteFilterSet
from programmes.filtersets.lineage import LineageFilterSet
from programmes.filtersets.services import PopulationFilterSet, ServiceFilterSet
from programmes.filtersets.studies import ProgrammeFilterSet, ReferenceFilterSet, StudyFilterSet
from programmes.filtersets.theory import (
    CMOCFilterSet,
    CMOCGroupFilterSet,
    ContextFilterSet,
    MechanismFilterSet,
    OutcomeFilterSet,
    TheoryFilterSet,
)
from programmes.filtersets.theory_notes import (
    CaveatFilterSet,
    CMOCLinkFilterSet,
    ReportingAnswerFilterSet,
    SubstantiveTheoryFilterSet,
)

__all__ = [
    "NOT_GIVEN",
    "UNKNOWN_KEY",
    "CMOCFilterSet",
    "CMOCGroupFilterSet",
    "CMOCLinkFilterSet",
    "CaveatFilterSet",
    "ContextFilterSet",
    "EvidenceFilterSet",
    "KeyFilter",
    "LineageFilterSet",
    "MechanismFilterSet",
    "MemoFilterSet",
    "OutcomeFilterSet",
    "PopulationFilterSet",
    "ProgrammeFilterSet",
    "QuoteFilterSet",
    "ReferenceFilterSet",
    "ReportingAnswerFilterSet",
    "ServiceFilterSet",
    "StudyFilterSet",
    "SubstantiveTheoryFilterSet",
    "TheoryFilterSet",
    "VisibleFilterSet",
    "matching_words",
]
