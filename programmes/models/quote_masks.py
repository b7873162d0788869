"""The rules about masks over words of quotes, and who reads what is beneath them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Case, F, Q, When

from programmes.integrity.access import Teammate, studies_with_role
from programmes.transcripts.masks import mask_lines, mask_spans, repeats_covered, whole_masks
from programmes.vocabulary import TeamRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programmes.integrity.access import Person

SHOWN = {"text": "shown_text", "text_as_printed": "shown_as_printed"}  # what everybody reads of a quote, by its field


def refuse_masks(text: str, masks: Sequence[str]) -> None:
    """Raise ValidationError unless masks are in order and cover whole words of a text."""
    right = mask_lines(whole_masks(text, mask_spans(masks)))
    if right != list(masks):
        remedy = f"Write {', '.join(right)}." if right else "Leave them out."
        raise ValidationError({"masks": f"These do not cover whole words of the text, in order. {remedy}"})


def refuse_repetition(quote: Any, said: str) -> None:
    """Raise ValidationError where an editorial mark, which everybody reads, has words that a mask covers."""
    if quote.masks and repeats_covered(quote.text, mask_spans(quote.masks), said):
        raise ValidationError(
            f"The editorial mark “{said}” has words that a mask covers, and everybody reads it. Change the editorial "
            "mark first.",
            code="repeated",
        )


def is_of_team(user: Person | None, study: int) -> bool:
    """Say whether somebody is in the team of a study; it is asked once for each person and request."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    if isinstance(user, Teammate):
        return user.study == study
    if getattr(user, "is_superuser", False):
        return True
    known: dict[int, bool] = user.__dict__.setdefault("teams_asked", {})
    if study not in known:
        known[study] = studies_with_role(user, TeamRole.READER).filter(study=study).exists()
    return known[study]


def words_read(quote: Any, user: Person | None, name: str = "text") -> str:
    """Return the words of a quote as somebody reads them: beneath its masks, if they are of its team."""
    own = bool(quote.masks) and is_of_team(user, quote.study_id)
    words: str = getattr(quote, name if own or not quote.masks else SHOWN[name])
    return words


def column_read(user: Person, path: str) -> Any:
    """Return the same as an expression of a query, for a path that ends in a text of a quote."""
    to, _, name = path.rpartition("__")
    at = f"{to}__" if to else ""
    if not user.is_authenticated or not user.is_active:
        return F(at + SHOWN[name])
    if getattr(user, "is_superuser", False):
        return F(path)
    own = Q(**{f"{at}study__in": studies_with_role(user, TeamRole.READER)})
    entry: Any = apps.get_model("programmes", "Quote")._meta.get_field(name)
    return Case(When(own, then=F(path)), default=F(at + SHOWN[name]), output_field=entry)
