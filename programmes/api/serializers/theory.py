"""Theories, their elements and configurations, as a program gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from programmes.api.rows import LinkField, RowSerializer, model_field
from programmes.api.serializers.base import (
    HolderSerializer,
    ResourceSerializer,
    SettingSerializer,
    holds_field,
    notes_on,
)
from programmes.api.serializers.lineage import PredecessorSerializer, ReviewSerializer, SuccessorSerializer
from programmes.models import (
    CMOC,
    Caveat,
    CMOCContext,
    CMOCGroup,
    CMOCMechanism,
    CMOCOutcome,
    Context,
    Evidence,
    Mechanism,
    Outcome,
    Reading,
    Theory,
)
from programmes.models.configuration import CONFIGURATION
from programmes.models.slots import absence_told, with_absences

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from programmes.integrity.access import Person
    from programmes.models.configuration import PartKind


class TheorySerializer(HolderSerializer):
    """A programme theory at one stage."""

    resource = "theories"
    page = "/theories/{0}/"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    programme = serializers.CharField(source="study.programme.slug", help_text="Public key of the programme.")
    licence = serializers.CharField(source="study.licence", help_text="Licence of the source.")
    citation = serializers.CharField(source="study.citation", help_text="How to cite the study.")
    package = LinkField(
        "{site}/theories/{0}/package.json",
        help_text="Address of its package: all that everybody may read of the theory and its study.",
    )
    holds = holds_field(Theory)
    notes = notes_on("theory")

    class Meta(RowSerializer.Meta):
        model = Theory
        fields = (
            "slug",
            "title",
            "question",
            "summary",
            "key_messages",
            "signed_by",
            "signed_date",
            "form",
            "stage",
            "stage_as_printed",
            "locator",
            "figure_title",
            "figure_legend",
            "context_meaning",
            "cmoc_order",
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


def part_serializer(kind: PartKind) -> type[RowSerializer]:
    """Return the shape of the parts of a kind within a CMOC: key, name, and the words of the CMOC."""
    key_help = kind.key_help or f"Key of the {kind.relation}."
    label_help = kind.label_help or "The curator's short wording."
    declared: dict[str, Any] = {
        kind.relation: serializers.CharField(source=f"{kind.relation}.{kind.key}", help_text=key_help),
        kind.label: serializers.CharField(source=f"{kind.relation}.{kind.label}", help_text=label_help),
    }
    for name in kind.qualities:
        said = model_field(kind.model._meta.get_field(name)).help_text
        declared[name] = serializers.CharField(source=f"{kind.relation}.{name}", help_text=said)
    shown = {
        "model": kind.link,
        "fields": tuple(filter(None, (kind.detail, kind.wording))),
        "parent": "cmoc",
        "order": ("position",),
    }
    meta = type("Meta", (RowSerializer.Meta,), shown)
    return type(
        f"{kind.in_schema}Serializer", (RowSerializer,), {**declared, "Meta": meta, "__doc__": kind.description}
    )


PART_SERIALIZERS = {kind.in_api: (part_serializer(kind), kind.meaning) for kind in CONFIGURATION}


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
    """A quote and what it does to a CMOC. The service is that of the person quoted."""

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
        fields = ("role", "slot", "note", "signed_by", "signed_date")
        parent = "cmoc"
        order = ("position",)


class ReadingSerializer(RowSerializer):
    """The curator's own layer: signed and dated, not the authors' words."""

    class Meta(RowSerializer.Meta):
        model = Reading
        fields = ("kind", "text", "resource", "reasoning", "basis", "signed_by", "signed_date")
        parent = "cmoc"
        order = ("kind",)


class CMOCGroupSerializer(ResourceSerializer):
    """A heading under which a source sets some of a theory's configurations."""

    resource = "groups"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")

    class Meta(RowSerializer.Meta):
        model = CMOCGroup
        fields = ("number", "heading", "text", "locator")


class CMOCSerializer(ResourceSerializer):
    """A context–mechanism–outcome configuration with everything that belongs to it."""

    resource = "cmocs"
    page = "/theories/{0}/cmocs/{1}/"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    group = serializers.IntegerField(source="group.number", allow_null=True, help_text="Number of its group, if any.")
    group_heading = serializers.CharField(
        source="group.heading", allow_null=True, help_text="Heading of its group, as printed."
    )
    setting = SettingSerializer(help_text="Where it comes from.")
    evidence = CMOCEvidenceSerializer(many=True, help_text="Quotes, those that counter it too.")
    caveats = CMOCCaveatSerializer(many=True, help_text="When it may not hold.")
    readings = ReadingSerializer(many=True, help_text="The curator's layer.")
    predecessors = PredecessorSerializer(many=True, help_text="CMOCs that it was made from.")
    successors = SuccessorSerializer(many=True, help_text="If it is retired: CMOCs that it lives on in.")
    reviews = ReviewSerializer(many=True, help_text="What reviewers said, those of earlier wordings too.")
    notes = notes_on("cmoc")

    def with_annotations(self, rows: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
        """Add in which way a slot is missing, where it is."""
        return with_absences(rows, user)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields of a CMOC: its own, what it is made of, what bears on it."""
        absences = {
            kind.absence: model_field(CMOC._meta.get_field(kind.absence), source=absence_told(kind))
            for kind in CONFIGURATION
            if kind.absence
        }
        found = [(name, absences.get(name, field)) for name, field in super().get_fields().items()]
        bearing = [name for name, _ in found].index("evidence")
        parts = [(name, shape(many=True, help_text=help_text)) for name, (shape, help_text) in PART_SERIALIZERS.items()]
        return dict([*found[:bearing], *parts, *found[bearing:]])

    class Meta(RowSerializer.Meta):
        model = CMOC
        fields = (
            "number",
            "label",
            "title",
            "statement",
            "statement_reporting",
            "locator",
            "figure",
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
