"""The forms on which configurations are merged and split: what each hands on, and to which new configuration."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms

from programmes.actions.successors import COPIED_MODELS, Successor, rows_to_copy
from programmes.integrity.text import LONG_TEXT_LETTERS, STATEMENT_LETTERS, LineInput, TextFormField
from programmes.models import Caveat, Evidence, SubstantiveTheoryLink
from programmes.models.configuration import CONFIGURATION

if TYPE_CHECKING:
    from programmes.models import CMOC, CuratedModel

MUST_GO_SOMEWHERE = (Evidence, Caveat)  # nothing of these is lost from sight by forgetting a tick
LETTERS = "ABCDEF"  # of new configurations, which have no number yet
HEADINGS: dict[type[CuratedModel], str] = {
    Evidence: "Quotes",
    **{kind.link: kind.headings for kind in CONFIGURATION},
    SubstantiveTheoryLink: "Theories it draws on",
    Caveat: "Caveats",
}


@dataclass
class CopiedItem:
    """Something that is carried over, as each configuration has it: the same, or in other words or another role."""

    name: str
    model: type[CuratedModel]
    versions: list[tuple[CuratedModel, str]] = field(default_factory=list)  # each with the words that tell it apart
    label: str = ""
    owners: list[CMOC] = field(default_factory=list)

    @property
    def row(self) -> CuratedModel:
        """Return it as the first configuration has it; a split begins with one alone."""
        return self.versions[0][0]

    @property
    def differs(self) -> bool:
        """Say whether the configurations have it in different words or roles."""
        return len({words for _, words in self.versions}) > 1

    @property
    def must_go(self) -> bool:
        """Say whether somebody has to decide where it goes."""
        return issubclass(self.model, MUST_GO_SOMEWHERE)


def item_label(row: CuratedModel) -> tuple[str, str]:
    """Return a label for a row, with how the configuration has it."""
    if isinstance(row, Evidence):
        return f"{row.quote.key}: “{row.quote.text}”", f"{row.get_role_display().lower()} it"
    if isinstance(row, Caveat):
        return f"{row.get_kind_display()}: {row.text}", ""
    related = getattr(row, COPIED_MODELS[type(row)])
    return str(related), getattr(row, "wording", "")


def items_to_copy(cmocs: list[CMOC]) -> list[CopiedItem]:
    """Return everything that can be carried over; what several configurations share appears once."""
    found: dict[tuple[type, int], CopiedItem] = {}
    for cmoc in cmocs:
        for row in rows_to_copy(cmoc):
            relation = COPIED_MODELS[type(row)]
            key = (type(row), getattr(row, f"{relation}_id") if relation else row.pk)
            if key not in found:
                found[key] = CopiedItem(f"{row._meta.model_name}-{row.pk}", type(row))
            item = found[key]
            item.label, words = item_label(row)
            item.versions.append((row, words))
            item.owners.append(cmoc)
    order = list(COPIED_MODELS)
    return sorted(found.values(), key=lambda item: order.index(item.model))


class SuccessorsForm(forms.Form):
    """The new configurations: titles, statements, and who takes over what."""

    reason = TextFormField(
        label="Why",
        max_length=LONG_TEXT_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown with the CMOCs, and kept for good. Do not name a participant.",
    )

    def __init__(self, cmocs: list[CMOC], followers: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.followers = items_to_copy(cmocs), range(1, followers + 1)
        self.cmocs = cmocs
        for number in self.followers:
            name = self.name_of(number)
            self.fields[f"title-{number}"] = TextFormField(label=f"{name}: title", max_length=300, widget=LineInput)
            self.fields[f"statement-{number}"] = TextFormField(
                label=f"{name}: statement",
                max_length=STATEMENT_LETTERS,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
                initial=" ".join(cmoc.statement for cmoc in cmocs if cmoc.statement),
            )
        for cmoc in cmocs:
            self.fields[f"version-{cmoc.pk}"] = forms.IntegerField(initial=cmoc.version, widget=forms.HiddenInput)
        for item in self.items:
            self.add_fields(item)
            if item.must_go:
                self.fields[f"leave-{item.name}"] = forms.BooleanField(
                    label=f"{item.label[:60]} stays behind", required=False
                )

    def name_of(self, number: int) -> str:
        """Return what a new configuration is called while it has no title; it has no number yet either."""
        return "The merged CMOC" if len(self.followers) == 1 else f"New {LETTERS[number - 1]}"

    def add_fields(self, item: CopiedItem) -> None:
        """Add the fields that say where something goes; a split asks more."""
        for number in self.followers:
            self.fields[f"take-{item.name}-{number}"] = forms.BooleanField(
                label=f"{self.name_of(number)} takes {item.label[:60]}",
                required=False,
                initial=len(self.followers) == 1 or not item.must_go,
            )

    def takers(self, item: CopiedItem) -> list[int]:
        """Return which of the new configurations take something."""
        return [number for number in self.followers if self.cleaned_data.get(f"take-{item.name}-{number}")]

    def clean(self) -> dict[str, Any]:
        """Require a destination for each quote and caveat."""
        cleaned = super().clean() or {}
        for item in self.items:
            taken, leaves = self.takers(item), cleaned.get(f"leave-{item.name}")
            if item.must_go and not taken and not leaves:
                self.add_error(f"leave-{item.name}", "Say which CMOC takes it, or that it stays behind.")
            if item.must_go and taken and leaves:
                self.add_error(f"leave-{item.name}", "It is taken, so it does not stay behind. Choose one.")
        return cleaned

    def versions(self) -> dict[int, int]:
        """Return the version of each configuration that was read, so that later changes are noticed."""
        return {cmoc.pk: self.cleaned_data[f"version-{cmoc.pk}"] for cmoc in self.cmocs}

    def heads(self) -> list[tuple[str, Any, Any]]:
        """Return the fields of title and statement for each new configuration, with what it is called until then."""
        return [
            (self.name_of(number), self[f"title-{number}"], self[f"statement-{number}"]) for number in self.followers
        ]


class MergeForm(SuccessorsForm):
    """The one configuration that several become."""

    def add_fields(self, item: CopiedItem) -> None:
        """Ask too how something goes on that the configurations have in different ways."""
        super().add_fields(item)
        if item.differs:
            choices = [
                (str(row.pk), f"as in {owner}: {words or 'without words of its own'}")
                for (row, words), owner in zip(item.versions, item.owners, strict=True)
            ]
            self.fields[f"as-{item.name}"] = forms.ChoiceField(
                label=f"How {item.label[:60]} goes on",
                required=False,
                choices=[("", "Choose"), *choices],
            )

    def clean(self) -> dict[str, Any]:
        """Require a choice for what differs."""
        cleaned = super().clean()
        for item in self.items:
            if item.differs and self.takers(item) and not cleaned.get(f"as-{item.name}"):
                self.add_error(f"as-{item.name}", "The CMOCs have it in different ways. Choose one.")
        return cleaned

    def successors(self) -> list[Successor]:
        """Return the new configuration, as filled in."""
        cleaned = self.cleaned_data
        takes: list[CuratedModel] = []
        for item in self.items:
            chosen = cleaned.get(f"as-{item.name}")
            if self.takers(item):
                takes.append(next(row for row, _ in item.versions if not chosen or str(row.pk) == chosen))
        return [Successor(cleaned["title-1"], cleaned["statement-1"], tuple(takes))]

    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return the items by kind, each with its form fields, for the table."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in self.items:
            found[HEADINGS[item.model]].append(
                {
                    "item": item,
                    "take": self[f"take-{item.name}-1"],
                    "as_field": self[f"as-{item.name}"] if item.differs else None,
                    "leave": self[f"leave-{item.name}"] if item.must_go else None,
                }
            )
        return list(found.items())
