"""The filters of a theory's pages: what there is to choose from among its configurations and the evidence on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from programmes.filtersets import NOT_GIVEN, CMOCFilterSet
from programmes.models import CMOC, Evidence, ServiceSector
from programmes.models.configuration import CONFIGURATION
from programmes.models.short_names import service_name, with_number
from programmes.pages.base import FilterChoice, distinct_parts, filter_choice
from programmes.vocabulary import CMOCStatus, EvidenceRole, Slot
from programmes.words import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

    from programmes.integrity.access import Person
    from programmes.models import Theory
    from programmes.pages.web import CMOCRow

SPEAKER = "quote__participant__"
SERVICE = f"{SPEAKER}service__"
# Where each value stands by which evidence is looked for, seen from a piece of evidence, and what its label is made of.
EVIDENCE_VALUES = {
    "role": ("role", "role"),
    "slot": ("slot", "slot"),
    "service": (f"{SERVICE}number", f"{SERVICE}name", f"{SERVICE}service_type", f"{SERVICE}location"),
    "speaker_role": (f"{SPEAKER}role", f"{SPEAKER}role"),
    "document": ("quote__source__reference__number", "quote__source__reference__title"),
}
# The filters of the pages, by their names in the query string: of the configurations, and of the evidence on them.
OF_CMOCS = ("group", *(kind.in_filter for kind in CONFIGURATION), "sector_stated", "status", "q")
OF_EVIDENCE = (*EVIDENCE_VALUES, "sector", "quote_q")
PARAMETERS = (*OF_CMOCS, *OF_EVIDENCE)
TERMS = {"role": EvidenceRole, "slot": Slot, "status": CMOCStatus}
MOST_OPTIONS = 100  # of one filter; a page with thousands of words to choose from serves nobody

# What quotes have in common of which no service, or of which no work, is given.
NONE_GIVEN = {"service": "No service given", "document": "Document without a reference"}

Options = dict[str, dict[Any, Any]]


def options_in(rows: list[CMOCRow]) -> Options:
    """Return what there is to choose from among configurations that are at hand, by the name of the filter."""
    parts: Options = {
        kind.in_filter: {
            key: numbered(label, key) for key, label in distinct_parts((row.parts for row in rows), kind.plural)
        }
        for kind in CONFIGURATION
    }
    groups: dict[Any, str] = {row.cmoc.group.number: row.cmoc.group.heading for row in rows if row.cmoc.group}
    return {"group": groups, **parts, "status": {row.cmoc.status: row.cmoc.status for row in rows}}


def options_of(theory: Theory, user: Person) -> Options:
    """Return what there is to choose from among the configurations of a theory, by the name of the filter."""
    cmocs = CMOC.objects.visible_to(user).filter(theory=theory).order_by("group__number", "status")
    found: Options = {"group": {}, **{kind.in_filter: {} for kind in CONFIGURATION}, "status": {}}
    for number, heading, status in cmocs.values_list("group__number", "group__heading", "status").distinct():
        found["status"][status] = status
        found["group"] |= {number: heading} if heading else {}
    first, *others = [
        kind.link.objects.visible_to(user)
        .filter(cmoc__theory=theory)
        .order_by()
        .values_list(
            Value(kind.in_filter, output_field=CharField()),
            Cast(F(f"{kind.relation}__{kind.key}"), CharField()),
            kind.label_read,
        )
        for kind in CONFIGURATION
    ]
    kinds = {kind.in_filter: kind for kind in CONFIGURATION}
    for name, key, label in first.union(*others):
        found[name][key] = numbered(kinds[name].label_from(label), key)
    return {**found, **{name: dict(sorted(found[name].items(), key=in_order_of_labels)) for name in kinds}}


def numbered(label: str, key: str) -> str:
    """Return how a part is called where it is chosen; of services, whose names may be alike, the number follows."""
    return with_number(label, key) if isinstance(label, Sentence) else label


def in_order_of_labels(option: tuple[str, str]) -> tuple[str, str]:
    """Return by what options are sorted."""
    return option[1].lower(), option[0]


def said_of(theory: Theory, user: Person) -> Options:
    """Return by what the evidence on a theory can be chosen: by the name of the filter the values and their labels."""
    evidence = Evidence.objects.visible_to(user).filter(cmoc__theory=theory)
    columns = [path for paths in EVIDENCE_VALUES.values() for path in paths]
    in_order = evidence.order_by(f"{SERVICE}number", "quote__source__reference__number")
    found: Options = {name: {} for name in (*EVIDENCE_VALUES, "sector")}
    for read in in_order.values_list(*columns).distinct():
        add_values(found, values_read(read))
    found["sector"] = sectors_quoted(theory, user, found["service"])
    return found


def values_read(read: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the value by which evidence is looked for, and what its label is made of, for each filter."""
    values = iter(read)
    return {name: [next(values) for _ in paths] for name, paths in EVIDENCE_VALUES.items()}


