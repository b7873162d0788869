"""What lists can be filtered by: one FilterSet for each model, shared by pages, API and exports.

A filter that follows a relation looks only at rows that the reader may see, so that no count gives a private row away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import IntegerField

from programmes.models import (
    CMOC,
    Caveat,
    CMOCBeneficiary,
    CMOCContext,
    CMOCLink,
    CMOCMechanism,
    CMOCOutcome,
    CMOCService,
    Context,
    Evidence,
    Mechanism,
    Outcome,
    Population,
    Programme,
    Quote,
    Reference,
    Service,
    Study,
    SubstantiveTheory,
    SubstantiveTheoryLink,
    Theory,
)
from programmes.remedies import shown, suggestion
from programmes.vocabulary import (
    CaveatKind,
    CMOCStatus,
    EvidenceRole,
    Hedge,
    LinkKind,
    LinkStatus,
    MechanismKind,
    PopulationKind,
    ReferenceKind,
    Sector,
    Slot,
    StudyKind,
    TheoryForm,
    TheoryStage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest

    from programmes.models import CuratedModel

Rows = QuerySet[Any, Any]
APOSTROPHES = "'’‘"
MOST_SUGGESTED = 1000  # keys among which the likeliest is looked for


def visible(model: type[CuratedModel]) -> Callable[[HttpRequest], Rows]:
    """Return the rows of a model that the reader of a request may name in a filter."""
    return lambda request: model.objects.visible_to(request.user)


UNKNOWN_KEY = "unknown_key"  # the code of the error that a filter names a row which is not there


class KeyField(filters.fields.ModelMultipleChoiceField):
    """The keys of rows; one that is not known is refused with a remedy."""

    def _check_values(self, value: Any) -> Any:
        try:
            return super()._check_values(value)
        except ValidationError as error:
            known = self.queryset.values_list(self.to_field_name, flat=True)[:MOST_SUGGESTED]
            raise unknown(error, known, UNKNOWN_KEY) from None


class TermField(filters.fields.MultipleChoiceField):
    """Terms of the vocabulary; one that is not known is refused with a remedy."""

    def validate(self, value: Any) -> None:
        """Check every term."""
        try:
            super().validate(value)
        except ValidationError as error:
            raise unknown(error, [term for term, _ in self.choices], "invalid_choice") from None


def unknown(error: ValidationError, known: Iterable[Any], code: str) -> ValidationError:
    """Return the error for a value that is not known, with what may have been meant."""
    value = (error.params or {}).get("value", "")
    message = f"{shown(str(value))} is not known here; {suggestion(value, known)}"
    return ValidationError("%(message)s", code=code, params={"message": message})  # the value may have a % itself


class KeyFilter(filters.ModelMultipleChoiceFilter):
    """Rows related to one of the given rows, which are named by their public keys."""

    field_class = KeyField

    def __init__(self, model: type[CuratedModel], **kwargs: Any) -> None:
        kwargs.setdefault("to_field_name", model.key_fields[-1])
        kwargs.setdefault("label", str(model._meta.verbose_name).capitalize())
        super().__init__(queryset=visible(model), **kwargs)

    def get_filter_predicate(self, v: Model) -> dict[str, Model]:
        """Return the condition that the relation leads to a row; the key only names it."""
        return {str(self.field_name): v}


class TermFilter(filters.MultipleChoiceFilter):
    """Rows with one of the given terms of the vocabulary."""

    field_class = TermField

    def __init__(self, terms: Any, **kwargs: Any) -> None:
        super().__init__(choices=terms.choices, **kwargs)


class NumberFilter(filters.NumberFilter):
    """Rows with a number of the printed order; a fraction is none."""

    field_class = IntegerField


class TrueFalseFilter(filters.ChoiceFilter):
    """Rows of which something is true, or those of which it is false; anything else is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=(("true", "Yes"), ("false", "No")), **kwargs)


class VisibleFilterSet(filters.FilterSet):
    """A FilterSet that knows who asks."""

    @property
    def user(self) -> AbstractBaseUser | AnonymousUser:
        """Return who asks."""
        return self.request.user

    def rows(self, model: type[CuratedModel], **conditions: Any) -> Rows:
        """Return the rows of a related model that the reader may see."""
        return model.objects.visible_to(self.user).filter(**conditions)

    def quotes_of_services(self, **conditions: Any) -> Rows:
        """Return the visible evidence whose speaker belongs to certain services."""
        return self.rows(
            Evidence, **{f"quote__participant__service__{name}": value for name, value in conditions.items()}
        )


