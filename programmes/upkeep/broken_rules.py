"""Rows that break a rule of the record: loaded by hand, or kept since before the rule was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from programmes.integrity.invariants import broken_rows, models_with_invariants
from programmes.integrity.strips import rows_with_other_strips
from programmes.models import Quote, Source
from programmes.models.open_quotes import quote_is_open
from programmes.vocabulary import Visibility

if TYPE_CHECKING:
    from collections.abc import Iterator


def broken_rules() -> Iterator[str]:
    """Yield a sentence for each row and each rule of it that does not hold. No words of anybody stand in it."""
    for model, invariant in models_with_invariants():
        names = model.key_fields  # type: ignore[attr-defined]  # every model with invariants has them
        rows = broken_rows(model, invariant.condition).order_by("pk").values_list("pk", *names).distinct()
        for pk, *keys in rows:
            yield f"{model._meta.verbose_name} {':'.join(map(str, keys))} ({pk}): {invariant.name}"
    for source in rows_with_other_strips(Source):
        yield f"source {source}: what rules read of its text is not its text; manage.py tidy makes it anew"
    shown = Quote.objects.filter(quote_is_open()).order_by().values("pk")
    kept_back = Quote.objects.filter(visibility=Visibility.PUBLIC).exclude(pk__in=shown)
    for pk, study, key in kept_back.order_by("pk").values_list("pk", "study__slug", "key"):
        yield (
            f"quote {study}:{key} ({pk}): public, but kept back, since its disclosure check or the consent that it "
            "needs does not hold"
        )
