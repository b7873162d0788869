"""The links that join a configuration to what it is made of: a table for each kind of part."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_or_nothing
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import STATEMENT_LETTERS, LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.services import Population, Service
from programmes.models.signed_notes import note_signed_by, note_signed_date
from programmes.models.theory import CMOC, Context, Intervention, Mechanism, Outcome, Strategy
from programmes.vocabulary import Basis


def element_of_same_theory(slot: str) -> tuple[Invariant, ...]:
    """Return the rule that an element belongs to its CMOC's theory."""
    return (
        Invariant(
            name=f"cmoc_{slot}_in_same_theory",
            condition=Q(cmoc__theory=F(f"{slot}__theory")),
            message=f"The {slot} belongs to another theory than the CMOC.",
            guards=("cmoc", slot),
        ),
    )


def of_same_study(relation: str, name: str) -> tuple[Invariant, ...]:
    """Return the rule that something of the study's own belongs to the CMOC's study."""
    return (
        Invariant(
            name=name,
            condition=Q(cmoc__theory__study=F(f"{relation}__study")),
            message=f"The {relation} belongs to another study than the CMOC.",
            guards=("cmoc", relation),
        ),
    )


class CMOCPart(CuratedModel):
    """A link from a configuration to something it is made of, in order."""

    position = models.PositiveSmallIntegerField(default=1)

    access: ClassVar[Access] = Access(study="cmoc__theory__study", theory="cmoc__theory")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.position} of {self.cmoc}"  # type: ignore[attr-defined]  # each kind of part has its own link


class CMOCContext(CMOCPart):
    """A context in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="context_links")
    context = models.ForeignKey(Context, models.RESTRICT, related_name="cmoc_links")
    wording = LongTextField(blank=True, max_length=STATEMENT_LETTERS, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("context")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "context__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC context"
        verbose_name_plural = "CMOC contexts"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "context"], name="cmoc_context_unique"),)


class CMOCMechanism(CMOCPart):
    """A mechanism in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="mechanism_links")
    mechanism = models.ForeignKey(Mechanism, models.RESTRICT, related_name="cmoc_links")
    wording = LongTextField(blank=True, max_length=STATEMENT_LETTERS, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("mechanism")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "mechanism__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC mechanism"
        verbose_name_plural = "CMOC mechanisms"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "mechanism"], name="cmoc_mechanism_unique"),)


class CMOCOutcome(CMOCPart):
    """An outcome in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="outcome_links")
    outcome = models.ForeignKey(Outcome, models.RESTRICT, related_name="cmoc_links")
    wording = LongTextField(blank=True, max_length=STATEMENT_LETTERS, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("outcome")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "outcome__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC outcome"
        verbose_name_plural = "CMOC outcomes"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "outcome"], name="cmoc_outcome_unique"),)


class CMOCActor(CMOCPart):
    """A group of people who act in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="actor_links")
    population = models.ForeignKey(Population, models.RESTRICT, related_name="actor_links")
    wording = LongTextField(blank=True, help_text="As printed in this CMOC.")

    invariants = of_same_study("population", "cmoc_actor_in_same_study")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "population__key")

    class Meta:
        verbose_name = "CMOC actor"
        verbose_name_plural = "CMOC actors"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "population"], name="cmoc_actor_unique"),)


class CMOCBeneficiary(CMOCPart):
    """A group of people who benefit in a configuration, and how that is known."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="beneficiary_links")
    population = models.ForeignKey(Population, models.RESTRICT, related_name="beneficiary_links")
    basis = models.CharField(max_length=20, choices=Basis, blank=True, help_text="How that is known, if somebody says.")
    note = LongTextField(blank=True)
    signed_by = note_signed_by()
    signed_date = note_signed_date()

    invariants = of_same_study("population", "cmoc_beneficiary_in_same_study")
    signs = "note"
    key_fields = ("cmoc__theory__slug", "cmoc__number", "population__key")

    class Meta:
        verbose_name = "CMOC beneficiary"
        verbose_name_plural = "CMOC beneficiaries"
        ordering = ("cmoc", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["cmoc", "population"], name="cmoc_beneficiary_unique"),
            choice_or_nothing("basis", Basis, "cmoc_beneficiary_basis_known"),
        )


class CMOCService(CMOCPart):
    """A service that the source states a configuration to be relevant to.

    That somebody of a service is quoted is another fact; it follows from the evidence.
    """

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="service_links")
    service = models.ForeignKey(Service, models.RESTRICT, related_name="cmoc_links")
    locator = ShortTextField(max_length=200, blank=True)

    invariants = of_same_study("service", "cmoc_service_in_same_study")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "service__number")

    class Meta:
        verbose_name = "service stated relevant"
        verbose_name_plural = "services stated relevant"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "service"], name="cmoc_service_unique"),)


class CMOCIntervention(CMOCPart):
    """An intervention in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="intervention_links")
    intervention = models.ForeignKey(Intervention, models.RESTRICT, related_name="cmoc_links")
    wording = LongTextField(blank=True, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("intervention")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "intervention__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC intervention"
        verbose_name_plural = "CMOC interventions"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "intervention"], name="cmoc_intervention_unique"),)


class CMOCStrategy(CMOCPart):
    """A strategy in a configuration, in the words of that configuration."""

    cmoc = models.ForeignKey(CMOC, models.CASCADE, related_name="strategy_links")
    strategy = models.ForeignKey(Strategy, models.RESTRICT, related_name="cmoc_links")
    wording = LongTextField(blank=True, max_length=STATEMENT_LETTERS, help_text="As printed in this CMOC.")

    invariants = element_of_same_theory("strategy")
    key_fields = ("cmoc__theory__slug", "cmoc__number", "strategy__key")
    searched = ("wording",)

    class Meta:
        verbose_name = "CMOC strategy"
        verbose_name_plural = "CMOC strategies"
        ordering = ("cmoc", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["cmoc", "strategy"], name="cmoc_strategy_unique"),)
