"""What waits for somebody, for the first page of the admin."""

from django import template
from django.contrib.auth.models import User

from programmes.desk.queues import StudyQueues, queues_of
from programmes.models import CuratedModel

register = template.Library()


@register.filter
def list_address(model: type[CuratedModel]) -> str:
    """Return the name of the address of the list of a kind of record."""
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"


@register.simple_tag
def waiting_queues(user: User) -> list[StudyQueues]:
    """Return what waits in each study that this person reviews or curates."""
    return queues_of(user)
