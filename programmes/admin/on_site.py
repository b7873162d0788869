"""The address that leads from a record in the admin to its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpResponseRedirect

from programmes.desk.base import parse_id
from programmes.models import CuratedModel

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def page_of_record(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    """Lead to the page of a record that the person may see. Of all others nobody learns whether there are any."""
    kind, key = parse_id(content_type_id), parse_id(object_id)
    found = ContentType.objects.filter(pk=kind).first() if kind is not None and key is not None else None
    model = found.model_class() if found else None
    if model is None or not issubclass(model, CuratedModel) or not hasattr(model, "get_absolute_url"):
        raise Http404
    row: Any = model.objects.visible_to(request.user).filter(pk=key).first()
    if row is None:
        raise Http404
    return HttpResponseRedirect(row.get_absolute_url())


view_on_site = admin.site.admin_view(page_of_record)
