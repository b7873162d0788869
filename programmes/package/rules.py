"""The rules of the models as a package's author meets them: which fields are concerned, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from programmes.integrity.invariants import (
    LOOKUPS,
    ORDERED,
    Invariant,
    beyond_python,
    comparisons,
    holds,
    models_with_invariants,
    path_and_lookup,
)
from programmes.models.holdings import HELD
from programmes.package.problems import Path, Problem, path_text
from programmes.search.did_you_mean import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Q

    from programmes.models import CuratedModel, Source

SPAN = "quote_span_in_source"  # each quote has a span of its own, so each is told where its words stand

# What to do where a rule is broken, and the fields that may have to change, the likeliest first. Rules about one field
# and rules that a relation stays in its study or theory need no line.
REMEDIES: dict[str, tuple[str, str]] = {
    "study_collection_ends_after_start": ("collection_end collection_start", "exchange the two dates, or correct one"),
    "service_location_agrees_with_reporting": (
        "location_reporting location",
        "give the text, or say in which way it is missing",
    ),
    "service_programme_text_agrees_with_reporting": (
        "programme_text_reporting programme_text",
        "give the text, or say in which way it is missing",
    ),
    "participant_role_agrees_with_reporting": (
        "role_reporting role",
        "give the text, or say in which way it is missing",
    ),
    "author_person_or_organisation": (
        "family organisation given suffix",
        "give a family name, with given names and suffix if there are any, or else an organisation alone",
    ),
    "quote_shown_with_its_masks": ("text masks", "load the quote again from the file that it came in"),
    "source_reference_of_a_document": ("kind reference", 'write "document" as its kind, or leave reference out'),
    **{
        f"{kind.holder._meta.model_name}_{kind.absence}_fits": (
            kind.absence,
            'write "none" or "not-loaded", or leave it out; or write "own" as the statements of the study',
        )
        for kind in HELD
    },
    "theory_not_its_own_predecessor": ("predecessor", "name the theory that it refines, or leave it out"),
    "mechanism_pair_only_on_reasoning": ("kind resource", 'write "reasoning" as its kind, or leave resource out'),
    "mechanism_resource_is_a_resource": ("resource", 'name a mechanism of kind "resource", or give that one this kind'),
    "cmoc_statement_agrees_with_reporting": (
        "statement_reporting statement",
        "give the text, or say in which way it is missing",
    ),
    "cmoc_absence_is_a_reason": (
        "context_absence mechanism_absence outcome_absence",
        "leave it out where the slot is filled; otherwise say in which way it is missing",
    ),
    "source_text_has_checksum": ("sha256", "leave it out"),
    "speaker_is_a_participant": (
        "participant kind",
        'write "participant" as its kind and name one, or leave participant out',
    ),
    "quote_span_complete": ("end start source", "give source, start and end, or none of them and a locator"),
    "quote_span_in_order": ("end start", "write as end the place after the last letter"),
    "quote_place_given": ("locator start", 'add a locator such as "p. 4", or source, start and end'),
    "quote_public_is_checked": (
        "disclosure_checked_by disclosure_checked_date",
        "say who checked it and when, or leave visibility out, so that it stays private",
    ),
    "quote_public_has_consent": (
        "consent",
        'say on which ground, such as "published", or leave visibility out, so that it stays private',
    ),
    "quote_consent_of_a_participant": ("participant consent", "name the participant, or another ground of consent"),
    SPAN: (
        "start end text",
        "count from 0, each character once, and give the words letter by letter as they stand there",
    ),
    "quote_public_within_consent": (
        "visibility participant",
        'leave visibility out, so that it stays private, or record the consent "quotes-public" of the participant',
    ),
    "quote_public_within_consent_of_all": (
        "visibility",
        'leave it out, so that it stays private, or record the consent "quotes-public" of everybody in it',
    ),
    "reading_fits_its_kind": (
        "text resource reasoning kind",
        "write a plain summary as text, or else a resource and a reasoning",
    ),
    "caveat_on_one_thing": ("outcome cmoc", "keep one of the two"),
    "caveat_not_refuting_itself": ("refutes", "name another caveat, or leave it out"),
    "cmoclink_one_source": ("source_cmoc source_outcome", "give one of source_cmoc and source_outcome"),
    "cmoclink_one_target": (
        "target_cmoc target_outcome target_context target_text",
        "give one of target_cmoc, target_outcome, target_context and target_text",
    ),
    "cmoclink_not_to_itself": ("target_cmoc target_outcome source_cmoc source_outcome", "name another end"),
    "memo_about_one_thing": (
        "service reference quote source context mechanism outcome cmoc substantive_theory",
        "keep one, and write a memo of its own about each other",
    ),
    "survey_slug_unique": ("slug", "choose another name"),
    "lineage_reversed_once": ("reverses", "leave this decision out"),
    "lineage_move_unique": ("quote", "leave one of the two out"),
    "lineage_reverses_something": ("reverses kind", 'name the decision, and write "reverse" as the kind'),
    "review_says_why": ("comment", "give a comment"),
    "survey_dates_agree_with_reporting": (
        "opened_date dates_reporting closed_date",
        "give the dates, or say in which way they are missing",
    ),
    "survey_closes_after_it_opens": ("closed_date opened_date", "exchange the two dates, or correct one"),
}

ANYTHING = "something"  # stands for what could be given


@dataclass(frozen=True)
class ModelRule:
    """A constraint or an invariant of a model."""

    name: str
    fields: tuple[str, ...]
    message: str
    remedy: str
    relation: str = ""  # to the row that may be the faulty one for several others


def rule_of(model: type[models.Model], rule: models.BaseConstraint | Invariant) -> ModelRule:
    """Return a constraint or an invariant in a person's words."""
    message = rule.message if isinstance(rule, Invariant) else str(rule.get_violation_error_message())
    if rule.name in REMEDIES:
        fields, remedy = REMEDIES[rule.name]
        if isinstance(rule, models.UniqueConstraint):
            message = message_of_unique(rule)
        relation = rule.guards[0] if isinstance(rule, Invariant) and rule.name != SPAN else ""
        return ModelRule(rule.name, tuple(fields.split()), in_a_sentence(message), remedy, relation)
    if isinstance(rule, Invariant):
        relations = tuple(name for name in rule.guards if name in {entry.name for entry in model._meta.concrete_fields})
        return ModelRule(rule.name, relations, in_a_sentence(message), "name one of this package")
    if isinstance(rule, models.UniqueConstraint):
        return ModelRule(rule.name, (rule.fields[-1],), message_of_unique(rule), "give each row its own")
    (lookup, expected), *_ = comparisons(rule.condition)  # type: ignore[attr-defined]  # the third kind is not used
    field, asked = path_and_lookup(lookup)
    message, remedy = {
        "exact": ("must not be empty", "give a text, or leave the row out"),
        "in": ("is not one of the terms", f"known are {', '.join(filter(None, map(str, expected or ())))}"),
        "gt": (f"must be more than {expected}", "give a larger number"),
    }[asked]
    return ModelRule(rule.name, (field,), message, remedy)


