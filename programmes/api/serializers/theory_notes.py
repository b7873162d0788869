"""Caveats, links between CMOCs and substantive theories, as a program gets them."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import ResourceSerializer, SettingSerializer, notes_on
from programmes.models import (
    Caveat,
    CMOCLink,
    ReportingAnswer,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    SubstantiveTheoryReference,
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


class ReportingAnswerSerializer(ResourceSerializer):
    """What the team says of an item of the RAMESES II reporting standards."""

    resource = "reporting-answers"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    setting = SettingSerializer(help_text="Where it comes from.")

    class Meta(RowSerializer.Meta):
        model = ReportingAnswer
        fields = ("item", "answer", "locator", "note", "signed_by", "signed_date")


class CMOCLinkSerializer(ResourceSerializer):
    """How two CMOCs, outcomes or contexts of a theory relate."""

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

    target_context = serializers.CharField(
        source="target_context.key", allow_null=True, help_text="Ends at this context."
    )

    class Meta(RowSerializer.Meta):
        model = CMOCLink
        fields = ("number", "kind", "status", "target_text", "reason", "signed_by", "signed_date", "locator")


class InformedCMOCSerializer(RowSerializer):
    """A CMOC that a substantive theory informs, and how that is known."""

    cmoc = serializers.IntegerField(source="cmoc.number", help_text="Number of the CMOC.")

    class Meta(RowSerializer.Meta):
        model = SubstantiveTheoryLink
        fields = ("basis", "note", "signed_by", "signed_date")
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
