"""Quotes and evidence, as a program gets them."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import ResourceSerializer, notes_on
from programmes.models import EditorialMark, Evidence, Quote


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
        fields = ("role", "slot", "note", "signed_by", "signed_date")
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
    speaker_role_reporting = serializers.CharField(
        source="participant.role_reporting",
        allow_null=True,
        help_text="In which way that role is missing, if it is and somebody said.",
    )
    service = serializers.CharField(
        source="participant.service.number", allow_null=True, help_text="Number of the speaker's service."
    )
    service_basis = serializers.CharField(
        source="participant.service_basis", allow_null=True, help_text="How that service is known."
    )
    document = serializers.IntegerField(
        source="source.reference.number", allow_null=True, help_text="Number of the work that it is quoted from."
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
    document = serializers.IntegerField(
        source="quote.source.reference.number", allow_null=True, help_text="Number of the work that it is quoted from."
    )
    speaker_role = serializers.CharField(
        source="quote.participant.role", allow_null=True, help_text="The speaker's role."
    )
    speaker_role_reporting = serializers.CharField(
        source="quote.participant.role_reporting",
        allow_null=True,
        help_text="In which way that role is missing, if it is and somebody said.",
    )
    service = serializers.CharField(
        source="quote.participant.service.number", allow_null=True, help_text="Number of the speaker's service."
    )

    class Meta(RowSerializer.Meta):
        model = Evidence
        fields = ("role", "slot", "note", "signed_by", "signed_date")
