"""Memos, as a program gets them."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import ResourceSerializer
from programmes.models import Memo


def key_of(lookup: str, record: str) -> serializers.CharField:
    """Return the field with the key of a record that a memo may be about."""
    return serializers.CharField(source=lookup, allow_null=True, help_text=f"Key of the {record} it is about.")


class MemoSerializer(ResourceSerializer):
    """A note of a curator on a record; without one it is on the study."""

    resource = "memos"
    page = "/studies/{0}/memos/{1}/"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    theory = serializers.CharField(
        source="theory.slug", allow_null=True, help_text="Public key of the theory that it, or a part of it, is about."
    )
    cmoc = serializers.IntegerField(source="cmoc.number", allow_null=True, help_text="Number of the CMOC it is about.")
    context = key_of("context.key", "context")
    mechanism = key_of("mechanism.key", "mechanism")
    outcome = key_of("outcome.key", "outcome")
    substantive_theory = key_of("substantive_theory.key", "substantive theory")
    quote = key_of("quote.key", "quote")
    source = key_of("source.key", "source; such memos are the team's alone")
    service = serializers.CharField(
        source="service.number", allow_null=True, help_text="Number of the service it is about."
    )
    reference = serializers.IntegerField(
        source="reference.number", allow_null=True, help_text="Number of the reference it is about."
    )

    class Meta(RowSerializer.Meta):
        model = Memo
        fields = ("key", "kind", "origin", "text", "signed_by", "signed_date", "visibility")
