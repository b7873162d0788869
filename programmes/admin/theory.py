"""Theories, elements and configurations in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin

from programmes.admin.base import CuratedAdmin, StackedInline
from programmes.admin.forms import CuratedForm
from programmes.admin.help import explained
from programmes.admin.publishing import ShowsPublicationMixin
from programmes.desk.decisions import MoveView, RenameView, RetireView
from programmes.desk.evidence_matrix import EvidenceMatrixView
from programmes.desk.merge_and_split import MergeView, SplitView, merge_chosen
from programmes.desk.queues import WaitingFilter
from programmes.desk.reviews import ReviewView
from programmes.desk.screens import ScreensMixin
from programmes.models import CMOC, Caveat, CMOCGroup, Evidence, Mechanism, Outcome, Reading, Theory
from programmes.models.configuration import CONFIGURATION, ELEMENTS, kind_of_element
from programmes.models.holdings import held_by
from programmes.models.slots import slots_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.models.configuration import PartKind


@admin.register(Theory)
class TheoryAdmin(ScreensMixin, ShowsPublicationMixin, CuratedAdmin):
    screens = (EvidenceMatrixView,)
    change_form_template = "admin/programmes/theory/change_form.html"

    list_display = ("title", "stage", "form", "visibility", "cmoc_count", "study")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "stage", "visibility")
    list_select_related = ("study",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("study", "predecessor")
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "title", "slug", "form", "stage", "stage_as_printed", "visibility"),
                "description": "A set of configurations at one stage. It is public if its study is public too.",
            },
        ),
        (
            "For readers",
            {
                "fields": ("question", "summary", "key_messages", ("signed_by", "signed_date")),
                "description": "Your words, for people outside research. The key messages are signed.",
            },
        ),
        (
            "In the publication",
            {"fields": ("locator", "figure_title", "figure_legend", "context_meaning", "predecessor")},
        ),
        ("Order", {"fields": ("cmoc_order",)}),
        (
            "What is missing",
            {
                "fields": (tuple(kind.absence for kind in held_by(Theory)),),
                "description": "Say of what is not here whether its source has it. What is here speaks for itself.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        return super().get_queryset(request).annotate(cmoc_number=self.count(request, CMOC, "theory"))

    @admin.display(description="CMOCs", ordering="cmoc_number")
    def cmoc_count(self, theory: Any) -> int:
        return int(theory.cmoc_number)


class ElementAdmin(CuratedAdmin):
    """Contexts, mechanisms, outcomes, strategies or interventions."""

    list_display = ("label", "key", "level", "cmoc_count", "theory")
    list_filter: ClassVar[tuple[Any, ...]] = (("theory", admin.RelatedOnlyFieldListFilter), "level")
    list_select_related = ("theory",)
    search_fields = ("label", "key")
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("theory",)
    extra_fields: tuple[str, ...] = ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields that all elements have, and the model's own."""
        fields = ("theory", "label", "key", "description", "level", *self.extra_fields)
        help_text = "The label is your short wording. The printed wording stands in each CMOC."
        own = self.readable(request, [(None, {"fields": fields, "description": help_text})], obj)
        return [*own, *super().get_fieldsets(request, obj)[1:]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        kind = kind_of_element(self.model)
        number = self.count(request, kind.link, kind.relation)
        return super().get_queryset(request).annotate(cmoc_number=number)

    @admin.display(description="CMOCs", ordering="cmoc_number")
    def cmoc_count(self, element: Any) -> int:
        return int(element.cmoc_number)


@admin.register(Mechanism)
class MechanismAdmin(ElementAdmin):
    list_filter = (WaitingFilter, *ElementAdmin.list_filter)
    extra_fields = ("kind", "resource")
    autocomplete_fields = ("theory", "resource")


@admin.register(Outcome)
class OutcomeAdmin(ElementAdmin):
    extra_fields = ("distance", "valence", "intention")


# Elements without fields of their own.
admin.site.register([kind.model for kind in ELEMENTS if not admin.site.is_registered(kind.model)], ElementAdmin)


@admin.register(CMOCGroup)
class CMOCGroupAdmin(CuratedAdmin):
    list_display = ("heading", "number", "cmoc_count", "theory")
    list_filter = (("theory", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("theory",)
    search_fields = ("heading", "number")
    autocomplete_fields = ("theory",)
    fieldsets = (
        (
            None,
            {
                "fields": ("theory", "number", "heading", "text", "locator"),
                "description": "A heading under which the source sets CMOCs: a theme, a case, a level. Its words stand "
                "as printed; each CMOC says to which group it belongs.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        return super().get_queryset(request).annotate(cmoc_number=self.count(request, CMOC, "group"))

    @admin.display(description="CMOCs", ordering="cmoc_number")
    def cmoc_count(self, group: Any) -> int:
        return int(group.cmoc_number)


class PartInline(StackedInline):
    """What a configuration is made of; each row is named by its place in the configuration."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        """Fetch the configuration too, which the name of a row tells."""
        return super().get_queryset(request).select_related("cmoc")


def part_inline(kind: PartKind) -> type[PartInline]:
    """Return the form in which a configuration is given its parts of a kind."""
    names = {} if kind.name == "service" else {"verbose_name": kind.name, "verbose_name_plural": kind.headings.lower()}
    fields = [("position", kind.relation, *filter(None, [kind.detail])), *filter(None, [kind.wording])]
    fields += [("signed_by", "signed_date")] if kind.link.signs else []
    shown = {"model": kind.link, "autocomplete_fields": (kind.relation,), "fields": fields}
    return type(f"{kind.link.__name__}Inline", (PartInline,), {**shown, **names})


class EvidenceInline(StackedInline):
    model = Evidence
    autocomplete_fields = ("quote",)
    readonly_fields = ("words",)
    fields = (("position", "quote"), "words", ("role", "slot"), "note", ("signed_by", "signed_date"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        """Fetch the quotes too, whose words are shown."""
        return super().get_queryset(request).select_related("quote")

    @admin.display(description="Words")
    def words(self, evidence: Evidence) -> str:
        """Return the words of the quote, whole."""
        return evidence.quote.text if evidence.quote_id else ""


class CaveatInline(StackedInline):
    model = Caveat
    fk_name = "cmoc"
    autocomplete_fields = ("refutes",)
    fields = (("number", "kind"), "text", "locator", "refutes")


class ReadingForm(CuratedForm):
    """A reading: in plain words, or in two parts."""

    unless = {"text": ("resource", "reasoning")}


class ReadingInline(StackedInline):
    """The curator's readings of a configuration."""

    model = Reading
    form = ReadingForm
    fields = ("kind", "text", ("resource", "reasoning"), "basis", ("signed_by", "signed_date", "shown"))


@admin.register(CMOC)
class CMOCAdmin(ScreensMixin, CuratedAdmin):
    screens = (MergeView, SplitView, RetireView, RenameView, MoveView, ReviewView)
    actions = (merge_chosen,)
    change_form_template = "admin/programmes/cmoc/change_form.html"
    list_display = ("number", "label", "title", "status", "hedge", "evidence_count", "caveat_count", "theory")
    list_display_links = ("number", "title")
    list_filter = (WaitingFilter, ("theory", admin.RelatedOnlyFieldListFilter), "status", "hedge")
    list_select_related = ("theory",)
    search_fields = ("title", "statement", "number", "label")
    autocomplete_fields = ("theory", "group")
    ordering = ("theory__title", "number", "pk")
    inlines = (
        *(part_inline(kind) for kind in CONFIGURATION),
        EvidenceInline,
        CaveatInline,
        ReadingInline,
    )
    fieldsets = (
        (
            "Statement",
            {
                "fields": (
                    "theory",
                    ("number", "label"),
                    "group",
                    "title",
                    "statement",
                    "statement_reporting",
                    "locator",
                    "figure",
                ),
                "description": explained(
                    "Printed words come first. Never correct them; add a memo about an oddity instead. "
                    "A team changes its own working statement with a reason.",
                    "cmoc",
                ),
            },
        ),
        (
            "Standing",
            {
                "fields": (("hedge", "status"),),
                "description": explained(
                    "How firmly the authors put it, and what has become of it.", "hedge", "candidate", "caveat"
                ),
            },
        ),
        (
            "If a slot is empty",
            {
                "fields": (("context_absence", "mechanism_absence", "outcome_absence"),),
                "description": explained(
                    "A CMOC may lack any slot. Say in which way it is missing.",
                    *(kind.name for kind in CONFIGURATION if kind.absence),
                ),
            },
        ),
        (
            "Services and people stated relevant",
            {
                "fields": ("services_reporting", "services_as_extracted", "people_reporting", "people_as_extracted"),
                "description": "What is stated. Of which services somebody is quoted is another fact.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                evidence_number=self.count(request, Evidence, "cmoc"), caveat_number=self.count(request, Caveat, "cmoc")
            )
        )

    @admin.display(description="Quotes", ordering="evidence_number")
    def evidence_count(self, cmoc: Any) -> int:
        return int(cmoc.evidence_number)

    @admin.display(description="Caveats", ordering="caveat_number")
    def caveat_count(self, cmoc: Any) -> int:
        return int(cmoc.caveat_number)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the configuration as it is saved above the form."""
        cmoc = kwargs.get("obj")
        context["slots"] = slots_of(cmoc, request.user) if cmoc else []
        return super().render_change_form(request, context, *args, **kwargs)
