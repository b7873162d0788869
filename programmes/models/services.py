"""The services a study looked at (its Table 1) and the groups of people in them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_or_nothing, not_blank, text_agrees_with_reporting
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.short_names import service_name, with_number
from programmes.models.studies import Study
from programmes.models.study_lists import DeliveryMode, PersonKind, Sector, ServicePlace
from programmes.vocabulary import Offered, Reporting
from programmes.words import Sentence


class Service(CuratedModel):
    """A service that takes part in a study: one row of its table of services."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="services")
    number = ShortTextField(max_length=8, help_text="As printed, such as 01.")
    name = ShortTextField(
        max_length=80,
        blank=True,
        help_text="The curators’ short name, such as Eating-disorder service, Birmingham; never that of a person.",
    )
    service_type = ShortTextField(max_length=300, help_text="As printed.")
    sector_reporting = models.CharField(
        max_length=20, choices=Reporting, blank=True, help_text="In which way its sector is missing, where it has none."
    )
    location = ShortTextField(max_length=300, blank=True, help_text="As printed.")
    location_reporting = models.CharField(max_length=20, choices=Reporting, blank=True)
    programme_text = LongTextField("programme", blank=True, help_text="What the service does, as printed.")
    programme_text_reporting = models.CharField("programme reporting", max_length=20, choices=Reporting, blank=True)

    access = Access(study="study")
    key_fields = ("study__slug", "number")
    searched = ("name", "service_type", "location", "programme_text")
    called = ("number",)

    class Meta:
        ordering = ("study", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "number"], name="service_number_unique"),
            not_blank("number", "service_number_given"),
            not_blank("service_type", "service_type_given"),
            choice_or_nothing("sector_reporting", Reporting, "service_sector_reporting_known"),
            choice_or_nothing("location_reporting", Reporting, "service_location_reporting_known"),
            choice_or_nothing("programme_text_reporting", Reporting, "service_programme_text_reporting_known"),
            text_agrees_with_reporting("location", "service_location_agrees_with_reporting"),
            text_agrees_with_reporting("programme_text", "service_programme_text_agrees_with_reporting"),
        )

    def __str__(self) -> str:
        return str(self.short_name)

    @property
    def in_words(self) -> Sentence:
        """Return its short name without its number."""
        return service_name(self.name, self.service_type, self.location)

    @property
    def short_name(self) -> Sentence:
        """Return the name by which people know it, and its number."""
        return with_number(self.in_words, self.number)

    def get_absolute_url(self) -> str:
        """Return the page of the service; the study must be loaded with it."""
        return reverse("service", args=[self.study.slug, self.number])


class ServiceSector(CuratedModel):
    """A sector that a service is in, by the curators' grouping."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="sector_links")
    sector = models.ForeignKey(Sector, models.RESTRICT, related_name="service_links")
    position = models.PositiveSmallIntegerField(default=1)

    access = Access(study="service__study")
    key_fields = ("service__study__slug", "service__number", "sector__key")
    invariants = (
        Invariant(
            name="service_sector_in_same_study",
            condition=Q(service__study=F("sector__study")),
            message="The sector belongs to another study than the service.",
            guards=("service", "sector"),
        ),
    )

    class Meta:
        ordering = ("service", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["service", "sector"], name="servicesector_unique"),)

    def __str__(self) -> str:
        return f"{self.position}"


class ServiceLocation(CuratedModel):
    """A place that a service is in, by the curators' grouping."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="place_links")
    place = models.ForeignKey(ServicePlace, models.RESTRICT, related_name="service_links")
    position = models.PositiveSmallIntegerField(default=1)

    access = Access(study="service__study")
    key_fields = ("service__study__slug", "service__number", "place__key")
    invariants = (
        Invariant(
            name="service_place_in_same_study",
            condition=Q(service__study=F("place__study")),
            message="The place belongs to another study than the service.",
            guards=("service", "place"),
        ),
    )

    class Meta:
        ordering = ("service", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["service", "place"], name="servicelocation_unique"),)

    def __str__(self) -> str:
        return f"{self.position}"


class Delivery(CuratedModel):
    """Whether a service offers one delivery mode, with the table cell that says so."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="deliveries")
    mode = models.ForeignKey(DeliveryMode, models.RESTRICT, related_name="deliveries")
    offered = models.CharField(max_length=20, choices=Offered, blank=True)
    header_as_extracted = ShortTextField(max_length=100, blank=True, help_text="The head of the column.")
    cell_as_extracted = ShortTextField(max_length=100, blank=True, help_text="The cell under it.")

    access = Access(study="service__study")
    key_fields = ("service__study__slug", "service__number", "mode__key")
    invariants = (
        Invariant(
            name="delivery_mode_in_same_study",
            condition=Q(service__study=F("mode__study")),
            message="The mode belongs to another study than the service.",
            guards=("service", "mode"),
        ),
    )

    class Meta:
        ordering = ("service", "pk")
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(fields=["service", "mode"], name="delivery_mode_unique"),
            choice_or_nothing("offered", Offered, "delivery_offered_known"),
        )

    def __str__(self) -> str:
        return self.get_offered_display() or "not said"


class Population(CuratedModel):
    """A group of people who act or benefit, as the study distinguishes them."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="populations")
    key = models.SlugField(max_length=80)
    label = ShortTextField(max_length=200)
    kind = models.ForeignKey(PersonKind, models.RESTRICT, null=True, blank=True, related_name="populations")
    description = LongTextField(blank=True)

    access = Access(study="study")
    key_fields = ("study__slug", "key")
    invariants = (
        Invariant(
            name="population_kind_in_same_study",
            condition=Q(kind=None) | Q(kind__study=F("study")),
            message="The kind belongs to another study than the population.",
            guards=("kind",),
        ),
    )

    class Meta:
        ordering = ("study", "key", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "key"], name="population_key_unique"),
            not_blank("label", "population_label_given"),
        )

    def __str__(self) -> str:
        return self.label
