"""Addresses of lists, for what waits in them."""

from django import template

from programmes.models import CuratedModel

register = template.Library()


@register.filter
def list_address(model: type[CuratedModel]) -> str:
    """Return the name of the address of the list of a kind of record."""
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
