"""The screens on which configurations are merged and split: before and after, what is carried over, and why."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from programmes.actions.merge import merge
from programmes.actions.split import split
from programmes.actions.successors import MERGED_FROM
from programmes.desk.base import parse_id
from programmes.desk.decisions import CMOCView, DecisionView, decision_of
from programmes.desk.splitting import SplitForm
from programmes.desk.successors import MergeForm, SuccessorsForm
from programmes.models import CMOC, Evidence
from programmes.pages.lineage import before_and_after
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from programmes.models import LineageEvent

MOST_PARTS = 6  # into which a configuration is split at once
AGAINST = "against"  # in addresses: all that speaks against a configuration


class SuccessorsView(DecisionView):
    """A decision that makes new configurations: what each takes over, and the web before and after."""

    extra_context = {"is_nav_sidebar_enabled": False}  # both sides need the room
    form_class: type[SuccessorsForm]
    cmocs: list[CMOC]  # that are merged or split
    verb: ClassVar[str]

    @abstractmethod
    def followers(self) -> int:
        """Return how many configurations are to be made."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cmocs": self.cmocs, "followers": self.followers()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {
            "title": f"{self.verb} {', '.join(map(str, self.cmocs))}",
            "preview": None,
            "cmocs": self.cmocs,
            "action": self.request.get_full_path(),
        }
        return super().get_context_data(**{**shown, **kwargs})

    def carry_out(self, form: SuccessorsForm) -> HttpResponse:
        """Decide, or show a preview of the web first."""
        if "preview" not in self.request.POST:
            return super().carry_out(form)
        preview = before_and_after(self.cmocs[0].theory, self.user, lambda: self.decide(form))
        return self.render_to_response(self.get_context_data(form=form, preview=preview))


class MergeView(SuccessorsView):
    """Merging the configurations that the query string names."""

    path = "merge/"
    url_name = "programmes_cmoc_merge"
    template_name = "admin/programmes/cmoc/merge.html"
    form_class = MergeForm
    verb = "Merge"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse configurations that the person does not curate, and those that cannot be merged."""
        keys = [key for text in request.GET.getlist("cmoc") if (key := parse_id(text)) is not None]
        visible = CMOC.objects.visible_to(self.user).select_related("theory__study")
        self.cmocs = list(visible.filter(pk__in=keys).order_by("theory", "number"))
        if len(self.cmocs) < len(set(keys)):
            raise Http404
        if any(not self.admin.has_change_permission(request, cmoc) for cmoc in self.cmocs):
            raise PermissionDenied
        if refusal := refusal_to_merge(self.cmocs):
            messages.error(request, refusal)
            return HttpResponseRedirect(reverse("admin:programmes_cmoc_changelist"))
        return super().dispatch(request, *args, **kwargs)

    def followers(self) -> int:
        return 1

    def decide(self, form: MergeForm) -> LineageEvent:
        (successor,) = form.successors()
        return merge(cmocs=self.cmocs, into=successor, decision=decision_of(self.user, form, form.versions()))


class SplitView(CMOCView, SuccessorsView):
    """Splitting a configuration; the query string may say into how many, and which evidence is to be split off."""

    path = "<int:object_id>/split/"
    url_name = "programmes_cmoc_split"
    template_name = "admin/programmes/cmoc/split.html"
    form_class = SplitForm
    verb = "Split"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.cmocs = [self.object]

    def followers(self) -> int:
        asked = parse_id(self.request.GET.get("into", "")) or MERGED_FROM
        return min(max(asked, MERGED_FROM), MOST_PARTS)

    def split_off(self) -> frozenset[int]:
        """Return the evidence that the query string names, or all that speaks against the configuration."""
        asked = self.request.GET.getlist("off")
        keys = [key for text in asked if (key := parse_id(text)) is not None]
        chosen = Q(pk__in=keys) | (Q(role=EvidenceRole.COUNTERS) if AGAINST in asked else Q(pk__in=()))
        return frozenset(Evidence.objects.filter(chosen, cmoc=self.object).values_list("pk", flat=True))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "off": self.split_off()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counters = Evidence.objects.filter(cmoc=self.object, role=EvidenceRole.COUNTERS)
        shown = {
            "counts": range(MERGED_FROM, MOST_PARTS + 1),
            "against": counters.count() if AGAINST not in self.request.GET.getlist("off") else 0,
        }
        return super().get_context_data(**{**shown, **kwargs})

    def decide(self, form: SplitForm) -> LineageEvent:
        return split(cmoc=self.object, into=form.successors(), decision=decision_of(self.user, form, form.versions()))


@admin.action(description="Merge chosen CMOCs into one", permissions=["change"])
def merge_chosen(model_admin: Any, request: HttpRequest, queryset: QuerySet[CMOC, CMOC]) -> HttpResponse:
    """Open the merge screen for the rows selected in the admin's list."""
    del model_admin, request
    keys = list(queryset.order_by("theory", "number").values_list("pk", flat=True))
    address = reverse("admin:programmes_cmoc_merge")
    return HttpResponseRedirect(f"{address}?{urlencode([('cmoc', key) for key in keys])}")


def refusal_to_merge(cmocs: list[CMOC]) -> str:
    """Return why configurations cannot be merged; empty if they can."""
    if len(cmocs) < MERGED_FROM:
        return "Choose two CMOCs or more to merge."
    if len({cmoc.theory_id for cmoc in cmocs}) > 1:
        return "CMOCs of different theories cannot be merged."
    retired = [str(cmoc) for cmoc in cmocs if cmoc.status == "retired"]
    return f"{', '.join(retired)} is retired already." if retired else ""
