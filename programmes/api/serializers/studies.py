"""Programmes, studies and references, as a program gets them."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import HolderSerializer, ResourceSerializer, holds_field, notes_on
from programmes.models import Author, DeliveryMode, PersonKind, Programme, Reference, Sector, ServicePlace, Study


class ProgrammeSerializer(ResourceSerializer):
    """A family of interventions."""

    resource = "programmes"

    class Meta(RowSerializer.Meta):
        model = Programme
        fields = (
            "slug",
            "name",
            "description",
            "setting",
            "reach",
            "deliverers",
            "directions",
            "locations",
            "synonyms",
        )


class AuthorSerializer(RowSerializer):
    """A person or an organisation that wrote the publication of a study."""

    class Meta(RowSerializer.Meta):
        model = Author
        fields = ("position", "given", "family", "suffix", "organisation", "affiliation")
        parent = "study"
        order = ("position",)


class PersonKindSerializer(RowSerializer):
    """A kind of people, as a study tells them apart."""

    class Meta(RowSerializer.Meta):
        model = PersonKind
        fields = ("key", "label", "number", "asked")
        parent = "study"
        order = ("number", "key")


class SectorSerializer(RowSerializer):
    """A kind of setting, as the curators of a study group its services."""

    class Meta(RowSerializer.Meta):
        model = Sector
        fields = ("key", "label", "number")
        parent = "study"
        order = ("number", "key")


class ServicePlaceSerializer(RowSerializer):
    """A place, such as a region or a case, as the curators of a study group its services."""

    class Meta(RowSerializer.Meta):
        model = ServicePlace
        fields = ("key", "label", "number")
        parent = "study"
        order = ("number", "key")


class DeliveryModeSerializer(RowSerializer):
    """A way in which services of a study meet their users."""

    class Meta(RowSerializer.Meta):
        model = DeliveryMode
        fields = ("key", "label", "number")
        parent = "study"
        order = ("number", "key")


class StudySerializer(HolderSerializer):
    """One evaluation or review of a programme."""

    resource = "studies"
    page = "/studies/{0}/"
    programme = serializers.CharField(source="programme.slug", help_text="Public key of the programme.")
    authors = AuthorSerializer(many=True, help_text="In printed order.")
    kinds_of_people = PersonKindSerializer(many=True, help_text="Which kinds of people it tells apart.")
    sectors = SectorSerializer(many=True, help_text="Into which sectors its services are grouped.")
    places = ServicePlaceSerializer(
        many=True, source="serviceplaces", help_text="Into which places its services are grouped."
    )
    delivery_modes = DeliveryModeSerializer(many=True, help_text="Which ways of delivery it tells apart.")
    holds = holds_field(Study)
    notes = notes_on("study")

    class Meta(RowSerializer.Meta):
        model = Study
        fields = (
            "slug",
            "title",
            "kind",
            "statements",
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
