"""The form on which a configuration is split: what each new one says with each part, and what each quote does to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from programmes.actions.successors import NamedPart, Successor
from programmes.desk.successors import HEADINGS, CopiedItem, SuccessorsForm
from programmes.integrity.text import LineInput, TextFormField
from programmes.models import Caveat, Evidence, SubstantiveTheoryLink
from programmes.models.configuration import CONFIGURATION, ELEMENTS, PartKind
from programmes.models.slots import ORDERS
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.models import CMOC, CuratedModel

KINDS = {kind.link: kind for kind in CONFIGURATION}
LONGEST_PART = 300  # letters of the short wording of a part
ALL_AGAINST = (
    "All that it takes speaks against it, and nothing for it. Say what each quote does to the new CMOC: what spoke "
    "against the one before may speak for this one. Tick this if it is meant so."
)


@dataclass(frozen=True)
class SplitPart:
    """A part of the configuration, with the fields of one new one: whether it takes it, and in which words."""

    item: CopiedItem
    take: Any
    wording: Any

    @property
    def asks(self) -> str:
        """Return what the second field asks for."""
        kind = KINDS[self.item.model]
        own = self.item.model._meta.get_field(kind.wording).verbose_name  # type: ignore[union-attr]  # no relation back
        return "in the words of this CMOC" if kind.slot else str(own)


@dataclass(frozen=True)
class Child:
    """One of the new configurations, with its fields."""

    name: str
    title: Any
    statement: Any
    parts: list[tuple[str, list[SplitPart], Any]]  # by kind: its heading, the parts, and the field for further ones
    meant: Any  # the field that says that all its quotes are meant to speak against it


def may_be_worded(item: CopiedItem) -> bool:
    """Say whether a configuration has a part in words of its own."""
    return item.model in KINDS and bool(KINDS[item.model].wording)


class SplitForm(SuccessorsForm):
    """The configurations that one becomes. Quotes that were chosen to be split off are offered to the last of them."""

    def __init__(self, cmocs: list[CMOC], followers: int, off: frozenset[int], *args: Any, **kwargs: Any) -> None:
        self.off = off  # the evidence that is split off, by id
        super().__init__(cmocs, followers, *args, **kwargs)
        if off:
            self.fields["title-1"].initial = cmocs[0].title
        for number in self.followers:
            for kind in self.kinds():
                self.fields[f"new-{kind.name}-{number}"] = TextFormField(
                    label=f"{self.name_of(number)}: another {kind.heading.lower()}",
                    max_length=LONGEST_PART,
                    required=False,
                    widget=LineInput,
                )
            self.fields[f"meant-{number}"] = forms.BooleanField(
                label=f"{self.name_of(number)} is meant to have only quotes against it", required=False
            )

    def kinds(self) -> list[PartKind]:
        """Return the kinds of element that a theory of this form has, and those that the configuration has besides."""
        used = {item.model for item in self.items}
        order = ORDERS[self.cmocs[0].theory.form]
        return [kind for kind in ELEMENTS if kind.name in order or kind.link in used]

    def add_fields(self, item: CopiedItem) -> None:
        """Ask of each new configuration what a quote does to it, and in which words it has a part."""
        if item.model is not Evidence:
            super().add_fields(item)
        for number in self.followers:
            if item.model is Evidence:
                self.fields[f"role-{item.name}-{number}"] = forms.ChoiceField(
                    label=f"{self.name_of(number)}: {item.label[:60]}",
                    required=False,
                    choices=[("", "not taken"), *EvidenceRole.choices],
                    initial=self.offered_role(item, number),
                )
            elif may_be_worded(item):
                stored: Any = item.model._meta.get_field(KINDS[item.model].wording)
                self.fields[f"word-{item.name}-{number}"] = TextFormField(
                    label=f"{self.name_of(number)}: its words for {item.label[:60]}",
                    max_length=stored.max_length,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 2}),
                    initial=getattr(item.row, KINDS[item.model].wording),
                )

    def offered_role(self, item: CopiedItem, number: int) -> str:
        """Return the role that a quote is offered in: what is split off because it speaks against one, supports one."""
        if not self.off:
            return ""
        role = EvidenceRole(item.row.role)  # type: ignore[attr-defined]  # it is evidence
        if item.row.pk not in self.off:
            return role if number == 1 else ""
        if number < len(self.followers):
            return ""
        return EvidenceRole.SUPPORTS if role == EvidenceRole.COUNTERS else role

    def takers(self, item: CopiedItem) -> list[int]:
        """Return which of the new configurations take something."""
        name = "role" if item.model is Evidence else "take"
        return [number for number in self.followers if self.cleaned_data.get(f"{name}-{item.name}-{number}")]

    def clean(self) -> dict[str, Any]:
        """Refuse a configuration that has only quotes against it, unless it is meant so."""
        cleaned = super().clean()
        for number in self.followers:
            given = (cleaned.get(f"role-{item.name}-{number}") for item in self.of_kind(Evidence))
            roles = {role for role in given if role}
            if roles == {EvidenceRole.COUNTERS} and not cleaned.get(f"meant-{number}"):
                self.add_error(f"meant-{number}", ALL_AGAINST)
        return cleaned

    def of_kind(self, *models: type[CuratedModel]) -> list[CopiedItem]:
        return [item for item in self.items if item.model in models]

    def successors(self) -> list[Successor]:
        """Return the new configurations, as filled in."""
        return [self.successor(number) for number in self.followers]

    def successor(self, number: int) -> Successor:
        cleaned = self.cleaned_data
        taken = [item for item in self.items if number in self.takers(item)]
        changes: dict[CuratedModel, dict[str, str]] = {}
        for item in taken:
            if item.model is Evidence:
                changes[item.row] = {"role": cleaned[f"role-{item.name}-{number}"]}
            elif may_be_worded(item):
                changes[item.row] = {KINDS[item.model].wording: cleaned[f"word-{item.name}-{number}"]}
        parts = tuple(
            NamedPart(kind, label) for kind in self.kinds() if (label := cleaned[f"new-{kind.name}-{number}"])
        )
        rows = tuple(item.row for item in taken)
        return Successor(cleaned[f"title-{number}"], cleaned[f"statement-{number}"], rows, changes, parts)

    def children(self) -> Iterator[Child]:
        """Yield the new configurations with their fields."""
        for number, (name, title, statement) in zip(self.followers, self.heads(), strict=True):
            meant = self[f"meant-{number}"]
            yield Child(name, title, statement, list(self.parts_of(number)), meant if meant.errors else None)

    def parts_of(self, number: int) -> Iterator[tuple[str, list[SplitPart], Any]]:
        """Yield, for one new configuration, each kind of part that there is or may be."""
        kinds = self.kinds()
        for kind in CONFIGURATION:
            parts = [
                SplitPart(
                    item,
                    self[f"take-{item.name}-{number}"],
                    self[f"word-{item.name}-{number}"] if may_be_worded(item) else None,
                )
                for item in self.of_kind(kind.link)
            ]
            if parts or kind in kinds:
                yield kind.heading, parts, self[f"new-{kind.name}-{number}"] if kind in kinds else None

    def quotes(self) -> list[dict[str, Any]]:
        """Return each quote with the fields that say what it does to each new configuration."""
        return [
            {
                "entry": item.row,
                "roles": [(self.name_of(number), self[f"role-{item.name}-{number}"]) for number in self.followers],
                "leave": self[f"leave-{item.name}"],
            }
            for item in self.of_kind(Evidence)
        ]

    def others(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return caveats and the theories it draws on, each with its fields."""
        found = []
        for model in (Caveat, SubstantiveTheoryLink):
            rows = [
                {
                    "item": item,
                    "takes": [(self.name_of(number), self[f"take-{item.name}-{number}"]) for number in self.followers],
                    "leave": self[f"leave-{item.name}"] if item.must_go else None,
                }
                for item in self.of_kind(model)
            ]
            if rows:
                found.append((HEADINGS[model], rows))
        return found