def message_of_unique(rule: models.UniqueConstraint) -> str:
    """Return what is wrong where something is given twice that must not be."""
    if rule.violation_error_message != rule.default_violation_error_message:
        return in_a_sentence(str(rule.violation_error_message))
    return f"another row has this {rule.fields[-1].replace('_', ' ')} already"


def in_a_sentence(message: str) -> str:
    """Return a sentence as it stands after a colon."""
    words = message.rstrip(".")
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def problems_of_row(row: CuratedModel, given: dict[str, Any], path: Path, changed: list[str]) -> list[Problem]:
    """Return what is wrong with a row that is about to be written, each fault once.

    `given` is the row of the document, `changed` names the fields that the database does not have so already.
    """
    problems = list(field_problems(row, given, path))
    concerned = {problem.path for problem in problems}
    for rule, field in [*broken_checks(row, given), *broken_invariants(row, given, changed)]:
        places = {path_text((*path, name)) for name in rule.fields or (field,)}
        if concerned.isdisjoint(places):  # else it follows from what was said already
            problems.append(problem_of(rule, field, row, given, path))
            concerned |= places
    return problems


def problem_of(rule: ModelRule, field: str, row: CuratedModel, given: dict[str, Any], path: Path) -> Problem:
    """Return a broken rule as a problem of one field, with the values of the fields that it compares."""
    compared = {name: given[name] for name in rule.fields if name in given}
    value = given.get(field) if set(compared) <= {field} else compared
    remedy = (place_of_words(row) if rule.name == SPAN else "") or rule.remedy
    cause = f"{rule.name} {given[rule.relation]}" if rule.relation in given else ""
    return Problem(path_text((*path, field)), "" if value is None else shown(value), rule.message, remedy, cause)


