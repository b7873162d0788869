"""What happens when a theory becomes public or private: its public time begins or ends with the present states."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Value

from programmes.models.configuration import CONFIGURATION
from programmes.models.evidence import Evidence
from programmes.models.public_spans import PublicSpan
from programmes.models.reviews import Review
from programmes.models.studies import Study
from programmes.models.theory import CMOC, CMOCGroup, Theory

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from programmes.models.base import CuratedModel


def kinds_with_a_past() -> set[type[CuratedModel]]:
    """Return the models whose history pages show: configurations, their parts, headings and evidence."""
    return {CMOC, CMOCGroup, Evidence, *(kind.link for kind in CONFIGURATION), *(kind.model for kind in CONFIGURATION)}


def last_states() -> dict[str, int]:
    """Return how far each history has come, by kind of record."""
    first, *others = [
        model.history.order_by()
        .annotate(of_kind=Value(model._meta.label_lower))
        .values("of_kind")
        .annotate(last_state=Max("history_id"))
        .values_list("of_kind", "last_state")
        for model in kinds_with_a_past()
    ]
    return {kind: last or 0 for kind, last in first.union(*others, all=True)}


def last_review() -> int:
    """Return the key of the review that was given last."""
    return Review.objects.aggregate(last=Max("pk"))["last"] or 0


def begin(span: PublicSpan, at: dt.datetime) -> None:
    """Let a public time begin with the present states."""
    span.began_at, span.began_after, span.reviews_after = at, last_states(), last_review()
    span.save()


def end(span: PublicSpan, at: dt.datetime) -> None:
    """Let a public time end with the present states."""
    span.ended_at, span.ended_with, span.reviews_until = at, last_states(), last_review()
    span.save()


def keep_public_spans(*, instance: Any, history_instance: Any, **_: Any) -> None:
    """Begin or end the public time of theories when a theory or its study is saved: a hook of the history."""
    if history_instance.history_type == "-" or not isinstance(instance, Theory | Study):
        return
    theories = Theory.objects.filter(**{"pk" if isinstance(instance, Theory) else "study": instance.pk}).order_by()
    public = set(theories.filter(Theory.access.public()).values_list("pk", flat=True))
    lasting = {span.theory_id: span for span in PublicSpan.objects.filter(ended_at=None, theory__in=theories)}
    for key in public - lasting.keys():
        begin(PublicSpan(theory_id=key), history_instance.history_date)
    for key in lasting.keys() - public:
        end(lasting[key], history_instance.history_date)


@contextmanager
def published_in_one_act(study: int | None) -> Iterator[None]:
    """Let the public time of a study's theories begin with what they say after an act that publishes them.

    Whoever publishes and corrects a theory in one act publishes the corrected one. A theory that the act makes has no
    time before.
    """
    known = list(Theory.objects.filter(study=study or 0).values_list("pk", flat=True))
    last = PublicSpan.objects.aggregate(last=Max("pk"))["last"] or 0
    yield
    for span in PublicSpan.objects.filter(theory__in=known, pk__gt=last):
        begin(span, span.began_at)
