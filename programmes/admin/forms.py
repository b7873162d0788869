"""The forms of curated records: they refuse what one may not touch, ask why, and let nobody overwrite somebody else.

What can be known without being asked for, they give.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.forms.utils import ErrorDict
from django.utils import timezone

from programmes.desk.conflicts import last_change
from programmes.integrity.invariants import follow
from programmes.integrity.numbering import NAMES, name_anew, signature
from programmes.integrity.text import TextFormField
from programmes.models import CuratedModel, Study
from programmes.models.configuration import ELEMENTS
from programmes.models.holdings import held_by

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programmes.integrity.access import Person


KEYS = {"slug", "key", "number"}  # what records are called in addresses
KEPT = "It stays as it is, since the record is public: addresses and citations lead to it."
GIVEN = "Given if you leave it empty."
WHERE_UNSIGNED = {"signed_by": "Yours, if you leave it empty.", "signed_date": "Today, if you leave it empty."}
# Records of a theory that others are about, who name their theory too.
OF_THEORY = ("cmoc", "substantive_theory", *(kind.name for kind in ELEMENTS))


def names_in_address(model: type[CuratedModel]) -> set[str]:
    """Return the fields of a record from which its public address is made, if it has one of its own."""
    names = [path.partition("__")[0] for path in model.key_fields]
    return set(names) if model.key_fields[-1] in KEYS else set()


def is_public(record: CuratedModel) -> bool:
    """Say whether everybody may see a record."""
    return type(record).objects.visible_to(AnonymousUser()).filter(pk=record.pk).exists()


def inherit_theory(row: Any) -> None:
    """Give a row below a configuration its theory, which its form need not ask for."""
    if getattr(row, "cmoc_id", None) and hasattr(row, "theory_id") and row.theory_id is None:
        row.theory_id = row.cmoc.theory_id


class OpenedVersionField(forms.IntegerField):
    """The version of the record that a form was opened on. It comes back as it was sent."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say that nobody changes it: a row in which nothing else was changed is not saved."""
        del initial, data
        return False


class CuratedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that knows who fills it in and which version of the record was opened."""

    user: Person
    is_public: bool | None = None  # whether everybody may see the record above this row, if there is one
    unless: ClassVar[dict[str, tuple[str, ...]]] = {}  # fields that must be given where none of some others is
    opened_version = OpenedVersionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened_version"].initial = self.instance.version
        self.keep_address()
        self.ask_no_names()
        for name in self.unless.keys() & self.fields.keys():  # in bold
            self.fields[name].required = self.instance._state.adding
        if self.instance.signs or self.instance._state.adding:
            for name in WHERE_UNSIGNED.keys() & self.fields.keys():
                self.fields[name].required = False
                self.fields[name].help_text = f"{self.fields[name].help_text} {WHERE_UNSIGNED[name]}".strip()

    def keep_address(self) -> None:
        """Let nobody change what the address of a public record is made of: readers have it, and citations."""
        names = names_in_address(type(self.instance)) & self.fields.keys()
        if not names or self.instance._state.adding:
            return
        if is_public(self.instance) if self.is_public is None else self.is_public:
            for name in names:
                self.fields[name].disabled = True
                self.fields[name].help_text = f"{self.fields[name].help_text} {KEPT}".strip()

    def full_clean(self) -> None:
        """Check the form; what must be given where nothing else is, must be given then alone."""
        for name, others in self.unless.items():
            if name in self.fields:
                self.fields[name].required = not any(self[other].value() for other in others if other in self.fields)
        super().full_clean()

    def ask_no_names(self) -> None:
        """Ask for no slug, key, number or place of a new record: we can give them."""
        for name in NAMES if self.instance._state.adding else ():
            if name in self.fields:
                self.fields[name].required, self.fields[name].initial = False, None
                self.fields[name].help_text = f"{self.fields[name].help_text} {GIVEN}".strip()

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002  Django's own
        """Save; what a new record is told apart by, and whose it is, is given here where nobody said it."""
        row = self.instance
        if row._state.adding and not self.errors:
            inherit_theory(row)
            name_anew(row)
            for name, value in (
                ("signed_by", signature(cast("User", self.user))),
                ("signed_date", timezone.localdate()),
            ):
                if name in self.fields and not row.signs and not getattr(row, name):
                    setattr(row, name, value)
        return super().save(commit)

    def clean(self) -> dict[str, Any]:
        """Refuse records of other studies, and a record that was changed since it was opened."""
        cleaned = super().clean() or {}
        cleaned |= self.untouched_texts(cleaned)
        if "theory" in self.fields and not self.fields["theory"].required and not cleaned.get("theory"):
            cleaned["theory"] = next((cleaned[part].theory for part in OF_THEORY if cleaned.get(part)), None)
        for name, value in list(cleaned.items()):
            if not isinstance(value, CuratedModel) or value._state.adding:  # the record above, saved with this row
                continue
            if not type(value).objects.visible_to(self.user).filter(pk=value.pk):
                self.add_error(name, "Choose a record that you may see.")
        if not self.instance._state.adding and self.has_changed():
            self.refuse_overwriting(cleaned.get("opened_version"))
        return cleaned

    def untouched_texts(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Return the texts that nobody touched as they are stored, whatever a browser made of them."""
        return {
            name: self.initial[name]
            for name in cleaned.keys() & self.initial.keys() - set(self.changed_data)
            if isinstance(self.fields[name], TextFormField) and not self.instance._state.adding
        }

    def refuse_overwriting(self, opened: int | None) -> None:
        """Add an error that says who changed what since the form was opened."""
        model = type(self.instance)
        stored = model._base_manager.get(pk=self.instance.pk)
        if opened == stored.version:
            self.instance.version = stored.version
            return
        told = last_change(stored) or "This record was changed after you opened it."
        raise ValidationError(
            f"{told} Nothing was overwritten, and what you entered is still here. To save it all the same, open the "
            "record again in another window, copy over what you want to keep, and save there.",
            code="stale",
        )

    def _post_clean(self) -> None:
        if self.instance._state.adding:
            inherit_theory(self.instance)
        super()._post_clean()  # type: ignore[misc]  # a hook of Django's own
        path = type(self.instance).access.study
        if path == "studies":
            return
        study = None
        with suppress(ObjectDoesNotExist):  # a required relation is empty; its own field says so
            study = follow(self.instance, path) if path else self.instance
        if study is not None and study.pk and not Study.objects.editable_by(self.user).filter(pk=study.pk).exists():
            self._errors = ErrorDict()  # what else is wrong with it would tell what is there
            self.add_error(None, "This belongs to a study that you do not curate.")


class ReasonForm(CuratedForm):
    """A form that asks why."""

    change_reason = TextFormField(
        label="Reason for this change",
        required=False,
        max_length=300,
        help_text="Kept in the history. Required when you change a record.",
        widget=forms.TextInput(attrs={"size": 80}),
    )

    def has_changed(self) -> bool:
        """Say whether anything was changed; a reason alone changes nothing."""
        return bool(set(self.changed_data) - {"change_reason"})

    def has_reason(self, cleaned: dict[str, Any]) -> bool:
        """Say whether a reason was given; one that is refused has its own message."""
        return bool(cleaned.get("change_reason")) or self.has_error("change_reason")

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where something changes."""
        cleaned = super().clean()
        if not self.instance._state.adding and self.has_changed() and not self.has_reason(cleaned):
            self.add_error("change_reason", "Say in a few words why you change this.")
        for kind in held_by(type(self.instance)):
            if cleaned.get(kind.absence) and not self.instance._state.adding and kind.rows(self.instance).exists():
                self.add_error(kind.absence, f"There are {kind.name} here, so leave this empty.")
        return cleaned
