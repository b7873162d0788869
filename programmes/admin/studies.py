"""Studies in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from programmes.actions.team import programme_named
from programmes.admin.base import CuratedAdmin, StackedInline
from programmes.admin.forms import CuratedForm, ReasonForm
from programmes.admin.publishing import ShowsPublicationMixin
from programmes.models import CMOC, Author, Membership, Programme, Quote, Reference, Study
from programmes.models.holdings import held_by
from programmes.vocabulary import StatementOrigin, TeamRole

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class AuthorForm(CuratedForm):
    """An author: a person with a family name, or an organisation."""

    unless = {"family": ("organisation",)}


class AuthorInline(StackedInline):
    """Authors of a study's publication."""

    model = Author
    form = AuthorForm
    fields = (("position", "given", "family", "suffix"), "organisation", "affiliation")


class TeamFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # it takes none when it runs
    """The rows of a team, in which somebody leads as long as somebody led."""

    def clean(self) -> None:
        """Refuse a team that would be left without a lead."""
        super().clean()
        led = Membership.objects.filter(study=self.instance.pk or 0, role=TeamRole.LEAD).exists()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        if led and not any(row.get("role") == TeamRole.LEAD for row in kept):
            raise ValidationError("Nobody would lead this study. Make somebody else a lead first.", code="last_lead")


class MembershipInline(StackedInline):
    """The team of a study; its leads decide who is in it."""

    model = Membership
    formset = TeamFormSet
    fields = (("user", "role"),)

    def may_edit(self, request: HttpRequest, parent: Any) -> bool:
        if parent is None or request.user.is_superuser:
            return True
        return Membership.objects.filter(study=parent, user_id=request.user.pk or 0, role=TeamRole.LEAD).exists()


@admin.register(Programme)
class ProgrammeAdmin(CuratedAdmin):
    list_display = ("name", "reach")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "slug", "description"),
                "description": "A family of interventions. Studies evaluate it.",
            },
        ),
        ("Who and where", {"fields": ("setting", "reach", "deliverers", "directions", "locations")}),
        ("Search", {"fields": ("synonyms",)}),
    )


class StudyForm(ReasonForm):
    """A study; a new one needs its title alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "programme" in self.fields:
            self.fields["programme"].required = False
            self.fields["programme"].help_text = "Made from the title if you leave it empty."

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002  Django's own
        """Save; a study for which no programme was chosen gets one of its own title."""
        if self.instance.programme_id is None and not self.errors:
            self.instance.programme = programme_named(self.instance.title)
        return super().save(commit)


@admin.register(Study)
class StudyAdmin(ShowsPublicationMixin, CuratedAdmin):
    form = StudyForm
    list_display = ("title", "kind", "visibility", "cmoc_count", "quote_count")
    list_filter = ("visibility", "kind")
    search_fields = ("title", "slug")
    autocomplete_fields = ("programme",)
    inlines = (AuthorInline, MembershipInline)
    fieldsets = (
        (
            None,
            {
                "fields": ("programme", "title", "slug", "kind", "statements", "visibility"),
                "description": "One evaluation or review. Whoever adds it becomes its lead.",
            },
        ),
        (
            "How it was done",
            {
                "fields": (
                    "aim",
                    "setting",
                    "design",
                    "data_collection",
                    ("collection_start", "collection_end", "interviews"),
                    "analysis",
                    "analysis_steps",
                    "involvement",
                    "reporting_standard",
                    "reviews_required",
                ),
                "description": "The study’s own words where possible.",
            },
        ),
        ("Ethics and money", {"fields": ("ethics_body", "ethics_reference", "funding", "data_availability")}),
        (
            "Publication",
            {
                "fields": (
                    "citation",
                    "container_title",
                    ("volume", "issue", "page"),
                    "published_date",
                    "doi",
                    "keywords",
                    "licence",
                    "licence_url",
                    "licence_note",
                ),
                "description": "Shown wherever the study’s content is shown.",
            },
        ),
        (
            "What is missing",
            {
                "fields": (tuple(kind.absence for kind in held_by(Study)),),
                "description": "Say of what is not here whether its source has it. What is here speaks for itself.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any, Any]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                cmoc_number=self.count(request, CMOC, "theory__study"), quote_number=self.count(request, Quote, "study")
            )
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Propose that a study begun here writes its own statements; whoever enters a publication says otherwise."""
        return {"statements": StatementOrigin.OWN, **super().get_changeform_initial_data(request)}

    @admin.display(description="CMOCs", ordering="cmoc_number")
    def cmoc_count(self, study: Any) -> int:
        return int(study.cmoc_number)

    @admin.display(description="Quotes", ordering="quote_number")
    def quote_count(self, study: Any) -> int:
        return int(study.quote_number)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Make whoever adds a study its lead."""
        super().save_model(request, obj, form, change)
        if not change:
            Membership(study=obj, user_id=request.user.pk or 0, role=TeamRole.LEAD).save()


@admin.register(Reference)
class ReferenceAdmin(CuratedAdmin):
    list_display = ("number", "title", "year", "kind", "study")
    list_display_links = ("number", "title")
    list_filter = (("study", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("study",)
    search_fields = ("as_printed",)
    autocomplete_fields = ("study",)
    fieldsets = (
        (
            None,
            {
                "fields": ("study", "number", "as_printed"),
                "description": "The printed text first; never correct it.",
            },
        ),
        (
            "Fields of the citation",
            {
                "fields": (
                    "kind",
                    "authors",
                    "title",
                    "container_title",
                    ("year", "volume", "issue", "page"),
                    ("publisher", "publisher_place"),
                    "doi",
                    "url",
                    "accessed",
                )
            },
        ),
    )
