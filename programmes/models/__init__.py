"""The data model. Each module is named by its noun; imports go from studies to curation."""

from programmes.models.base import CuratedModel, StaleVersionError
from programmes.models.bench import BenchAct
from programmes.models.curation import Memo, is_about
from programmes.models.erasures import ErasedRun, Erasure, LetIn
from programmes.models.evidence import EditorialMark, Evidence, Quote
from programmes.models.invitations import Invitation
from programmes.models.lineage import LineageEvent, LineageMove, LineageStep
from programmes.models.participants import Participant
from programmes.models.parts import (
    CMOCActor,
    CMOCBeneficiary,
    CMOCContext,
    CMOCIntervention,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
    CMOCStrategy,
)
from programmes.models.public_spans import PublicSpan
from programmes.models.reporting import ReportingAnswer
from programmes.models.restorations import Restoration
from programmes.models.reviews import Review
from programmes.models.second_codings import SecondCode, SecondCoding
from programmes.models.services import Delivery, Population, Service, ServiceLocation, ServiceSector
from programmes.models.sign_in import TokenSeal, TooManyTriesError, WrongTries
from programmes.models.sources import Source
from programmes.models.speakers import Speaker
from programmes.models.studies import Author, Membership, Programme, Reference, Study
from programmes.models.study_lists import DeliveryMode, PersonKind, Sector, ServicePlace, StudyListEntry
from programmes.models.theory import (
    CMOC,
    CMOCGroup,
    Context,
    Element,
    Intervention,
    Mechanism,
    Outcome,
    Strategy,
    Theory,
)
from programmes.models.theory_notes import (
    Caveat,
    CMOCLink,
    Reading,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    SubstantiveTheoryReference,
)
from programmes.models.told_rows import RowToTell, Telling, ToldRow, ToldTo, Touch
from programmes.models.uploads import ImportReport, Upload

__all__ = [
    "CMOC",
    "Author",
    "BenchAct",
    "CMOCActor",
    "CMOCBeneficiary",
    "CMOCContext",
    "CMOCGroup",
    "CMOCIntervention",
    "CMOCLink",
    "CMOCMechanism",
    "CMOCOutcome",
    "CMOCService",
    "CMOCStrategy",
    "Caveat",
    "Context",
    "CuratedModel",
    "Delivery",
    "DeliveryMode",
    "EditorialMark",
    "Element",
    "ErasedRun",
    "Erasure",
    "Evidence",
    "ImportReport",
    "Intervention",
    "Invitation",
    "LetIn",
    "LineageEvent",
    "LineageMove",
    "LineageStep",
    "Mechanism",
    "Membership",
    "Memo",
    "Outcome",
    "Participant",
    "PersonKind",
    "Population",
    "Programme",
    "PublicSpan",
    "Quote",
    "Reading",
    "Reference",
    "ReportingAnswer",
    "Restoration",
    "Review",
    "RowToTell",
    "SecondCode",
    "SecondCoding",
    "Sector",
    "Service",
    "ServiceLocation",
    "ServicePlace",
    "ServiceSector",
    "Source",
    "Speaker",
    "StaleVersionError",
    "Strategy",
    "Study",
    "StudyListEntry",
    "SubstantiveTheory",
    "SubstantiveTheoryLink",
    "SubstantiveTheoryReference",
    "Telling",
    "Theory",
    "TokenSeal",
    "ToldRow",
    "ToldTo",
    "TooManyTriesError",
    "Touch",
    "Upload",
    "WrongTries",
    "is_about",
]
