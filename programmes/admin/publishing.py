"""What everybody would read of a theory, and of its past, once it is made public: told where it is made public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from programmes.models import CMOC, Evidence, LineageEvent, Memo, Review, Theory
from programmes.models.open_quotes import quote_is_open
from programmes.vocabulary import CMOCStatus, Visibility

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST = 50  # decisions that are told one by one


@dataclass(frozen=True)
class PublicationPreview:
    """What would show of one theory."""

    theory: Theory
    cmocs: int
    retired: list[CMOC]
    quotes: int
    memos: int
    decisions: list[LineageEvent]  # with their reasons, and titles before and after
    decided: int
    reviews: list[Review]  # with a comment
    before: int  # states that stay with the team


def publication_preview(theory: Theory) -> PublicationPreview:
    """Return what everybody would read of a theory if it and its study were public."""
    cmocs = CMOC.objects.filter(theory=theory)
    decisions = LineageEvent.objects.filter(theory=theory).order_by("number", "pk")
    quoted = Evidence.objects.filter(quote_is_open("quote"), cmoc__theory=theory)
    return PublicationPreview(
        theory=theory,
        cmocs=cmocs.count(),
        retired=list(cmocs.filter(status=CMOCStatus.RETIRED).order_by("number", "pk")),
        quotes=quoted.values("quote").distinct().count(),
        memos=Memo.objects.filter(theory=theory, visibility=Visibility.PUBLIC).count(),
        decisions=list(decisions[:MOST]),
        decided=decisions.count(),
        reviews=list(Review.objects.filter(cmoc__theory=theory).exclude(comment="").order_by("cmoc", "number")),
        before=CMOC.history.filter(theory_id=theory.pk).count(),
    )


def would_become_public(record: Any) -> list[Theory]:
    """Return the theories that nobody but the team reads now and that publishing this record would show, or prepare."""
    if record is None or record.visibility == Visibility.PUBLIC:
        return []
    of = {"pk": record.pk} if isinstance(record, Theory) else {"study": record.pk, "visibility": Visibility.PUBLIC}
    return list(Theory.objects.filter(**of).order_by("title", "pk"))


class ShowsPublicationMixin:
    """A form in which a record is made public: it says what everybody would read of it."""

    has_change_permission: Any

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        may_publish = record is not None and self.has_change_permission(request, record)
        context["publications"] = [publication_preview(theory) for theory in would_become_public(record) if may_publish]
        shown: HttpResponse = super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]  # of an admin
        return shown