def field_problems(row: CuratedModel, given: dict[str, Any], path: Path) -> Iterator[Problem]:
    """Yield what single fields refuse; relations are found by their keys and need no asking."""
    relations = {entry.name for entry in row._meta.concrete_fields if entry.is_relation}
    try:
        row.clean_fields(exclude=relations)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            value = shown(given[name]) if name in given else ""
            fault, _, remedy = messages[0].partition(". ")
            told = in_a_sentence(fault), in_a_sentence(remedy) or "correct it"
            yield Problem(path_text((*path, name)), value, *told)


def broken_checks(row: CuratedModel, given: dict[str, Any]) -> Iterator[tuple[ModelRule, str]]:
    """Yield the check constraints that a row breaks, with the field to put right, before the database is asked."""
    for constraint in row._meta.constraints:
        if not isinstance(constraint, models.CheckConstraint):
            continue
        rule = rule_of(type(row), constraint)
        if beyond_python(constraint.condition, {*LOOKUPS, *ORDERED}):
            if not is_valid(constraint, row):
                yield rule, first_given(rule, given)
        elif not holds(constraint.condition, row):  # type: ignore[arg-type]  # always a Q
            yield rule, likeliest(rule, constraint.condition, row, given)  # type: ignore[arg-type]  # as above


def is_valid(constraint: models.CheckConstraint, row: CuratedModel) -> bool:
    """Ask the database whether a row that is not in it keeps a check constraint which Python cannot ask."""
    try:
        constraint.validate(type(row), row)
    except ValidationError:
        return False
    return True


def broken_invariants(row: CuratedModel, given: dict[str, Any], changed: list[str]) -> Iterator[tuple[ModelRule, str]]:
    """Yield the invariants that a row breaks, or breaks of rows that point at it, with the field to put right."""
    known = {invariant.name: (model, invariant) for model, invariant in models_with_invariants()}
    try:
        row.clean()
    except ValidationError as error:
        for fault in error.error_list:
            if fault.code not in known:  # a rule of this kind of record alone, in its own words
                said, _, remedy = str(fault.message).partition(". ")
                yield ModelRule(str(fault.code), (), in_a_sentence(said), in_a_sentence(remedy)), changed[0]
                continue
            model, invariant = known[str(fault.code)]
            rule = rule_of(model, invariant)
            if model is type(row) and not holds_of(invariant, row):
                yield rule, first_given(rule, given)
            else:
                yield (
                    ModelRule(rule.name, (), rule.message, "leave it as it was, or change those rows first"),
                    changed[0],
                )


def holds_of(invariant: Invariant, row: CuratedModel) -> bool:
    """Say whether a row keeps an invariant itself, whatever rows that point at it do."""
    try:
        invariant.check(row)
    except ValidationError:
        return False
    return True


def likeliest(rule: ModelRule, condition: Q, row: CuratedModel, given: dict[str, Any]) -> str:
    """Return the field to put right: the first that alone would mend the row if it were left out, or given."""
    names = {*rule.fields, *(path_and_lookup(lookup)[0] for lookup, _ in comparisons(condition)), "id"}
    values = {name: getattr(row, name) for name in names}
    for name in rule.fields:
        empty = None if row._meta.get_field(name).null else ""
        other = ANYTHING if values[name] is None or values[name] == "" else empty
        if holds(condition, SimpleNamespace(**{**values, name: other})):  # type: ignore[arg-type]  # only asked for names
            return name
    return first_given(rule, given)


def first_given(rule: ModelRule, given: dict[str, Any]) -> str:
    """Return the first field of a rule that the document gives, or else the first."""
    return next((name for name in rule.fields if name in given), rule.fields[0])


def place_of_words(row: CuratedModel) -> str:
    """Return where the words of a quote do stand in its source, if they stand there once."""
    source: Source = getattr(row, "source")  # noqa: B009  only quotes have it, and this rule is theirs
    text: str = getattr(row, "text")  # noqa: B009  as above
    if source.text.count(text) != 1:
        return ""
    start = source.text.index(text)
    return f"write start {start} and end {start + len(text)}, where the words stand"
