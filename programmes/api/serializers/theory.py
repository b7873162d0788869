"""Theories, their elements and configurations, as a program gets them."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import ResourceSerializer, SettingSerializer, notes_on
from programmes.api.serializers.lineage import PredecessorSerializer, ReviewSerializer, SuccessorSerializer
from programmes.models import (
    CMOC,
    Caveat,
    CMOCActor,
    CMOCBeneficiary,
    CMOCContext,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
    Context,
    Evidence,
    Mechanism,
    Outcome,
    Reading,
    Theory,
)


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
    predecessors = PredecessorSerializer(many=True, help_text="CMOCs that it was made from.")
    successors = SuccessorSerializer(many=True, help_text="If it is retired: CMOCs that it lives on in.")
    reviews = ReviewSerializer(many=True, help_text="What reviewers said, those of earlier wordings too.")
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
            "review_asked_date",
            "context_absence",
            "mechanism_absence",
            "outcome_absence",
            "services_reporting",
            "services_as_extracted",
            "people_reporting",
            "people_as_extracted",
        )
