"""What pages of other rooms show about surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from surveys.models import Survey

if TYPE_CHECKING:
    from programmes.integrity.access import Person
    from programmes.models import Study

register = template.Library()


@register.simple_tag
def surveys_of(study: Study, user: Person) -> list[Survey]:
    """Return the surveys of a study that the reader may see."""
    return list(Survey.objects.visible_to(user).filter(study=study).order_by("title", "pk"))
