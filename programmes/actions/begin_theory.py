"""Beginning the theory of a study with its first configuration."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from programmes.actions.decisions import save_with_reason
from programmes.integrity.holding import hold
from programmes.integrity.numbering import LONGEST_STEM, first_free
from programmes.models import Study, Theory

TITLE = "Programme theory"


@transaction.atomic
def begin_theory(*, study: Study, reason: str) -> Theory:
    """Return the newest theory of a study; where it has none, a private one is made, to be called otherwise later."""
    study = hold(study).now(study)
    there = Theory.objects.filter(study=study).order_by("-pk").first()
    if there is not None:
        return there
    stem = f"{slugify(study.slug)[: LONGEST_STEM - 7]}-theory"
    taken = set(Theory.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    theory = Theory(study=study, slug=first_free(stem, taken), title=TITLE)
    save_with_reason(theory, reason)
    return theory