def add_values(found: Options, chosen: dict[str, list[Any]]) -> None:
    """Add the values of one piece of evidence to those that can be chosen."""
    for name, (value, *label) in chosen.items():
        if value and value not in found[name]:
            found[name][value] = label[0] if name != "service" else with_number(service_name(*label), value)


def sectors_quoted(theory: Theory, user: Person, services: Iterable[str]) -> dict[str, str]:
    """Return the sectors of services of a theory's study, in the order of their list."""
    if not services:
        return {}
    sectors = ServiceSector.objects.visible_to(user).filter(service__study=theory.study_id)
    in_order = sectors.filter(service__number__in=services).order_by("sector__number", "sector__key")
    return dict(in_order.values_list("sector__key", "sector__label"))


def choices_of_cmocs(options: Options, data: QueryDict) -> tuple[list[FilterChoice], list[str]]:
    """Return the filters that tell some configurations from others, and the heads of those with too many to list."""
    labels = {kind.in_filter: kind.filter_label or kind.heading for kind in CONFIGURATION}
    standing = {status: label for status, label in CMOCStatus.choices if status in options["status"]}
    groups = {str(number): heading for number, heading in options["group"].items()}
    every = {**options, "group": groups, "sector_stated": {}, "status": standing}
    listed = {name: known if len(known) <= MOST_OPTIONS else {} for name, known in every.items()}
    in_order = {name: listed[name] for name in OF_CMOCS if name in listed}
    too_many = [labels[name] for name in in_order if len(every[name]) > MOST_OPTIONS and name in labels]
    return choices_of(data, in_order, {**labels, "status": "Status"}), too_many


def choices_of_evidence(said: Options, data: QueryDict) -> list[FilterChoice]:
    """Return the filters of evidence that tell some of the evidence on a theory from the rest."""
    options: Options = {
        name: {value: label for value, label in TERMS[name].choices if value in found} if name in TERMS else found
        for name, found in said.items()
    }
    options["document"] = {str(number): f"{title} [{number}]" for number, title in said["document"].items()}
    labels = {name: str(CMOCFilterSet.base_filters[name].label) for name in options}
    return choices_of(data, options, labels)


def choices_of(data: QueryDict, options: Options, labels: dict[str, str]) -> list[FilterChoice]:
    """Return a filter for each name that has something to choose from, or of which something is chosen."""
    found = []
    for name, known in options.items():
        terms: dict[str, Any] = dict(TERMS[name].choices) if name in TERMS else {}
        terms |= {NOT_GIVEN: NONE_GIVEN[name]} if name in NONE_GIVEN else {}
        chosen = {value: terms.get(value, value) for value in data.getlist(name) if value not in known}
        if known or chosen:
            label = labels.get(name) or str(CMOCFilterSet.base_filters[name].label)
            found.append(filter_choice(data, name, label, {**known, **chosen}.items()))
    return found


def summary_of(shown: int, total: int, choices: Iterable[FilterChoice], search: str, quote_search: str) -> str:
    """Say how much of a theory is shown, and under which filters."""
    chosen = [f"{entry.label.lower()}: {option.label}" for entry in choices for option in entry.chosen]
    if search:
        chosen.append(f"with the words: {search}")
    if quote_search:
        chosen.append(f"with a quote that has the words: {quote_search}")
    count = f"{shown} of {total} CMOC{'' if total == 1 else 's'}"
    return f"{count}, {'; '.join(chosen)}." if chosen else f"{count}."
