"""The admin site: kinds of record grouped as a researcher meets them."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse

from programmes.desk.conflicts import meets_others
from programmes.models.configuration import ELEMENTS
from realist.sign_in import OwnPasswordView, SignInForm
from realist.sign_in_pages import SignInView
from realist.signed_out import keep_when_signed_out

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Studies",
        "What was evaluated, how, and what it cites.",
        ("Programme", "Study", "Reference"),
    ),
    (
        "Services",
        "Where it was found, and who acts and benefits there.",
        ("Service", "Population", "Sector", "ServicePlace", "DeliveryMode", "PersonKind"),
    ),
    (
        "Theory",
        "The configurations, and what they are made of.",
        (
            "Theory",
            "CMOC",
            "CMOCGroup",
            *(kind.model.__name__ for kind in ELEMENTS),
            "Caveat",
            "CMOCLink",
            "ReportingAnswer",
            "SubstantiveTheory",
        ),
    ),
    ("Evidence", "The words behind the theory, and who spoke them.", ("Quote", "Participant", "Source")),
    ("Surveys", "Who was asked what, and who answered.", ("Survey",)),
    (
        "Curation",
        "Memos, reviews, second codings, and what became of CMOCs as wholes.",
        ("Memo", "Review", "SecondCoding", "LineageEvent"),
    ),
    ("Accounts", "Who may sign in, and what each group may do.", ("User", "Group", "AuthToken")),
)


class CurationSite(AdminSite):
    """Django's admin with our groups, in which many work at once."""

    site_header = "Realist · curation"
    site_title = "Realist curation"
    index_title = "Curation"
    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whoever has an account: which records they see and change is told by their memberships."""
        return bool(request.user.is_authenticated and request.user.is_active)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's own
        """Return a view of the admin; where its act meets another one, it is answered in a sentence."""
        return keep_when_signed_out(self.for_who_signed_in(super().admin_view(meets_others(view, self), cacheable)))

    def for_who_signed_in(self, view: Any) -> Any:
        """Return a view that leads others to the one page on which people sign in."""

        @wraps(view)
        def answer(request: HttpRequest, *given: Any, **named: Any) -> Any:
            if not self.has_permission(request) and request.path != reverse("admin:logout", current_app=self.name):
                return redirect_to_login(request.get_full_path())
            return view(request, *given, **named)

        return answer

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the page on which people sign in; a form that was sent here is answered as there."""
        del extra_context
        if request.method == "POST":
            return SignInView.as_view()(request)
        asked = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}{'?' * bool(asked)}{asked}")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Return Django's page to change one's own password, on which the old one is tried like any other."""
        request.current_app = self.name
        context = {**self.each_context(request), **(extra_context or {})}
        view = OwnPasswordView.as_view(
            template_name="registration/password_change_form.html",
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context=context,
        )
        return view(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the kinds of record that the person may see, in our groups."""
        found = super().get_app_list(request, app_label)
        if app_label is not None:
            return [{**app, "help": ""} for app in found]
        by_name = {model["object_name"]: (app, model) for app in found for model in app["models"]}
        groups = []
        for name, help_text, names in GROUPS:
            chosen = [by_name[model] for model in names if model in by_name]
            if chosen:
                app = chosen[0][0]
                groups.append({**app, "name": name, "help": help_text, "models": [model for _, model in chosen]})
        return groups
