"""The public shape of every resource: what a program gets when it asks for it."""

from django.db.models import Q
from rest_framework import serializers

from programmes.api.rows import LinkField, RowSerializer
from programmes.models import (
    CMOC,
    Author,
    Caveat,
    CMOCActor,
    CMOCBeneficiary,
    CMOCContext,
    CMOCLink,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
    Context,
    Delivery,
    EditorialMark,
    Evidence,
    Mechanism,
    Memo,
    Outcome,
    Population,
    Programme,
    Quote,
    Reading,
    Reference,
    Service,
    Study,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    SubstantiveTheoryReference,
    Theory,
)

ID = "Public key; it stays the same."
URL = "Address of this row in the API."
PAGE = "Address of its page for people."


def links(resource: str, page: str = "") -> dict[str, LinkField]:
    """Return the fields that every resource starts with."""
    found = {"id": LinkField(help_text=ID), "url": LinkField(f"{{site}}/api/v1/{resource}/{{id}}/", help_text=URL)}
    if page:
        found["html_url"] = LinkField(f"{{site}}{page}", help_text=PAGE)
    return found


class ResourceSerializer(RowSerializer):
    """A row with an id and an address of its own."""

    resource = ""
    page = ""

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """Put the id and the addresses first."""
        return {**links(self.resource, self.page), **super().get_fields()}


class SettingSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Where a theory comes from. It travels with everything that is taken out of it."""

    programme = serializers.CharField(source="theory.study.programme.name", help_text="Name of the programme.")
    study = serializers.CharField(source="theory.study.slug", help_text="Public key of the study.")
    study_title = serializers.CharField(source="theory.study.title", help_text="Title of the study.")
    place = serializers.CharField(source="theory.study.setting", help_text="Setting of the study.")
    citation = serializers.CharField(source="theory.study.citation", help_text="How to cite the study.")
    doi = serializers.CharField(source="theory.study.doi", help_text="DOI of the study.")
    licence = serializers.CharField(source="theory.study.licence", help_text="Licence of the source.")
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    theory_title = serializers.CharField(source="theory.title", help_text="Title of the theory.")
    form = serializers.CharField(source="theory.form", help_text="Form of the theory.")
    stage = serializers.CharField(source="theory.stage", help_text="Stage of the theory.")


class NoteSerializer(RowSerializer):
    """A memo of the curators on a record, such as a note on an oddity of the source."""

    class Meta(RowSerializer.Meta):
        model = Memo
        fields = ("key", "kind", "origin", "text", "signed_by", "signed_date")


def notes_on(record: str) -> NoteSerializer:
    """Return the list of the memos on one kind of record."""
    conditions = Q()
    if record == "study":
        others = (
            "theory",
            "cmoc",
            "context",
            "mechanism",
            "outcome",
            "substantive_theory",
            "quote",
            "service",
            "reference",
        )
        conditions = Q(**dict.fromkeys(others))
    elif record == "theory":
        conditions = Q(cmoc=None, context=None, mechanism=None, outcome=None, substantive_theory=None)
    meta = type("Meta", (NoteSerializer.Meta,), {"parent": record, "order": ("key",), "where": conditions})
    name = f"{record.title().replace('_', '')}NoteSerializer"
    serializer = type(name, (NoteSerializer,), {"Meta": meta, "__doc__": NoteSerializer.__doc__})
    return serializer(many=True, help_text="Public memos of the curators on it.")  # type: ignore[no-any-return]


class ProgrammeSerializer(ResourceSerializer):
    """A family of interventions."""

    resource = "programmes"

    class Meta(RowSerializer.Meta):
        model = Programme
        fields = ("slug", "name", "description", "setting", "reach", "deliverers", "directions", "locations")


class AuthorSerializer(RowSerializer):
    """Somebody who wrote the publication of a study."""

    class Meta(RowSerializer.Meta):
        model = Author
        fields = ("position", "given", "family", "affiliation")
        parent = "study"
        order = ("position",)


class StudySerializer(ResourceSerializer):
    """One evaluation or review of a programme."""

    resource = "studies"
    page = "/studies/{0}/"
    programme = serializers.CharField(source="programme.slug", help_text="Public key of the programme.")
    authors = AuthorSerializer(many=True, help_text="In printed order.")
    notes = notes_on("study")

    class Meta(RowSerializer.Meta):
        model = Study
        fields = (
            "slug",
            "title",
            "kind",
            "setting",
            "aim",
            "design",
            "data_collection",
            "analysis",
            "analysis_steps",
            "involvement",
            "reporting_standard",
            "collection_start",
            "collection_end",
            "interviews",
            "ethics_body",
            "ethics_reference",
            "funding",
            "data_availability",
            "citation",
            "container_title",
            "volume",
            "issue",
            "page",
            "published_date",
            "doi",
            "keywords",
            "licence",
            "licence_url",
            "licence_note",
        )


class ReferenceSerializer(ResourceSerializer):
    """A work that a study cites."""

    resource = "references"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    notes = notes_on("reference")

    class Meta(RowSerializer.Meta):
        model = Reference
        fields = (
            "number",
            "as_printed",
            "kind",
            "authors",
            "title",
            "container_title",
            "publisher",
            "publisher_place",
            "year",
            "volume",
            "issue",
            "page",
            "doi",
            "accessed",
        )


class DeliverySerializer(RowSerializer):
    """Whether a service offers a delivery mode, with the table cell that says so."""

    class Meta(RowSerializer.Meta):
        model = Delivery
        fields = ("mode", "offered", "header_as_extracted", "cell_as_extracted")
        parent = "service"
        order = ("mode",)


class QuotedForSerializer(RowSerializer):
    """Evidence from somebody of a service."""

    theory = serializers.CharField(source="cmoc.theory.slug", help_text="Public key of the theory.")
    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")
    quote = serializers.CharField(source="quote.key", help_text="Key of the quote.")

    class Meta(RowSerializer.Meta):
        model = Evidence
        fields = ("role",)
        parent = "quote__participant__service"
        order = ("cmoc__number", "position")


class StatedForSerializer(RowSerializer):
    """A CMOC that the source states to be relevant to a service."""

    theory = serializers.CharField(source="cmoc.theory.slug", help_text="Public key of the theory.")
    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")

    class Meta(RowSerializer.Meta):
        model = CMOCService
        fields = ("locator",)
        parent = "service"
        order = ("cmoc__number",)


class ServiceSerializer(ResourceSerializer):
    """A service of a study: a row of its table of services."""

    resource = "services"
    page = "/studies/{0}/services/{1}/"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    deliveries = DeliverySerializer(many=True, help_text="Delivery modes.")
    quoted_for = QuotedForSerializer(many=True, help_text="For which CMOCs somebody of the service is quoted.")
    stated_for = StatedForSerializer(many=True, help_text="To which CMOCs the source states it to be relevant.")
    notes = notes_on("service")

    class Meta(RowSerializer.Meta):
        model = Service
        fields = (
            "number",
            "service_type",
            "sector",
            "location",
            "location_reporting",
            "programme_text",
            "programme_text_reporting",
        )


class PopulationSerializer(ResourceSerializer):
    """A group of people who act or benefit."""

    resource = "populations"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")

    class Meta(RowSerializer.Meta):
        model = Population
        fields = ("key", "label", "kind", "description")


class TheorySerializer(ResourceSerializer):
    """A programme theory at one stage."""

    resource = "theories"
    page = "/theories/{0}/"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    programme = serializers.CharField(source="study.programme.slug", help_text="Public key of the programme.")
    licence = serializers.CharField(source="study.licence", help_text="Licence of the source.")
    citation = serializers.CharField(source="study.citation", help_text="How to cite the study.")
    notes = notes_on("theory")

    class Meta(RowSerializer.Meta):
        model = Theory
        fields = (
            "slug",
            "title",
            "question",
            "summary",
            "form",
            "stage",
            "stage_as_printed",
            "locator",
            "figure_title",
            "figure_legend",
            "context_meaning",
        )


ELEMENT_FIELDS = ("key", "label", "description", "level")


class ContextUseSerializer(RowSerializer):
    """A CMOC that uses a context, with its wording there."""

    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")

    class Meta(RowSerializer.Meta):
        model = CMOCContext
        fields = ("wording",)
        parent = "context"
        order = ("cmoc__number",)


class MechanismUseSerializer(RowSerializer):
    """A CMOC that uses a mechanism, with its wording there."""

    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")

    class Meta(RowSerializer.Meta):
        model = CMOCMechanism
        fields = ("wording",)
        parent = "mechanism"
        order = ("cmoc__number",)


class OutcomeUseSerializer(RowSerializer):
    """A CMOC that uses an outcome, with its wording there."""

    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")

    class Meta(RowSerializer.Meta):
        model = CMOCOutcome
        fields = ("wording",)
        parent = "outcome"
        order = ("cmoc__number",)


class ContextSerializer(ResourceSerializer):
    """In what circumstances a mechanism is thought to fire."""

    resource = "contexts"
    page = "/theories/{0}/contexts/{1}/"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    cmocs = ContextUseSerializer(many=True, help_text="The CMOCs that use it.")
    notes = notes_on("context")

    class Meta(RowSerializer.Meta):
        model = Context
        fields = ELEMENT_FIELDS


class MechanismSerializer(ResourceSerializer):
    """Why an outcome is thought to come about."""

    resource = "mechanisms"
    page = "/theories/{0}/mechanisms/{1}/"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    paired_resource = serializers.CharField(
        source="resource.key", allow_null=True, help_text="Key of the resource that this reasoning responds to."
    )
    cmocs = MechanismUseSerializer(many=True, help_text="The CMOCs that use it.")
    notes = notes_on("mechanism")

    class Meta(RowSerializer.Meta):
        model = Mechanism
        fields = (*ELEMENT_FIELDS, "kind")


class OutcomeCaveatSerializer(RowSerializer):
    """A caveat on an outcome."""

    class Meta(RowSerializer.Meta):
        model = Caveat
        fields = ("number", "kind", "text", "locator")
        parent = "outcome"
        order = ("number",)


class OutcomeSerializer(ResourceSerializer):
    """What changes."""

    resource = "outcomes"
    page = "/theories/{0}/outcomes/{1}/"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    cmocs = OutcomeUseSerializer(many=True, help_text="The CMOCs that use it.")
    caveats = OutcomeCaveatSerializer(many=True, help_text="What limits it.")
    notes = notes_on("outcome")

    class Meta(RowSerializer.Meta):
        model = Outcome
        fields = (*ELEMENT_FIELDS, "distance", "valence", "intention")


class ContextInCMOCSerializer(RowSerializer):
    """A context in the words of a CMOC."""

    context = serializers.CharField(source="context.key", help_text="Key of the context.")
    label = serializers.CharField(source="context.label", help_text="The curator's short wording.")

    class Meta(RowSerializer.Meta):
        model = CMOCContext
        fields = ("wording",)
        parent = "cmoc"
        order = ("position",)


class MechanismInCMOCSerializer(RowSerializer):
    """A mechanism in the words of a CMOC."""

    mechanism = serializers.CharField(source="mechanism.key", help_text="Key of the mechanism.")
    label = serializers.CharField(source="mechanism.label", help_text="The curator's short wording.")
    kind = serializers.CharField(source="mechanism.kind", help_text="Resource, reasoning or unspecified.")

    class Meta(RowSerializer.Meta):
        model = CMOCMechanism
        fields = ("wording",)
        parent = "cmoc"
        order = ("position",)


class OutcomeInCMOCSerializer(RowSerializer):
    """An outcome in the words of a CMOC."""

    outcome = serializers.CharField(source="outcome.key", help_text="Key of the outcome.")
    label = serializers.CharField(source="outcome.label", help_text="The curator's short wording.")

    class Meta(RowSerializer.Meta):
        model = CMOCOutcome
        fields = ("wording",)
        parent = "cmoc"
        order = ("position",)


class ActorSerializer(RowSerializer):
    """A group of people who act in a CMOC."""

    population = serializers.CharField(source="population.key", help_text="Key of the population.")
    label = serializers.CharField(source="population.label", help_text="Its name.")

    class Meta(RowSerializer.Meta):
        model = CMOCActor
        parent = "cmoc"
        order = ("position",)


class BeneficiarySerializer(RowSerializer):
    """A group of people who benefit in a CMOC, and how that is known."""

    population = serializers.CharField(source="population.key", help_text="Key of the population.")
    label = serializers.CharField(source="population.label", help_text="Its name.")

    class Meta(RowSerializer.Meta):
        model = CMOCBeneficiary
        fields = ("basis", "note")
        parent = "cmoc"
        order = ("position",)


class StatedServiceSerializer(RowSerializer):
    """A service that the source states a CMOC to be relevant to."""

    service = serializers.CharField(source="service.number", help_text="Number of the service.")
    service_type = serializers.CharField(source="service.service_type", help_text="Type of the service.")

    class Meta(RowSerializer.Meta):
        model = CMOCService
        fields = ("locator",)
        parent = "cmoc"
        order = ("position",)


class CMOCCaveatSerializer(RowSerializer):
    """A caveat on a CMOC."""

    refutes = serializers.IntegerField(
        source="refutes.number", allow_null=True, help_text="Number of the caveat that it speaks against."
    )

    class Meta(RowSerializer.Meta):
        model = Caveat
        fields = ("number", "kind", "text", "locator")
        parent = "cmoc"
        order = ("number",)


class CMOCEvidenceSerializer(RowSerializer):
    """A quote and what it does to a CMOC. The service is the one whose staff is quoted."""

    quote = serializers.CharField(source="quote.key", help_text="Key of the quote.")
    text = serializers.CharField(source="quote.text", help_text="Exact words.")
    label_as_printed = serializers.CharField(source="quote.label_as_printed", help_text="The speaker's label.")
    speaker_role = serializers.CharField(
        source="quote.participant.role", allow_null=True, help_text="The speaker's role."
    )
    service_quoted = serializers.CharField(
        source="quote.participant.service.number", allow_null=True, help_text="Number of the speaker's service."
    )
    service_basis = serializers.CharField(
        source="quote.participant.service_basis", allow_null=True, help_text="How that service is known."
    )

    class Meta(RowSerializer.Meta):
        model = Evidence
        fields = ("role", "slot", "note")
        parent = "cmoc"
        order = ("position",)


class ReadingSerializer(RowSerializer):
    """The curator's own layer: signed and dated, not the authors' words."""

    class Meta(RowSerializer.Meta):
        model = Reading
        fields = ("kind", "text", "resource", "reasoning", "basis", "signed_by", "signed_date")
        parent = "cmoc"
        order = ("kind",)


class CMOCSerializer(ResourceSerializer):
    """A context–mechanism–outcome configuration with everything that belongs to it."""

    resource = "cmocs"
    page = "/theories/{0}/cmocs/{1}/"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    setting = SettingSerializer(help_text="Where it comes from.")
    contexts = ContextInCMOCSerializer(many=True, help_text="In what circumstances.")
    mechanisms = MechanismInCMOCSerializer(many=True, help_text="Why.")
    outcomes = OutcomeInCMOCSerializer(many=True, help_text="What changes.")
    actors = ActorSerializer(many=True, help_text="Who acts.")
    beneficiaries = BeneficiarySerializer(many=True, help_text="Who benefits.")
    services_stated = StatedServiceSerializer(many=True, help_text="Services that the source states it relevant to.")
    evidence = CMOCEvidenceSerializer(many=True, help_text="Quotes, those that counter it too.")
    caveats = CMOCCaveatSerializer(many=True, help_text="When it may not hold.")
    readings = ReadingSerializer(many=True, help_text="The curator's layer.")
    notes = notes_on("cmoc")

    class Meta(RowSerializer.Meta):
        model = CMOC
        fields = (
            "number",
            "title",
            "statement",
            "statement_reporting",
            "locator",
            "figure",
            "intervention",
            "hedge",
            "status",
            "context_absence",
            "mechanism_absence",
            "outcome_absence",
            "services_reporting",
            "services_as_extracted",
            "people_reporting",
            "people_as_extracted",
        )


class CaveatSerializer(ResourceSerializer):
    """When a CMOC, an outcome or a theory may not hold."""

    resource = "caveats"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    cmoc = serializers.IntegerField(source="cmoc.number", allow_null=True, help_text="Number of the CMOC it is on.")
    outcome = serializers.CharField(source="outcome.key", allow_null=True, help_text="Key of the outcome it is on.")
    refutes = serializers.IntegerField(
        source="refutes.number", allow_null=True, help_text="Number of the caveat that it speaks against."
    )
    setting = SettingSerializer(help_text="Where it comes from.")

    class Meta(RowSerializer.Meta):
        model = Caveat
        fields = ("number", "kind", "text", "locator")


class CMOCLinkSerializer(ResourceSerializer):
    """How two CMOCs or outcomes of a theory relate."""

    resource = "cmoc-links"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    source_cmoc = serializers.IntegerField(
        source="source_cmoc.number", allow_null=True, help_text="Starts at this CMOC."
    )
    source_outcome = serializers.CharField(
        source="source_outcome.key", allow_null=True, help_text="Starts at this outcome."
    )
    target_cmoc = serializers.IntegerField(source="target_cmoc.number", allow_null=True, help_text="Ends at this CMOC.")
    target_outcome = serializers.CharField(
        source="target_outcome.key", allow_null=True, help_text="Ends at this outcome."
    )

    class Meta(RowSerializer.Meta):
        model = CMOCLink
        fields = ("number", "kind", "status", "target_text", "reason", "locator")


class EditorialMarkSerializer(RowSerializer):
    """An editorial trace inside a quote."""

    class Meta(RowSerializer.Meta):
        model = EditorialMark
        fields = ("position", "kind", "text")
        parent = "quote"
        order = ("position",)


class BearsOnSerializer(RowSerializer):
    """A CMOC that a quote bears on, and how."""

    theory = serializers.CharField(source="cmoc.theory.slug", help_text="Public key of the theory.")
    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")

    class Meta(RowSerializer.Meta):
        model = Evidence
        fields = ("role", "slot", "note")
        parent = "quote"
        order = ("cmoc__number",)


class QuoteSerializer(ResourceSerializer):
    """Exact words of a participant or document, with what they do to which CMOC."""

    resource = "quotes"
    page = "/studies/{0}/quotes/{1}/"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    citation = serializers.CharField(source="study.citation", help_text="How to cite the study.")
    licence = serializers.CharField(source="study.licence", help_text="Licence of the source.")
    speaker_role = serializers.CharField(source="participant.role", allow_null=True, help_text="The speaker's role.")
    service = serializers.CharField(
        source="participant.service.number", allow_null=True, help_text="Number of the speaker's service."
    )
    service_basis = serializers.CharField(
        source="participant.service_basis", allow_null=True, help_text="How that service is known."
    )
    editorial_marks = EditorialMarkSerializer(many=True, help_text="Editorial traces, in order.")
    cmocs = BearsOnSerializer(many=True, help_text="The CMOCs it bears on.")
    notes = notes_on("quote")

    class Meta(RowSerializer.Meta):
        model = Quote
        fields = (
            "key",
            "text",
            "text_as_printed",
            "label_as_printed",
            "locator",
            "visibility",
            "disclosure_checked_by",
            "disclosure_checked_date",
        )


class EvidenceSerializer(ResourceSerializer):
    """What one quote does to one CMOC."""

    resource = "evidence"
    theory = serializers.CharField(source="cmoc.theory.slug", help_text="Public key of the theory.")
    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")
    quote = serializers.CharField(source="quote.key", help_text="Key of the quote.")
    text = serializers.CharField(source="quote.text", help_text="Exact words.")
    speaker_role = serializers.CharField(
        source="quote.participant.role", allow_null=True, help_text="The speaker's role."
    )
    service = serializers.CharField(
        source="quote.participant.service.number", allow_null=True, help_text="Number of the speaker's service."
    )

    class Meta(RowSerializer.Meta):
        model = Evidence
        fields = ("role", "slot", "note")


class InformedCMOCSerializer(RowSerializer):
    """A CMOC that a substantive theory informs, and how that is known."""

    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")

    class Meta(RowSerializer.Meta):
        model = SubstantiveTheoryLink
        fields = ("basis", "note")
        parent = "substantive_theory"
        order = ("cmoc__number",)


class TheoryReferenceSerializer(RowSerializer):
    """A work that a substantive theory is cited to."""

    reference = serializers.IntegerField(source="reference.number", help_text="Number of the reference.")

    class Meta(RowSerializer.Meta):
        model = SubstantiveTheoryReference
        parent = "substantive_theory"
        order = ("position",)


class SubstantiveTheorySerializer(ResourceSerializer):
    """A named theory of the social sciences that a programme theory draws on."""

    resource = "substantive-theories"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    references = TheoryReferenceSerializer(many=True, help_text="The works it is cited to.")
    cmocs = InformedCMOCSerializer(many=True, help_text="The CMOCs it informs.")
    notes = notes_on("substantive_theory")

    class Meta(RowSerializer.Meta):
        model = SubstantiveTheory
        fields = ("key", "name", "citation", "citation_as_printed", "used_by", "description", "locator", "informs_all")
