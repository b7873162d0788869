"""Views that stand beside the admin's forms of one kind of record: the screens of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.views.generic import FormView, View
from django.views.generic.base import ContextMixin, TemplateResponseMixin
from django.views.generic.detail import SingleObjectMixin

from programmes.desk.study_at_hand import take_study_of

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


class DeskView(TemplateResponseMixin, ContextMixin, View):
    """A screen of the desk, with its path below the admin's URLs for its kind of record, and its title."""

    http_method_names = ["get", "post", "head", "options"]  # as the forms of the admin
    path: ClassVar[str]
    url_name: ClassVar[str]  # in addresses of the admin
    admin: ModelAdmin[Any] = None  # type: ignore[assignment]  # of its kind of record, which shows it

    @property
    def user(self) -> User:
        """Return who is signed in; the admin lets nobody else in."""
        return cast("User", self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        every = self.admin.admin_site.each_context(self.request)
        return super().get_context_data(**{**every, "opts": self.admin.opts, **kwargs})

    def show(self, template_name: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        """Return one of the pages of a screen that has several."""
        self.template_name = template_name
        return self.render_to_response(self.get_context_data(**shown), status=status)


class DeskFormView(DeskView, FormView):  # type: ignore[type-arg]  # it takes none when it runs
    """A screen with one form."""

    def form_invalid(self, form: Any, status: int = 400) -> HttpResponse:
        """Show the form again with a status that says that nothing was saved."""
        return self.render_to_response(self.get_context_data(form=form), status=status)


class RecordView(SingleObjectMixin, DeskView):  # type: ignore[type-arg]  # as above
    """A screen on one record, for those who may change it."""

    pk_url_kwarg = "object_id"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the record first, so that no handler runs for somebody who may not open it."""
        super().setup(request, *args, **kwargs)
        self.object = self.get_object()

    def get_queryset(self) -> Any:
        """Return the admin's records that the person may see."""
        return self.admin.get_queryset(self.request)

    def get_object(self, queryset: Any = None) -> Any:
        """Return the record. Raises PermissionDenied for those who may not open the screen."""
        found = super().get_object(queryset)
        if not self.may_open(found):
            raise PermissionDenied
        take_study_of(self.request, found)
        return found

    def may_open(self, record: Any) -> bool:
        return self.admin.has_change_permission(self.request, record)


class ScreensMixin:
    """An admin with screens of the desk, whose URLs stand below its own."""

    screens: ClassVar[tuple[type[DeskView], ...]] = ()
    admin_site: Any

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [path(screen.path, wrap(screen.as_view(admin=self)), name=screen.url_name) for screen in self.screens]
        return [*own, *super().get_urls()]  # type: ignore[misc]  # it is mixed into an admin
