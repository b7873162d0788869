"""What everybody would read of a theory, and of its past, once it is made public: told where it is made public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from programmes.desk.publication import readiness_of, shortcomings_of_study, would_become_public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class ShowsPublicationMixin:
    """A form in which a record is made public: it says what everybody would read of it, and what is missing."""

    has_change_permission: Any

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        may_publish = record is not None and self.has_change_permission(request, record)
        theories = would_become_public(record) if may_publish else []
        context["publications"] = [readiness_of(theory, request.user) for theory in theories]  # type: ignore[arg-type]  # who may change it is signed in
        context["missing_of_study"] = list(shortcomings_of_study(theories[0].study)) if theories else []
        shown: HttpResponse = super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]  # of an admin
        return shown
