"""The public shape of what became of configurations, and of their reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from rest_framework import serializers

from programmes.api.rows import RowSerializer
from programmes.api.serializers.base import ResourceSerializer
from programmes.models import LineageEvent, LineageMove, LineageStep, PublicSpan, Review
from programmes.vocabulary import CMOCStatus, LineageKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from programmes.integrity.access import Person


class SuccessorSerializer(RowSerializer):
    """A CMOC that followed a retired one."""

    cmoc = serializers.IntegerField(source="after.number", help_text="Number of the CMOC.")
    decision = serializers.IntegerField(source="event.number", help_text="Number of the decision.")

    class Meta(RowSerializer.Meta):
        model = LineageStep
        parent = "before"
        order = ("event__number", "position")
        where = Q(
            event__kind__in=[LineageKind.MERGE, LineageKind.SPLIT, LineageKind.REVERSE],
            event__reversed_by=None,
            event__moves=None,
            before__status=CMOCStatus.RETIRED,
            after__isnull=False,
        ) & ~Q(after=F("before"))


class PredecessorSerializer(RowSerializer):
    """A CMOC from which another was made."""

    cmoc = serializers.IntegerField(source="before.number", help_text="Number of the CMOC.")
    decision = serializers.IntegerField(source="event.number", help_text="Number of the decision.")

    class Meta(RowSerializer.Meta):
        model = LineageStep
        parent = "after"
        order = ("event__number", "position")
        where = Q(event__kind__in=[LineageKind.MERGE, LineageKind.SPLIT])


class ReviewSerializer(RowSerializer):
    """A reviewer's verdict on one exact wording of a CMOC."""

    wording = serializers.ListField(
        child=serializers.CharField(),
        source="known_wording",
        help_text="The CMOC as it was reviewed, one property on a line; empty to others than its team if that was "
        "before the theory became public.",
    )

    def with_annotations(self, rows: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
        """Add the wording that was reviewed, where it was public then or the reader is of the team."""
        times = PublicSpan.objects.filter(theory=OuterRef("cmoc__theory"), reviews_after__lt=OuterRef("pk"))
        public = Exists(times.filter(Q(reviews_until=None) | Q(reviews_until__gte=OuterRef("pk"))))
        known = Q(public) | Q(pk__in=Review.objects.of_teams_of(user).values("pk"))
        lines = Review._meta.get_field("wording")
        wording = Case(When(known, then=F("wording")), default=Value([], lines), output_field=lines)
        found: QuerySet[Any, Any] = rows.annotate(known_wording=wording)
        return found

    def rests_on(self) -> tuple[str, ...]:
        """Return the lookup of the times in which its theory was public."""
        return ("cmoc__theory__public_spans__pk",)

    class Meta(RowSerializer.Meta):
        model = Review
        fields = ("number", "verdict", "comment", "signed_by", "signed_date", "wording")
        parent = "cmoc"
        order = ("number",)


class StepSerializer(RowSerializer):
    """That one CMOC followed from another."""

    before = serializers.IntegerField(source="before.number", help_text="Number of the CMOC that it starts from.")
    after = serializers.IntegerField(
        source="after.number", allow_null=True, help_text="Number of the CMOC that it leads to, if to any."
    )

    class Meta(RowSerializer.Meta):
        model = LineageStep
        fields = ("status_before",)
        parent = "event"
        order = ("position",)


class MoveSerializer(RowSerializer):
    """A quote that was moved."""

    quote = serializers.CharField(source="quote.key", help_text="Key of the quote.")

    class Meta(RowSerializer.Meta):
        model = LineageMove
        parent = "event"
        order = ("position",)


class LineageSerializer(ResourceSerializer):
    """A decision about whole CMOCs: a merge, a split, a retirement, and so on."""

    resource = "lineage"
    page = "/theories/{0}/lineage/#decision-{1}"
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    reverses = serializers.IntegerField(
        source="reverses.number", allow_null=True, help_text="Number of the decision that it takes back."
    )
    steps = StepSerializer(many=True, help_text="Which CMOC followed from which.")
    moves = MoveSerializer(many=True, help_text="Quotes that were moved, as far as you may see them.")

    class Meta(RowSerializer.Meta):
        model = LineageEvent
        fields = ("number", "kind", "reason", "signed_by", "signed_date", "title_before", "title_after")
