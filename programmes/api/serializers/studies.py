"""Programmes, studies and references, as a program gets them."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import HolderSerializer, ResourceSerializer, holds_field, notes_on
from programmes.models import Author, Programme, Reference, Study


class ProgrammeSerializer(ResourceSerializer):
    """A family of interventions."""

    resource = "programmes"

    class Meta(RowSerializer.Meta):
        model = Programme
        fields = ("slug", "name", "description", "setting", "reach", "deliverers", "directions", "locations")


class AuthorSerializer(RowSerializer):
    """A person or an organisation that wrote the publication of a study."""

    class Meta(RowSerializer.Meta):
        model = Author
        fields = ("position", "given", "family", "suffix", "organisation", "affiliation")
        parent = "study"
        order = ("position",)


class StudySerializer(HolderSerializer):
    """One evaluation or review of a programme."""

    resource = "studies"
    page = "/studies/{0}/"
    programme = serializers.CharField(source="programme.slug", help_text="Public key of the programme.")
    authors = AuthorSerializer(many=True, help_text="In printed order.")
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
