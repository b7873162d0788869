"""Services and populations, as a program gets them."""

from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import ResourceSerializer, notes_on
from programmes.models import CMOCService, Delivery, Evidence, Population, Service, ServiceLocation, ServiceSector


class DeliverySerializer(RowSerializer):
    """Whether a service offers a delivery mode, with the table cell that says so."""

    mode = serializers.CharField(source="mode.key", help_text="Key of the mode among those of the study.")
    label = serializers.CharField(source="mode.label", help_text="Its name.")

    class Meta(RowSerializer.Meta):
        model = Delivery
        fields = ("offered", "header_as_extracted", "cell_as_extracted")
        parent = "service"
        order = ("mode__number", "mode__key")


class ServiceSectorSerializer(RowSerializer):
    """A sector that a service is in."""

    sector = serializers.CharField(source="sector.key", help_text="Key of the sector among those of the study.")
    label = serializers.CharField(source="sector.label", help_text="Its name.")

    class Meta(RowSerializer.Meta):
        model = ServiceSector
        parent = "service"
        order = ("position",)


class ServiceLocationSerializer(RowSerializer):
    """A place that a service is in."""

    place = serializers.CharField(source="place.key", help_text="Key of the place among those of the study.")
    label = serializers.CharField(source="place.label", help_text="Its name.")

    class Meta(RowSerializer.Meta):
        model = ServiceLocation
        parent = "service"
        order = ("position",)


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
    sectors = ServiceSectorSerializer(many=True, help_text="The sectors it is in.")
    places = ServiceLocationSerializer(many=True, help_text="The places it is in, beside its location as printed.")
    deliveries = DeliverySerializer(many=True, help_text="Delivery modes.")
    quoted_for = QuotedForSerializer(
        many=True, help_text="For which CMOCs, retired ones too, somebody of the service is quoted."
    )
    stated_for = StatedForSerializer(
        many=True, help_text="To which CMOCs, retired ones too, the source states it to be relevant."
    )
    notes = notes_on("service")

    class Meta(RowSerializer.Meta):
        model = Service
        fields = (
            "number",
            "name",
            "service_type",
            "sector_reporting",
            "location",
            "location_reporting",
            "programme_text",
            "programme_text_reporting",
        )


class PopulationSerializer(ResourceSerializer):
    """A group of people who act or benefit."""

    resource = "populations"
    study = serializers.CharField(source="study.slug", help_text="Public key of the study.")
    kind = serializers.CharField(
        source="kind.key", allow_null=True, help_text="Key of the kind of people among those of the study."
    )

    class Meta(RowSerializer.Meta):
        model = Population
        fields = ("key", "label", "description")