def spellings(word: str) -> list[str]:
    """Return a word with each kind of apostrophe: printed ones are straight or curly, and a reader types either."""
    found = {"".join(mark if letter in APOSTROPHES else letter for letter in word) for mark in APOSTROPHES}
    return sorted(found)


def matches(words: str, *paths: str) -> Q:
    """Return the condition that every word stands in at least one of the fields."""
    condition = Q()
    for word in words.split():
        anywhere = Q()
        for path in paths:
            for spelling in spellings(word):
                anywhere |= Q(**{f"{path}__icontains": spelling})
        condition &= anywhere
    return condition


class ProgrammeFilterSet(VisibleFilterSet):
    """Filters of programmes."""

    slug = filters.CharFilter(label="Short name")

    class Meta:
        model = Programme
        fields = ("slug",)


class StudyFilterSet(VisibleFilterSet):
    """Filters of studies."""

    programme = KeyFilter(Programme)
    slug = filters.CharFilter(label="Short name")
    kind = TermFilter(StudyKind, label="Kind")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Study
        fields = ("programme", "slug", "kind")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep studies whose texts have every word."""
        return queryset.filter(matches(value, "title", "aim", "setting", "citation"))


class ReferenceFilterSet(VisibleFilterSet):
    """Filters of references."""

    study = KeyFilter(Study)
    number = NumberFilter(label="Number")
    kind = TermFilter(ReferenceKind, label="Kind")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Reference
        fields = ("study", "number", "kind")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep references whose printed text has every word."""
        return queryset.filter(matches(value, "as_printed"))


