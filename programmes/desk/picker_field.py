"""The picker of configurations as a field of a form: a list of those that stand in one study, theory by theory.

A script makes a field of it in which one types a number, a title or any word; without one it is a plain list.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms

from programmes.desk.theory_lines import TheoryLine, lines_of_theory
from programmes.models import CMOC, Study, Theory

if TYPE_CHECKING:
    from programmes.integrity.access import Person


class StandingCMOCs:
    """The configurations that stand in the theories of a study, read once for all the fields of a page."""

    def __init__(self, study: Study, user: Person) -> None:
        self.study, self.user = study, user

    @cached_property
    def groups(self) -> list[tuple[str, list[TheoryLine]]]:
        """Return them by theory, the newest theory first."""
        theories = Theory.objects.visible_to(self.user).filter(study=self.study).order_by("-pk")
        return [(theory.title, lines_of_theory(theory, self.user)) for theory in theories]


class CMOCPickerWidget(forms.Widget):
    """A list of standing configurations, each with number, title and what leads to what."""

    tells_counts = True  # how many quotes bear on each, so what others coded

    class Media:
        css = {"all": ("css/picker.css",)}
        js = ("js/picker.js", "js/picker_field.js")

    def __init__(self, standing: StandingCMOCs, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-cmoc-picker": "", **(attrs or {})})
        self.standing = standing

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Return the list; what was chosen before and stands no more is in it, so that saving changes nothing."""
        del attrs
        chosen = {str(each) for each in value if each not in {None, ""}}
        none: Any = (None, [self.create_option(name, "", "Choose a CMOC", not chosen, 0)], 0)  # type: ignore[attr-defined]
        groups: list[Any] = [] if self.allow_multiple_selected else [none]  # type: ignore[attr-defined]
        listed: set[str] = set()
        for title, lines in self.standing.groups:
            options = [self.line_option(name, line, str(line.pk) in chosen) for line in lines]
            listed |= {str(line.pk) for line in lines}
            groups.append((title, options, len(groups)))
        others = CMOC.objects.visible_to(self.standing.user).filter(
            pk__in=[pk for pk in chosen - listed if pk.isdecimal()]
        )
        for other in others:
            label = ", ".join(filter(None, (f"{other} {other.title}", other.get_status_display().lower())))
            groups.append((None, [self.create_option(name, other.pk, label, True, 0)], len(groups)))  # type: ignore[attr-defined]  # noqa: FBT003
        return groups

    def line_option(self, name: str, line: TheoryLine, selected: bool) -> dict[str, Any]:  # noqa: FBT001  as Django's
        """Return a configuration as an option, with its parts beside it for the script."""
        label = f"{line.label} {line.title}".rstrip() + (f": {line.plain}" if line.plain else "")
        option: dict[str, Any] = self.create_option(name, line.pk, label, selected, 0)  # type: ignore[attr-defined]
        counts = f"{line.speaking_for} for, {line.against} against"
        told = {"number": line.label, "title": line.title, "plain": line.plain}
        told |= {"counts": counts} if self.tells_counts else {}
        option["attrs"] |= {f"data-{key}": text for key, text in told.items()}
        return option


class CMOCPickerSelect(CMOCPickerWidget, forms.Select):
    """The list of which one is chosen."""


class CMOCPickerSelectMultiple(CMOCPickerWidget, forms.SelectMultiple):
    """The list of which several are chosen, by somebody who is to see nothing of what others coded."""

    tells_counts = False
