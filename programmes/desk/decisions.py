"""The screens on which whole configurations are merged, split, retired and renamed, and their quotes moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode

from programmes.actions.decisions import Decision
from programmes.actions.merge import merge
from programmes.actions.move import move_evidence
from programmes.actions.rename import rename
from programmes.actions.retire import retire
from programmes.actions.split import split
from programmes.actions.successors import MERGED_FROM
from programmes.desk.base import parse_id
from programmes.desk.successors import SuccessorsForm
from programmes.models import CMOC, LineageEvent, Quote, StaleVersionError
from programmes.pages.lineage import before_and_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User

MOST_PARTS = 6  # into which a configuration is split at once


class DecisionForm(forms.Form):
    """A decision with its reason."""

    reason = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown with the CMOC, and kept for good. Do not name a participant.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, cmoc: CMOC, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cmoc = cmoc
        self.fields["version"].initial = cmoc.version
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def decide(self, decision: Decision) -> LineageEvent:
        """Do what the form says: retire the configuration."""
        return retire(cmoc=self.cmoc, decision=decision)


class RenameForm(DecisionForm):
    """Another title for a configuration."""

    title = forms.CharField(label="New title", max_length=300)

    def __init__(self, cmoc: CMOC, *args: Any, **kwargs: Any) -> None:
        super().__init__(cmoc, *args, **kwargs)
        self.fields["title"].initial = cmoc.title

    def decide(self, decision: Decision) -> LineageEvent:
        """Rename the configuration."""
        return rename(cmoc=self.cmoc, title=self.cleaned_data["title"], decision=decision)


class QuotesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # it takes none when it runs
    """Quotes, named by their keys and their words."""

    def label_from_instance(self, obj: Any) -> str:
        """Return how a quote is named."""
        return f"{obj.key}: “{obj.text[:200]}”"


class CMOCField(forms.ModelChoiceField):  # type: ignore[type-arg]  # as above
    """A configuration, named by its number and its title."""

    def label_from_instance(self, obj: Any) -> str:
        """Return how a configuration is named."""
        return f"{obj}: {obj.title}" if obj.title else str(obj)


class MoveForm(DecisionForm):
    """Quotes of a configuration that become quotes of another."""

    quotes = QuotesField(Quote.objects.none(), label="Quotes to move", widget=forms.CheckboxSelectMultiple)
    target = CMOCField(CMOC.objects.none(), label="To")

    def __init__(self, cmoc: CMOC, *args: Any, **kwargs: Any) -> None:
        super().__init__(cmoc, *args, **kwargs)
        quotes = cast("QuotesField", self.fields["quotes"])
        quotes.queryset = Quote.objects.filter(evidence__cmoc=cmoc).order_by("key", "pk")
        target = cast("CMOCField", self.fields["target"])
        target.queryset = CMOC.objects.filter(theory=cmoc.theory_id).exclude(pk=cmoc.pk).exclude(status="retired")

    def decide(self, decision: Decision) -> LineageEvent:
        """Move the quotes."""
        chosen = self.cleaned_data
        return move_evidence(
            source=self.cmoc, target=chosen["target"], quotes=list(chosen["quotes"]), decision=decision
        )


# Each decision about one configuration: its form, what the screen is called, and what it means.
DECISIONS: dict[str, tuple[type[DecisionForm], str, str]] = {
    "retire": (
        DecisionForm,
        "Retire",
        "It leaves the picture and the table of the theory. Its page, its number, its quotes and caveats stay.",
    ),
    "rename": (RenameForm, "Rename", "The page and the lineage of the theory name both titles."),
    "move": (MoveForm, "Move quotes of", "Role, part and note go with each quote. Both CMOCs stay."),
}


class DecisionsMixin:
    """What an admin of configurations offers about them as wholes."""

    admin_site: Any
    model: Any

    def decision_urls(self) -> list[Any]:
        """Return the addresses of the screens."""
        view = self.admin_site.admin_view
        return [
            path("merge/", view(self.merge_view), name="programmes_cmoc_merge"),
            path("<int:object_id>/split/", view(self.split_view), name="programmes_cmoc_split"),
            *(
                path(f"<int:object_id>/{name}/", view(self.decision_view), {"name": name}, f"programmes_cmoc_{name}")
                for name in DECISIONS
            ),
        ]

    def editable(self, request: HttpRequest, keys: list[int]) -> list[CMOC]:
        """Return configurations that the person curates; anything else is not there, or not theirs."""
        rows = CMOC.objects.visible_to(request.user).select_related("theory__study")
        found = list(rows.filter(pk__in=keys).order_by("theory", "number"))
        if len(found) < len(set(keys)):
            raise Http404
        if any(not self.has_change_permission(request, cmoc) for cmoc in found):  # type: ignore[attr-defined]
            raise PermissionDenied
        return found

    @admin.action(description="Merge chosen CMOCs into one", permissions=["change"])
    def merge_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """Lead to the screen on which the chosen configurations are merged."""
        del request
        keys = list(queryset.order_by("theory", "number").values_list("pk", flat=True))
        address = reverse("admin:programmes_cmoc_merge")
        return HttpResponseRedirect(f"{address}?{urlencode([('cmoc', key) for key in keys])}")

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Merge configurations: both sides, what goes on, the web before and after, and why."""
        keys = [key for text in request.GET.getlist("cmoc") if (key := parse_id(text)) is not None]
        cmocs = self.editable(request, keys)
        refusal = refusal_to_merge(cmocs)
        if refusal:
            messages.error(request, refusal)
            return HttpResponseRedirect(reverse("admin:programmes_cmoc_changelist"))
        form = SuccessorsForm(cmocs, 1, request.POST or None)

        def act() -> LineageEvent:
            (successor,) = form.successors()
            return merge(cmocs=cmocs, into=successor, decision=decision_of(request, form, form.versions()))

        return self.succession(request, form, act, f"Merge {', '.join(map(str, cmocs))}")

    def split_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Split a configuration into several."""
        (cmoc,) = cmocs = self.editable(request, [object_id])
        asked = parse_id(request.GET.get("into", "")) or MERGED_FROM
        parts = min(max(asked, MERGED_FROM), MOST_PARTS)
        form = SuccessorsForm(cmocs, parts, request.POST or None)

        def act() -> LineageEvent:
            return split(cmoc=cmoc, into=form.successors(), decision=decision_of(request, form, form.versions()))

        return self.succession(request, form, act, f"Split {cmoc}")

    def succession(
        self, request: HttpRequest, form: SuccessorsForm, act: Callable[[], LineageEvent], title: str
    ) -> HttpResponse:
        """Show the form, preview what it says, or do it."""
        theory = form.cmocs[0].theory
        preview = None
        if request.method == "POST" and form.is_valid():
            try:
                if "preview" not in request.POST:
                    event = act()
                    messages.success(request, f"{event} is done. It can be taken back.")
                    return HttpResponseRedirect(reverse("lineage", args=[theory.slug]) + f"#decision-{event.number}")
                preview = before_and_after(theory, request.user, act)
            except (ValidationError, StaleVersionError) as error:
                form.add_error(None, "; ".join(getattr(error, "messages", [str(error)])))
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "is_nav_sidebar_enabled": False,  # both sides need the room
            "opts": self.model._meta,
            "form": form,
            "preview": preview,
            "cmocs": form.cmocs,
            "splitting": len(form.followers) > 1,
            "counts": range(MERGED_FROM, MOST_PARTS + 1),
            "action": request.get_full_path(),
        }
        return TemplateResponse(
            request, "admin/programmes/cmoc/succession.html", context, status=400 if form.errors else 200
        )

    def decision_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """Retire or rename a configuration, or move quotes of it."""
        (cmoc,) = self.editable(request, [object_id])
        form_class, verb, meaning = DECISIONS[name]
        form = form_class(cmoc, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                event = form.decide(decision_of(request, form, {cmoc.pk: form.cleaned_data["version"]}))
            except (ValidationError, StaleVersionError) as error:
                form.add_error(None, "; ".join(getattr(error, "messages", [str(error)])))
            else:
                messages.success(request, f"{event} is done. It can be taken back.")
                return HttpResponseRedirect(reverse("admin:programmes_cmoc_change", args=[cmoc.pk]))
        shown = {"title": f"{verb} {cmoc}", "meaning": meaning, "cmoc": cmoc, "opts": self.model._meta}
        return decision_page(self.admin_site, request, form, **shown)


def decision_page(site: Any, request: HttpRequest, form: forms.Form, **shown: Any) -> HttpResponse:
    """Return the screen of a decision that needs no table."""
    context = {**site.each_context(request), "form": form, **shown}
    return TemplateResponse(request, "admin/programmes/cmoc/decision.html", context, status=400 if form.errors else 200)


def refusal_to_merge(cmocs: list[CMOC]) -> str:
    """Return why configurations cannot be merged, or nothing."""
    if len(cmocs) < MERGED_FROM:
        return "Choose two CMOCs or more to merge."
    if len({cmoc.theory_id for cmoc in cmocs}) > 1:
        return "CMOCs of different theories cannot be merged."
    retired = [str(cmoc) for cmoc in cmocs if cmoc.status == "retired"]
    return f"{', '.join(retired)} is retired already." if retired else ""


def decision_of(request: HttpRequest, form: forms.Form, versions: dict[int, int]) -> Decision:
    """Return the decision that a form makes."""
    return Decision(form.cleaned_data["reason"], cast("User", request.user), versions)
