"""The admin site: kinds of record grouped as a researcher meets them."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from programmes.desk.conflicts import meets_others
from programmes.models.configuration import ELEMENTS

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

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's own
        """Return a view of the admin; where its act meets another one, it is answered in a sentence."""
        return super().admin_view(meets_others(view, self), cacheable)

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
