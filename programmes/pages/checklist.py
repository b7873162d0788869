"""The reporting checklist of a study: the items of the standard, and what Realist knows to be reported here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import programmes.formats
from programmes.models import Caveat, PersonKind, ReportingAnswer
from programmes.vocabulary import CaveatKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programmes.pages.appendix_tables import AppendixSource

STANDARD = Path(programmes.formats.__file__).with_name("standards") / "rameses-ii.json"
UNCONFIRMED = "Title not checked against the published table: read it there."
LIMITS = (CaveatKind.LIMITATION, CaveatKind.SAMPLE_LIMIT)


@dataclass(frozen=True)
class ReportingItem:
    """An item of the standard, with its title as published, or unconfirmed."""

    number: int
    section: str
    title: str
    confirmed: bool


@dataclass(frozen=True)
class ReportingStandard:
    """A standard for reports, where it is published, and its items."""

    name: str
    source: str
    items: tuple[ReportingItem, ...]


@cache
def rameses_ii() -> ReportingStandard:
    """Return the reporting standards for realist evaluations."""
    given: dict[str, Any] = json.loads(STANDARD.read_text(encoding="utf-8"))
    return ReportingStandard(
        given["standard"], given["source"], tuple(ReportingItem(**item) for item in given["items"])
    )


def known_of(source: AppendixSource) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each item that is known to be reported here, from what it is known, and where it is read."""
    theory, study = source.theory, source.theory.study
    own, its_study = theory.get_absolute_url(), study.get_absolute_url()
    stated = any(row.cmoc.statement for row in source.page.rows)
    asked = source.copy.rows(PersonKind).filter(study=study).exclude(asked="").exists()
    limits = source.copy.rows(Caveat).filter(theory=theory, kind__in=LIMITS).exists()
    for number, known, said, where in (
        (4, source.page.rows, "the CMOCs of the theory", own),
        (5, study.aim or theory.question, "the aim of the study or the question of the theory", its_study),
        (6, study.ethics_body, "who gave ethical approval", its_study),
        (8, study.setting or study.programme.setting, "the setting of the study or programme", its_study),
        (9, study.programme.description, "the description of the programme", its_study),
        (10, study.design, "the design of the study", its_study),
        (11, study.data_collection, "the data collection of the study", its_study),
        (12, asked, "which kinds of people were asked, and which were not", own),
        (13, study.analysis or study.analysis_steps, "the analysis of the study", its_study),
        (
            14,
            study.interviews or asked,
            "the number of interviews, or the kinds of people asked",
            its_study,
        ),
        (15, stated, "the statements of the CMOCs", f"{own}?view=table"),
        (17, limits, "caveats that are limitations", f"{own}?view=sources"),
        (20, study.funding, "the funding of the study", its_study),
    ):
        if known:
            yield number, said, source.site + where


def answers_of(source: AppendixSource) -> list[list[Any]]:
    """Return each item with what the team answers, or else Realist knows; nothing where neither does."""
    known = {number: (said, where) for number, said, where in known_of(source)}
    answered = {row.item: row for row in source.copy.rows(ReportingAnswer).filter(theory=source.theory)}
    rows: list[list[Any]] = []
    for item in rameses_ii().items:
        if (row := answered.get(item.number)) is not None:
            signed = f"Answered by {row.signed_by}, {row.signed_date:%d %B %Y}."
            notes = [row.note, signed, "" if item.confirmed else UNCONFIRMED]
            own = [row.get_answer_display(), row.locator, " ".join(filter(None, notes))]
            rows.append([item.number, item.section, item.title, *own])
            continue
        said, where = known.get(item.number, ("", ""))
        notes = [f"Filled in by Realist, from {said}."] if said else []
        notes += [] if item.confirmed else [UNCONFIRMED]
        rows.append([item.number, item.section, item.title, "Yes" if said else "", where, " ".join(notes)])
    return rows
