"""What changed last, for a reader of feeds: of the whole site, and of each theory. It tells what everybody may see."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from programmes.api.dependencies import resources
from programmes.api.rows import build_rows
from programmes.api.telling import MICROSECONDS, tell_portion
from programmes.models import Theory, ToldRow, ToldTo

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

ENTRIES = 50  # of a feed
NAMED_BY = (
    "title",
    "name",
    "label",
    "heading",
)  # fields of which the first that says something tells what a row is about


def changes_feed(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Return the feed of the site, or of one theory."""
    tell_portion()
    public = ToldRow.objects.filter(told_to=ToldTo.EVERYBODY)
    if slug is None:
        return feed(request, "Realist", reverse("home"), public)
    theory = get_object_or_404(Theory.objects.visible_to(AnonymousUser()), slug=slug)
    return feed(request, theory.title, reverse("theory", args=[slug]), public.filter(theory=theory.pk))


def feed(request: HttpRequest, title: str, page: str, rows: QuerySet[ToldRow, ToldRow]) -> HttpResponse:
    """Return a feed of rows, the last changed first."""
    base = request.build_absolute_uri("/").rstrip("/")
    found = Atom1Feed(
        title=f"What changed: {title}",
        link=f"{base}{page}",
        description="",
        language="en-GB",
        feed_url=request.build_absolute_uri(request.path),
    )
    last = list(rows.order_by("-place")[:ENTRIES])
    shown = rows_by_key(last, base)
    for told in last:
        if row := shown.get((told.resource, told.key)):
            found.add_item(
                title=entry_title(told, row),
                link=row.get("html_url") or row["url"],
                description="",
                unique_id=row["url"],
                updateddate=dt.datetime.fromtimestamp(told.place / MICROSECONDS, dt.UTC),
            )
    return HttpResponse(found.writeString("utf-8"), content_type=found.content_type)


def rows_by_key(told: list[ToldRow], base: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the rows that everybody may see now, by resource and key."""
    records: dict[str, list[int]] = defaultdict(list)
    for row in told:
        records[row.resource].append(row.record)
    nobody = AnonymousUser()
    found = {}
    for resource, keys in records.items():
        viewset = resources()[resource]
        only = frozenset({"id", "url", "html_url", *NAMED_BY})
        public = viewset.model.objects.filter(pk__in=keys).visible_to(nobody).values_list("pk", flat=True)
        rows = viewset.model._base_manager.filter(pk__in=list(public))
        built = build_rows(viewset.serializer_class(), rows, nobody, base, only)
        found.update({(resource, row["id"]): row for row in built.values()})
    return found


def entry_title(told: ToldRow, row: dict[str, Any]) -> str:
    """Return what kind of record changed, its key, and what it is about where it has a title."""
    kind = str(resources()[told.resource].model._meta.verbose_name)
    about = next((row[name] for name in NAMED_BY if row.get(name)), "")
    return f"{kind[0].upper()}{kind[1:]} {told.key}" + (f": {about}" if about else "")
