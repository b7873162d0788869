"""The field table: of every field of every curated record, where it is seen, whose words it holds and who may read it.

A field is seen everywhere unless a line below says why not and where it is seen instead, so a new field needs no line
as long as it is in the admin, the API, on a page and in the package, is searched if it is a text, and opens the review
again if it says something of a CMOC. A test plants a value in every field and holds the table true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import TextChoices

from programmes.integrity.access import NOBODY
from programmes.integrity.known_dates import KnownDateField
from programmes.integrity.text import LinesField
from programmes.models import configuration
from programmes.models.base import CuratedModel
from programmes.models.curation import Memo
from programmes.models.evidence import EditorialMark, Evidence, Quote
from programmes.models.lineage import LineageEvent, LineageMove, LineageStep
from programmes.models.participants import Participant
from programmes.models.parts import CMOCActor, CMOCBeneficiary, CMOCIntervention, CMOCPart, CMOCService
from programmes.models.quote_masks import SHOWN
from programmes.models.reporting import ReportingAnswer
from programmes.models.reviews import Review
from programmes.models.second_codings import SecondCode, SecondCoding
from programmes.models.services import Delivery, Population, Service
from programmes.models.sources import Source
from programmes.models.speakers import Speaker
from programmes.models.studies import Author, Membership, Programme, Reference, Study
from programmes.models.study_lists import DeliveryMode, PersonKind, Sector, ServicePlace
from programmes.models.theory import CMOC, CMOCGroup, Intervention, Mechanism, Outcome, Strategy, Theory
from programmes.models.theory_notes import (
    Caveat,
    CMOCLink,
    Reading,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    SubstantiveTheoryReference,
)
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    Entry = models.Field[Any, Any]

Model = type[CuratedModel]


class Layer(TextChoices):
    """Whose words a field holds."""

    PARTICIPANT = "participant", "Participants’ words"  # somebody who took part said or wrote them
    AUTHORS = "authors", "Authors’ statement"  # as the authors of the study put it, printed or written for their team
    CURATOR = "curator", "Curator’s reading"  # whoever reads, sorts or judges here put it so
    RECORD = "record", "Facts of the record"  # keys, dates, numbers, names and permissions: nobody's reading
    NONE = "none", "No words"  # which record it belongs to, or its place among others


class SeenIn(TextChoices):
    """Where a field is seen."""

    ADMIN = "admin", "Admin"  # in the form of its record, or of the record above it
    API = "api", "API"  # in a row of a resource
    PAGE = "page", "Page"  # on a page of the site, or a screen of the team
    PACKAGE = "package", "Package"  # in the theory package, written and read back
    SEARCH = "search", "Search"  # its words lead to the record
    REVIEW = "review", "Review"  # a change of it opens the CMOC's review again


NO_TEXT = "only texts are searched"
BESIDE = "it is no part of what a CMOC says"


@dataclass(frozen=True)
class FieldLine:
    """Fields of which a line of the table says something."""

    models: tuple[Model, ...]  # none: every model that has the fields
    fields: str  # their names, with spaces between; none: every field of the models

    def names(self, model: Model, name: str) -> bool:
        """Say whether a field is among them."""
        return (not self.models or model in self.models) and (not self.fields or name in self.fields.split())


@dataclass(frozen=True)
class Unseen(FieldLine):
    """Fields that are not seen in one place or in several: why not, and where they are seen instead."""

    where: tuple[SeenIn, ...]
    why: str


@dataclass(frozen=True)
class Words(FieldLine):
    """Fields that hold the words of one layer; where a line names none, the texts of the models that no other names."""

    layer: Layer


@dataclass(frozen=True)
class Restricted(FieldLine):
    """Fields that a greater role reads than the record: who spoke, on what terms, and what was said around a quote."""

    role: TeamRole
    also_reviewers: bool = False  # whether reviewers read them too, of what is put to them


@dataclass(frozen=True)
class FieldRow:
    """One field: where it is not seen and why, its layer, the least role that reads it, what can cover its letters.

    Without a least role everybody may read it, of records that are public. Letters that can be masked may be put over
    one by one, as when a name was overlooked, and the record still stands.
    """

    model: Model
    name: str
    unseen: dict[SeenIn, str]
    layer: Layer
    least_role: TeamRole | None
    maskable: bool
    shown_instead: str  # what everybody but the team reads, where masks may cover words of it


# What is read of a record where another names it, by a lesser role than may read the record itself.
NAMED_BESIDE: dict[Model, dict[str, TeamRole | None]] = {
    Participant: dict.fromkeys(("role", "service", "service_basis")),
    Source: {"key": TeamRole.REVIEWER, "kind": None, "reference": None},
}
COVERED: dict[tuple[Model, str], str] = {(Quote, name): copy for name, copy in SHOWN.items()}  # texts that have masks
# Texts that are keys, addresses or sums, or are compared with others.
COMPARED: set[tuple[Model, str]] = {
    (Service, "number"),
    (Source, "sha256"),
    (Study, "doi"),
    (Reference, "doi"),
}

AUTHORS, CURATOR, PARTICIPANT, RECORD = Layer.AUTHORS, Layer.CURATOR, Layer.PARTICIPANT, Layer.RECORD
ADMIN, API, PAGE, PACKAGE, SEARCH, REVIEW = SeenIn
ELEMENTS = tuple(kind.model for kind in configuration.ELEMENTS)
WORDINGS = tuple(kind.link for kind in configuration.ELEMENTS)

WORDS: list[Words] = [
    Words((Programme, Study, Reference, Service, Delivery, Population, Participant, EditorialMark), "", AUTHORS),
    Words((Theory, CMOC, CMOCGroup, *WORDINGS, CMOCActor, CMOCService), "", AUTHORS),
    Words((Caveat, SubstantiveTheory, LineageEvent), "", AUTHORS),
    Words((PersonKind, Sector, ServicePlace, DeliveryMode), "", CURATOR),
    Words((*ELEMENTS, CMOCBeneficiary, CMOCLink, SubstantiveTheoryLink, Evidence, Reading, Memo, Source), "", CURATOR),
    Words((Quote,), "", PARTICIPANT),
    Words((Source,), "text", PARTICIPANT),
    Words((Quote,), "label_as_printed", AUTHORS),
    Words((Service,), "name", CURATOR),
    Words((Programme,), "synonyms", CURATOR),
    Words((Review,), "wording", AUTHORS),
    Words((ReportingAnswer,), "answer note", CURATOR),
    Words((), "service_note consent_note disclosure_note licence_note comment", CURATOR),
    Words((), "offered hedge status verdict basis service_basis level distance valence intention slot", CURATOR),
    Words((Theory,), "question summary key_messages form stage", CURATOR),
    Words((LineageEvent,), "reason", CURATOR),
    Words((Population, Mechanism, Caveat, CMOCLink, Memo), "kind origin", CURATOR),
    Words((Evidence, SecondCode), "role", CURATOR),
    Words((), "signed_by disclosure_checked_by interviewer locator sha256 number", RECORD),
    Words((), "citation container_title volume issue page year publisher publisher_place doi accessed licence", RECORD),
    Words((Programme, Study, Theory, Source, Reference, SubstantiveTheory), "name title authors as_printed", RECORD),
    Words((CMOC,), "label figure", RECORD),
    Words((Author, Speaker), "", RECORD),
    Words((Source, Quote), "turns pieces masks", RECORD),
    Words((Speaker,), "kind", CURATOR),
]

KEPT_BY_KEY = "a review keeps the key of what a CMOC names, and the CMOC’s own wording of it"
REFERENCE_UNSHOWN = "kind container_title publisher publisher_place volume issue page doi url accessed"
SOURCE_UNSHOWN = "participant kind interviewer collected_date note sha256"
STUDY_UNSEARCHED = (
    "design data_collection analysis analysis_steps involvement reporting_standard ethics_body ethics_reference "
    "funding data_availability container_title volume issue page doi keywords licence licence_note"
)
QUOTE_UNSEARCHED = "text_as_printed shown_as_printed pieces masks prefix suffix disclosure_checked_by disclosure_note"
SERVICE_UNREVIEWED = (
    "study name service_type sector_reporting location location_reporting programme_text programme_text_reporting"
)
ABSENCES_OF_THEORY = "statements_absence quotes_absence caveats_absence"
ABSENCES_OF_STUDY = "services_absence documents_absence participants_absence"
HELD_BESIDE = "what is there speaks for itself; the word is seen where nothing is"
CMOC_UNREVIEWED = "statement_reporting services_reporting services_as_extracted people_reporting people_as_extracted"

RESTRICTED: list[Restricted] = [
    Restricted((Quote,), "participant source consent disclosure_note pieces", TeamRole.CURATOR),
    Restricted((Quote,), "start end prefix suffix", TeamRole.CURATOR, also_reviewers=True),
    Restricted((Source,), "text", TeamRole.CURATOR, also_reviewers=True),  # the turns that these quotes stand in
    Restricted((Quote,), f"{' '.join(SHOWN)} masks", TeamRole.READER),
]
KNOWN_WITH_RECORD = {"visibility", "predecessor"}  # whoever reads the record knows the one, and filters by the other
UNSEEN: list[Unseen] = [
    # What is nobody's business outside the team, or its curators.
    Unseen((Membership,), "", (API, PAGE, PACKAGE), "the team is listed in the form of the study, for its leads"),
    Unseen((Participant,), "pseudonym", (API,), "curators read it in the admin, and beside speakers"),
    Unseen(
        (Participant,),
        "label_as_printed role_reporting service_note consent_scope consent_note withdrawn_date",
        (API, PAGE),
        "curators read it in the admin; of a participant others see role and service, beside the quotes",
    ),
    Unseen((SecondCoding, SecondCode), "", (API,), "transcripts are read on the screens of the team alone"),
    Unseen((Source,), f"title text {SOURCE_UNSHOWN}", (API,), "sources are read on the screens of the team alone"),
    Unseen((Source,), SOURCE_UNSHOWN, (PAGE,), "curators read it in the admin"),
    Unseen((Source,), "turns", (ADMIN, API), "given once with the text, and read on the coding screen"),
    Unseen((Speaker,), "", (ADMIN, API), "it is said on the screen of a source who speaks"),
    Unseen((Quote,), "pieces", (ADMIN, API, PAGE), "the words of a quote are read with their breaks"),
    Unseen((Quote,), "masks", (ADMIN, API, PAGE), "words are covered and uncovered on the screen of disclosure"),
    Unseen((Quote,), "shown_text shown_as_printed", (ADMIN,), "worked out of the text and its masks"),
    Unseen((Source,), "text sha256", (ADMIN,), "the transcript is given once and then read on the coding screen"),
    Unseen((SecondCoding, SecondCode), "", (PACKAGE,), "it belongs to an account, and accounts do not travel"),
    Unseen((SecondCode,), "", (ADMIN,), "what was coded blind is read on the screen of agreement"),
    Unseen((SecondCode,), "coding", (PAGE,), "the screen of agreement is about one coding at a time"),
    Unseen((SecondCoding,), "analyst", (ADMIN, PAGE), "signed_by names whose account it is"),
    Unseen((SecondCoding,), "started_date", (PAGE,), "in the admin; the screen of agreement says when it was finished"),
    Unseen((Review,), "reviewer", (ADMIN, API, PACKAGE), "signed_by names whose account it is"),
    Unseen(
        (Quote,),
        "consent disclosure_note start end prefix suffix",
        (API, PAGE),
        "the team reads it in the admin, and a span as marked words on the coding screen",
    ),
    Unseen((Study, Theory), "visibility", (PAGE,), "it decides who reads the page"),
    Unseen((Study, Theory), "visibility", (API,), "it decides who gets the row"),
    Unseen((Reading,), "shown", (API,), "it decides who gets the row"),
    # What stands in an order, and what a place in the admin or on a page implies.
    Unseen((LineageStep, LineageMove), "position", (ADMIN,), "rows stand in their order"),
    Unseen((CMOC,), "review_asked_date", (ADMIN,), "it is given by putting the CMOC to reviewers"),
    Unseen((LineageStep,), "status_before", (PAGE,), "kept for taking the decision back; in the admin and the API"),
    Unseen((CMOCLink, Review, Sector, ServicePlace, DeliveryMode), "number", (PAGE,), "rows stand in its order"),
    Unseen((Programme, SubstantiveTheory), "slug key", (PAGE,), "it has no page of its own; in the API"),
    Unseen((Reference,), REFERENCE_UNSHOWN, (PAGE,), "the page shows the reference as it is printed"),
    Unseen((Source,), "reference", (API, PAGE), "sources are their team’s alone; quotes of a document name the work"),
    # What no page or answer gives yet.
    Unseen((Author, Study), "affiliation keywords", (PAGE,), "not shown yet; in the API"),
    Unseen((ReportingAnswer,), "", (PAGE,), "on the desk’s checklist, and in the appendix"),
    Unseen((Population,), "description", (PAGE,), "not shown yet; in the API"),
    Unseen((PersonKind,), "study key number", (PAGE,), "rows stand in its order; in the API"),
    Unseen((Theory,), "predecessor figure_title figure_legend", (PAGE,), "not shown yet; in the admin"),
    Unseen((Theory,), "cmoc_order", (PAGE, SEARCH), "its CMOCs stand in it"),
    Unseen((SubstantiveTheory,), "citation_as_printed informs_all", (PAGE,), "not shown yet; in the API"),
    Unseen((SubstantiveTheoryReference,), "", (PAGE,), "the page cites by author and year; in the API"),
    Unseen((Study,), "reviews_required", (API,), "not given yet; on the pages of CMOCs"),
    Unseen((Theory,), "predecessor", (API,), "not given yet, but a filter; in the admin"),
    Unseen((Intervention, Strategy), "description level", (API,), "not given yet; key and label stand in the CMOCs"),
    Unseen((Reference,), "url", (API,), "not given yet; in the admin"),
    Unseen((Theory,), ABSENCES_OF_THEORY, (API, PAGE, PACKAGE), HELD_BESIDE),
    Unseen((Study,), ABSENCES_OF_STUDY, (API, PAGE, PACKAGE), HELD_BESIDE),
    # Texts whose words are not searched.
    Unseen((), "locator signed_by note", (SEARCH,), "it stands beside what is searched"),
    Unseen((Programme,), "synonyms", (PAGE,), "it widens the search; in the admin and the API"),
    Unseen((PersonKind, Sector, ServicePlace, DeliveryMode), "label", (SEARCH,), "read with what it groups"),
    Unseen((Programme, Population, Delivery), "", (SEARCH,), "no page of its own; read with the study"),
    Unseen((Author,), "suffix affiliation", (SEARCH,), "read with the name"),
    Unseen((Participant, Source, Speaker, SecondCoding), "", (SEARCH,), "never in the search, which is for all"),
    Unseen((Study,), STUDY_UNSEARCHED, (SEARCH,), "on the page of the study, found by title, aim, setting, citation"),
    Unseen(
        (Reference,), f"title authors year {REFERENCE_UNSHOWN}", (SEARCH,), "found by the reference as it is printed"
    ),
    Unseen(
        (Theory,),
        "key_messages stage_as_printed figure_title figure_legend context_meaning",
        (SEARCH,),
        "read with the theory",
    ),
    Unseen((CMOC,), "figure services_as_extracted people_as_extracted", (SEARCH,), "read with the CMOC"),
    Unseen((CMOCActor,), "wording", (SEARCH,), "read with the CMOC"),
    Unseen((EditorialMark,), "text", (SEARCH,), "read with the quote"),
    Unseen((Quote,), QUOTE_UNSEARCHED, (SEARCH,), "found by its exact words"),
    Unseen((Evidence,), "note", (SEARCH,), "found by the filter of the evidence, with its quote"),
    Unseen((Reading,), "basis", (SEARCH,), "read with the reading"),
    Unseen((CMOCLink,), "reason target_text", (SEARCH,), "read with the theory"),
    Unseen((SubstantiveTheory,), "citation citation_as_printed used_by", (SEARCH,), "found by name and description"),
    Unseen((LineageEvent,), "reason title_before title_after", (SEARCH,), "read on the page of the decisions"),
    Unseen((Review,), "comment wording", (SEARCH,), "read with the CMOC"),
    # What a review does not keep.
    Unseen(ELEMENTS, "theory label description level kind", (REVIEW,), KEPT_BY_KEY),
    Unseen((Mechanism,), "resource", (REVIEW,), KEPT_BY_KEY),
    Unseen((Outcome,), "distance valence intention", (REVIEW,), KEPT_BY_KEY),
    Unseen((Intervention,), "key", (REVIEW,), "a review keeps the words of what is done, as it did before it had keys"),
    Unseen((CMOCIntervention,), "intervention", (REVIEW,), "a review keeps the CMOC’s own wording of it"),
    Unseen((Population,), "study label description kind", (REVIEW,), KEPT_BY_KEY),
    Unseen((Service,), SERVICE_UNREVIEWED, (REVIEW,), KEPT_BY_KEY),
    Unseen(
        (CMOC,), "theory number label group locator figure status review_asked_date", (REVIEW,), "it claims nothing"
    ),
    Unseen((CMOCBeneficiary,), "signed_by signed_date", (API,), "not given yet; on the page of the CMOC"),
    Unseen((CMOCBeneficiary,), "signed_by signed_date", (REVIEW,), "whose note it is claims nothing"),
    Unseen((CMOC,), CMOC_UNREVIEWED, (REVIEW,), "not kept by a review yet; its change shows in the history"),
]


def add_field_lines(*lines: Unseen | Words) -> None:
    """Add lines of another room to the table."""
    UNSEEN.extend(line for line in lines if isinstance(line, Unseen) and line not in UNSEEN)
    WORDS.extend(line for line in lines if isinstance(line, Words) and line not in WORDS)


def curated_models() -> list[Model]:
    """Return every curated model."""
    return [model for model in apps.get_models() if issubclass(model, CuratedModel)]


def fields_of(model: Model) -> list[Entry]:
    """Return the fields of a model that the table has a row for: all but those that every model has."""
    return [entry for entry in model._meta.concrete_fields if entry.name not in {"id", "version"}]


def is_text(entry: Entry) -> bool:
    """Say whether people write a field in words: keys, addresses and terms of the vocabulary are no such fields."""
    return (
        isinstance(entry, models.CharField | models.TextField | LinesField)
        and not isinstance(entry, models.SlugField | models.URLField | KnownDateField)
        and not entry.choices
    )


def said_by_cmocs() -> set[type[models.Model]]:
    """Return the models that a CMOC is made of: itself, its parts and what they point at."""
    parts = CMOCPart.__subclasses__()
    ends = {entry.related_model for part in parts for entry in part._meta.concrete_fields if entry.is_relation}
    return {CMOC, *parts, *ends}  # type: ignore[arg-type]  # the relations of parts lead to models


def unseen_in(model: Model, entry: Entry) -> dict[SeenIn, str]:
    """Return where a field is not seen, and why."""
    found = {} if is_text(entry) or entry.name in model.called else {SeenIn.SEARCH: NO_TEXT}
    if model not in said_by_cmocs():
        found[SeenIn.REVIEW] = BESIDE
    for line in UNSEEN:
        if line.names(model, entry.name):
            found |= dict.fromkeys(line.where, line.why)
    return found


def layer_of(model: Model, name: str) -> Layer:
    """Return whose words a field holds."""
    entry = model._meta.get_field(name)
    lines = [line for line in WORDS if line.names(model, name)]
    named = [line.layer for line in lines if line.fields]
    found = named or [line.layer for line in lines if is_text(entry)]  # type: ignore[arg-type]  # no relation back
    if found:
        return found[-1]
    return Layer.NONE if entry.is_relation or name == "position" else Layer.RECORD


def least_role(model: Model, name: str) -> TeamRole | None:
    """Return the least role in the team that reads a field; None where it is public with its record."""
    if name in NAMED_BESIDE.get(model, {}):
        return NAMED_BESIDE[model][name]
    if (line := restriction_of(model, name)) is not None:
        return TeamRole.REVIEWER if line.also_reviewers else line.role
    unseen = unseen_in(model, model._meta.get_field(name))  # type: ignore[arg-type]  # as above
    if model.access.public_if == NOBODY:
        return model.access.private_role
    if name in KNOWN_WITH_RECORD:
        return None
    public = SeenIn.API not in unseen or SeenIn.PAGE not in unseen
    return None if public else TeamRole.READER


def restriction_of(model: Model, name: str) -> Restricted | None:
    """Return the line that gives a field to a greater role than its record has, if there is one."""
    return next((line for line in RESTRICTED if line.names(model, name)), None)


def is_maskable(model: Model, name: str) -> bool:
    """Say whether letters of a field can be put over without harm to a key, an address or a comparison."""
    return is_text(model._meta.get_field(name)) and (model, name) not in COMPARED  # type: ignore[arg-type]  # as above


def field_row(model: Model, name: str) -> FieldRow:
    """Return the row of one field."""
    entry = model._meta.get_field(name)
    return FieldRow(
        model,
        name,
        unseen_in(model, entry),  # type: ignore[arg-type]  # no relation back
        layer_of(model, name),
        least_role(model, name),
        is_maskable(model, name),
        COVERED.get((model, name), ""),
    )


def field_table() -> Iterator[FieldRow]:
    """Yield the row of every field of every curated model."""
    for model in curated_models():
        for entry in fields_of(model):
            yield field_row(model, entry.name)