class ServiceFilterSet(VisibleFilterSet):
    """Filters of services."""

    study = KeyFilter(Study)
    number = filters.CharFilter(label="Number")
    sector = TermFilter(Sector, label="Sector")
    quoted = TrueFalseFilter(label="Staff are quoted", method="by_quoted")
    theory = KeyFilter(Theory, label="Quoted for a theory", method="by_theory")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Service
        fields = ("study", "number", "sector")

    def by_quoted(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep services somebody of which is quoted, or those of which nobody is."""
        quoted = self.rows(Quote, participant__service__isnull=False).values("participant__service")
        return queryset.filter(pk__in=quoted) if value == "true" else queryset.exclude(pk__in=quoted)

    def by_theory(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep services somebody of which is quoted for one of the theories."""
        if not value:
            return queryset
        return queryset.filter(pk__in=self.rows(Evidence, cmoc__theory__in=value).values("quote__participant__service"))

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep services whose row has every word."""
        return queryset.filter(matches(value, "number", "service_type", "location", "programme_text"))


class PopulationFilterSet(VisibleFilterSet):
    """Filters of populations."""

    study = KeyFilter(Study)
    kind = TermFilter(PopulationKind, label="Kind")

    class Meta:
        model = Population
        fields = ("study", "kind")


class TheoryFilterSet(VisibleFilterSet):
    """Filters of theories."""

    study = KeyFilter(Study)
    programme = KeyFilter(Programme, field_name="study__programme")
    form = TermFilter(TheoryForm, label="Form")
    stage = TermFilter(TheoryStage, label="Stage")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Theory
        fields = ("study", "form", "stage")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep theories whose texts have every word."""
        return queryset.filter(matches(value, "title", "question", "summary"))


class ElementFilterSet(VisibleFilterSet):
    """Filters of contexts, mechanisms and outcomes."""

    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    key = filters.CharFilter(label="Key")
    cmoc = NumberFilter(label="CMOC number", field_name="cmoc_links__cmoc__number", distinct=True)
    q = filters.CharFilter(label="Search text", method="search")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep elements whose label, or a wording of which, has every word."""
        return queryset.filter(matches(value, "label", "description", "cmoc_links__wording")).distinct()


class ContextFilterSet(ElementFilterSet):
    """Filters of contexts."""

    class Meta:
        model = Context
        fields = ("theory", "key")


class MechanismFilterSet(ElementFilterSet):
    """Filters of mechanisms."""

    kind = TermFilter(MechanismKind, label="Kind")

    class Meta:
        model = Mechanism
        fields = ("theory", "key", "kind")


class OutcomeFilterSet(ElementFilterSet):
    """Filters of outcomes."""

    class Meta:
        model = Outcome
        fields = ("theory", "key")


class CMOCFilterSet(VisibleFilterSet):
    """Filters of configurations."""

    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    number = NumberFilter(label="Number")
    outcome = KeyFilter(Outcome, method="by_outcome")
    context = KeyFilter(Context, method="by_context")
    mechanism = KeyFilter(Mechanism, method="by_mechanism")
    service = KeyFilter(Service, label="Service, quoted or stated", method="by_service")
    service_quoted = KeyFilter(Service, label="Service quoted", method="by_service_quoted")
    service_stated = KeyFilter(Service, label="Service stated relevant", method="by_service_stated")
    sector = TermFilter(Sector, label="Sector of a service quoted or stated", method="by_sector")
    beneficiary = KeyFilter(Population, label="Who benefits", method="by_beneficiary")
    evidence_role = TermFilter(EvidenceRole, label="Has evidence that", method="by_evidence_role")
    status = TermFilter(CMOCStatus, label="Status")
    hedge = TermFilter(Hedge, label="How firmly put")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = CMOC
        fields = ("theory", "number", "status", "hedge")

    def by_outcome(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations with one of the outcomes."""
        return queryset.filter(pk__in=self.rows(CMOCOutcome, outcome__in=value).values("cmoc")) if value else queryset

    def by_context(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations with one of the contexts."""
        return queryset.filter(pk__in=self.rows(CMOCContext, context__in=value).values("cmoc")) if value else queryset

    def by_mechanism(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations with one of the mechanisms."""
        found = self.rows(CMOCMechanism, mechanism__in=value).values("cmoc")
        return queryset.filter(pk__in=found) if value else queryset

    def by_service_quoted(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations for which somebody of one of the services is quoted."""
        return queryset.filter(pk__in=self.quotes_of_services(**{"in": value}).values("cmoc")) if value else queryset

    def by_service_stated(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations that the source states relevant to one of the services."""
        return queryset.filter(pk__in=self.rows(CMOCService, service__in=value).values("cmoc")) if value else queryset

    def by_service(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations to which one of the services belongs in either way."""
        if not value:
            return queryset
        quoted = self.quotes_of_services(**{"in": value}).values("cmoc")
        stated = self.rows(CMOCService, service__in=value).values("cmoc")
        return queryset.filter(Q(pk__in=quoted) | Q(pk__in=stated))

    def by_sector(self, queryset: Rows, _name: str, value: list[str]) -> Rows:
        """Keep configurations to which a service of one of the sectors belongs in either way."""
        quoted = self.quotes_of_services(sector__in=value).values("cmoc")
        stated = self.rows(CMOCService, service__sector__in=value).values("cmoc")
        return queryset.filter(Q(pk__in=quoted) | Q(pk__in=stated))

    def by_beneficiary(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep configurations in which one of the populations benefits."""
        found = self.rows(CMOCBeneficiary, population__in=value).values("cmoc")
        return queryset.filter(pk__in=found) if value else queryset

    def by_evidence_role(self, queryset: Rows, _name: str, value: list[str]) -> Rows:
        """Keep configurations with evidence in one of the roles."""
        return queryset.filter(pk__in=self.rows(Evidence, role__in=value).values("cmoc")) if value else queryset

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep configurations every word of which stands in the statement, an element or a quote that may be seen."""
        for word in value.split():
            found = matches(word, "title", "statement")
            for model, relation in ((CMOCContext, "context"), (CMOCMechanism, "mechanism"), (CMOCOutcome, "outcome")):
                links = self.rows(model).filter(matches(word, "wording", f"{relation}__label"))
                found |= Q(pk__in=links.values("cmoc"))
            quoted = self.rows(Evidence).filter(matches(word, "quote__text"))
            found |= Q(pk__in=quoted.values("cmoc"))
            queryset = queryset.filter(found)
        return queryset


class CaveatFilterSet(VisibleFilterSet):
    """Filters of caveats."""

    theory = KeyFilter(Theory)
    study = KeyFilter(Study, field_name="theory__study")
    number = NumberFilter(label="Number")
    cmoc = NumberFilter(label="CMOC number", field_name="cmoc__number")
    outcome = KeyFilter(Outcome)
    kind = TermFilter(CaveatKind, label="Kind")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Caveat
        fields = ("theory", "number", "outcome", "kind")

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep caveats whose text has every word."""
        return queryset.filter(matches(value, "text"))


class CMOCLinkFilterSet(VisibleFilterSet):
    """Filters of links between configurations or outcomes."""

    theory = KeyFilter(Theory)
    number = NumberFilter(label="Number")
    kind = TermFilter(LinkKind, label="Kind")
    status = TermFilter(LinkStatus, label="Status")
    cmoc = NumberFilter(label="CMOC number, at either end", method="by_cmoc")

    class Meta:
        model = CMOCLink
        fields = ("theory", "number", "kind", "status")

    def by_cmoc(self, queryset: Rows, _name: str, value: int) -> Rows:
        """Keep links that start or end at a configuration."""
        return queryset.filter(Q(source_cmoc__number=value) | Q(target_cmoc__number=value))


class EvidenceFilterSet(VisibleFilterSet):
    """Filters of evidence: of what quotes do to configurations."""

    theory = KeyFilter(Theory, field_name="cmoc__theory")
    study = KeyFilter(Study, field_name="cmoc__theory__study")
    cmoc = NumberFilter(label="CMOC number", field_name="cmoc__number")
    role = TermFilter(EvidenceRole, label="Role")
    slot = TermFilter(Slot, label="Slot")
    outcome = KeyFilter(Outcome, method="by_outcome")
    service = KeyFilter(Service, field_name="quote__participant__service")
    sector = TermFilter(Sector, label="Sector", field_name="quote__participant__service__sector")
    quote = filters.CharFilter(label="Quote key", field_name="quote__key")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Evidence
        fields = ("role", "slot")

    def by_outcome(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep evidence on configurations with one of the outcomes."""
        found = self.rows(CMOCOutcome, outcome__in=value).values("cmoc")
        return queryset.filter(cmoc__in=found) if value else queryset

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep evidence whose quote or note has every word."""
        return queryset.filter(matches(value, "quote__text", "note"))


class QuoteFilterSet(VisibleFilterSet):
    """Filters of quotes."""

    study = KeyFilter(Study)
    key = filters.CharFilter(label="Key")
    theory = KeyFilter(Theory, method="by_theory")
    cmoc = NumberFilter(label="CMOC number", method="by_cmoc")
    role = TermFilter(EvidenceRole, label="What it does", method="by_role")
    slot = TermFilter(Slot, label="Part it speaks to", method="by_slot")
    outcome = KeyFilter(Outcome, method="by_outcome")
    service = KeyFilter(Service, field_name="participant__service")
    sector = TermFilter(Sector, label="Sector", field_name="participant__service__sector")
    q = filters.CharFilter(label="Search text", method="search")

    class Meta:
        model = Quote
        fields = ("study", "key")

    def with_evidence(self, queryset: Rows, **conditions: Any) -> Rows:
        """Keep quotes with evidence that the reader may see and that meets the conditions."""
        return queryset.filter(pk__in=self.rows(Evidence, **conditions).values("quote"))

    def by_theory(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep quotes that bear on one of the theories."""
        return self.with_evidence(queryset, cmoc__theory__in=value) if value else queryset

    def by_cmoc(self, queryset: Rows, _name: str, value: int) -> Rows:
        """Keep quotes that bear on a configuration of this number."""
        return self.with_evidence(queryset, cmoc__number=value)

    def by_role(self, queryset: Rows, _name: str, value: list[str]) -> Rows:
        """Keep quotes that have one of the roles for some configuration."""
        return self.with_evidence(queryset, role__in=value) if value else queryset

    def by_slot(self, queryset: Rows, _name: str, value: list[str]) -> Rows:
        """Keep quotes that speak to one of the slots of some configuration."""
        return self.with_evidence(queryset, slot__in=value) if value else queryset

    def by_outcome(self, queryset: Rows, _name: str, value: list[Model]) -> Rows:
        """Keep quotes that bear on a configuration with one of the outcomes."""
        return self.with_evidence(queryset, cmoc__outcome_links__outcome__in=value) if value else queryset

    def search(self, queryset: Rows, _name: str, value: str) -> Rows:
        """Keep quotes that have every word."""
        return queryset.filter(matches(value, "text"))


class SubstantiveTheoryFilterSet(VisibleFilterSet):
    """Filters of substantive theories."""

    theory = KeyFilter(Theory)
    key = filters.CharFilter(label="Key")
    cmoc = NumberFilter(label="CMOC number", method="by_cmoc")

    class Meta:
        model = SubstantiveTheory
        fields = ("theory", "key")

    def by_cmoc(self, queryset: Rows, _name: str, value: int) -> Rows:
        """Keep theories that inform a configuration of this number."""
        found = self.rows(SubstantiveTheoryLink, cmoc__number=value).values("substantive_theory")
        return queryset.filter(Q(pk__in=found) | Q(informs_all=True))
