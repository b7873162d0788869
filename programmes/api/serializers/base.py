"""What every resource has: an id, addresses, the setting it comes from, and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery
from rest_framework import serializers

from programmes.api.dependencies import backwards, lookups_in
from programmes.api.rows import MORE, MOST_NESTED, LinkField, MoreField, RowSerializer
from programmes.models import Memo
from programmes.models.holdings import held_by, with_holdings
from programmes.vocabulary import Holding, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model, QuerySet

    from programmes.integrity.access import Person

ID = "Public key; it stays the same."
URL = "Address of this row in the API."
PAGE = "Address of its page for people."
MODIFIED = "When the record was saved last; what is told with it may be newer, as /changes/ says."
LONGER = (
    f"Which lists of the row have more than {MOST_NESTED} rows, of which it holds the first, and the addresses at "
    "which they are whole. It is there only where a list is cut."
)
VERSION = "How often the record was saved."


def links(resource: str, page: str = "") -> dict[str, LinkField]:
    """Return the fields that every resource starts with."""
    found = {"id": LinkField(help_text=ID), "url": LinkField(f"{{site}}/api/v1/{resource}/{{id}}/", help_text=URL)}
    if page:
        found["html_url"] = LinkField(f"{{site}}{page}", help_text=PAGE)
    return found


class ResourceSerializer(RowSerializer):
    """A row with an id and an address of its own."""

    resource = ""
    page = ""

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """Put the id and the addresses first, and when the record was saved last; at the end where longer lists are."""
        saves: dict[str, serializers.Field[Any, Any, Any, Any]] = {
            "modified": serializers.DateTimeField(source="saved_last", allow_null=True, help_text=MODIFIED),
            "version": serializers.IntegerField(help_text=VERSION),
        }
        own = super().get_fields()
        has_lists = any(isinstance(field, serializers.ListSerializer) for field in own.values())
        more = {MORE: MoreField(required=False, help_text=LONGER)} if has_lists else {}
        return {**links(self.resource, self.page), **saves, **own, **more}

    def annotated(self, rows: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
        """Add when the record was saved last, as its history says."""
        last = self.Meta.model.history.filter(id=OuterRef("pk")).order_by("-history_id").values("history_date")[:1]
        return super().annotated(rows.annotate(saved_last=Subquery(last)), user)


class SettingSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Where a theory comes from. It travels with everything that is taken out of it."""

    programme = serializers.CharField(source="theory.study.programme.name", help_text="Name of the programme.")
    study = serializers.CharField(source="theory.study.slug", help_text="Public key of the study.")
    study_title = serializers.CharField(source="theory.study.title", help_text="Title of the study.")
    place = serializers.CharField(source="theory.study.setting", help_text="Setting of the study.")
    citation = serializers.CharField(source="theory.study.citation", help_text="How to cite the study.")
    doi = serializers.CharField(source="theory.study.doi", help_text="DOI of the study.")
    licence = serializers.CharField(source="theory.study.licence", help_text="Licence of the source.")
    theory = serializers.CharField(source="theory.slug", help_text="Public key of the theory.")
    theory_title = serializers.CharField(source="theory.title", help_text="Title of the theory.")
    form = serializers.CharField(source="theory.form", help_text="Form of the theory.")
    stage = serializers.CharField(source="theory.stage", help_text="Stage of the theory.")


class HolderSerializer(ResourceSerializer):
    """A theory or study, which says what of it is held here."""

    def rests_on(self) -> Iterator[str]:
        """Yield the lookups of all content, as who sees it decides what is said to be here."""
        for kind in held_by(self.Meta.model):
            back = backwards(kind.model, kind.path)
            yield f"{back}__pk"
            yield from (f"{back}__{lookup}" for lookup in lookups_in(kind.model.access.public_if))
            yield from (f"{back}__{lookup}" for lookup in lookups_in((kind.counted or Q()) | kind.known))

    def with_annotations(self, rows: QuerySet[Any, Any], user: Person) -> QuerySet[Any, Any]:
        """Add what the reader finds of each kind of content."""
        return with_holdings(rows, user)


def holds_field(holder: type[Model]) -> serializers.Serializer[Any]:
    """Return the field that says what a theory, or a study, holds of each kind of content."""
    terms = ", ".join(choice.value for choice in (*Holding, *Missing))
    shape = {
        kind.name: serializers.CharField(
            source=f"{kind.name}_holding",
            help_text=f"Whether {kind.name} are here for you, or in which way not. One of: {terms}; "
            "empty where there are none and nobody said why.",
        )
        for kind in held_by(holder)
    }
    name = f"{holder.__name__}HoldsSerializer"
    doc = f"What of a {holder._meta.verbose_name} is held here."
    serializer = type(name, (serializers.Serializer,), {**shape, "__doc__": doc})
    return serializer(help_text=doc)  # type: ignore[no-any-return]  # as above


class NoteSerializer(RowSerializer):
    """A memo of the curators on a record, such as a note on an oddity of the source."""

    class Meta(RowSerializer.Meta):
        model = Memo
        fields = ("key", "kind", "origin", "text", "signed_by", "signed_date")


def notes_on(record: str) -> NoteSerializer:
    """Return the list of the memos on one kind of record."""
    conditions = Q()
    if record == "study":
        others = (
            "theory",
            "cmoc",
            "context",
            "mechanism",
            "outcome",
            "substantive_theory",
            "quote",
            "service",
            "reference",
        )
        conditions = Q(**dict.fromkeys(others))
    elif record == "theory":
        conditions = Q(cmoc=None, context=None, mechanism=None, outcome=None, substantive_theory=None)
    meta = type("Meta", (NoteSerializer.Meta,), {"parent": record, "order": ("key",), "where": conditions})
    name = f"{record.title().replace('_', '')}NoteSerializer"
    serializer = type(name, (NoteSerializer,), {"Meta": meta, "__doc__": NoteSerializer.__doc__})
    return serializer(many=True, help_text="Public memos of the curators on it.")  # type: ignore[no-any-return]
