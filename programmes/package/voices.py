"""Whose words are in quotes over several turns, worked out from what a study will be, before others wait for it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import connection

from programmes.models import Participant, Quote, Source, Speaker
from programmes.models.spoken import SourceVoices, quote_spans, voices_in
from programmes.package.problems import PackageError, Problem
from programmes.package.rules import in_a_sentence
from programmes.transcripts.turns import turns_beside
from programmes.vocabulary import SpeakerKind

if TYPE_CHECKING:
    from programmes.models import CuratedModel, Study
    from programmes.package.plan import Plan

Voices = list[tuple[Quote, list[Participant]]]
KEPT = Quote.also_by.through._meta.db_table
PAIRS = {  # out of a list of lists, as JSON
    "sqlite": "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s)",
    "postgresql": "SELECT (pair->>0)::bigint, (pair->>1)::bigint FROM jsonb_array_elements(%s::jsonb) pair",
}
GONE = f'DELETE FROM "{KEPT}" WHERE (quote_id, participant_id) IN ({{pairs}})'  # noqa: S608  a name of our own
NEW = f'INSERT INTO "{KEPT}" (quote_id, participant_id) {{pairs}}'


def planned_voices(plan: Plan) -> Voices | None:
    """Return whose words will be in each quote over several turns; None where a study has no such quote.

    A plan with it rests on who speaks there. Raises PackageError where a quote is public without somebody's leave.
    """
    quotes = rows_planned(plan, Quote)
    several = [quote for quote in quotes if quote.pieces]
    if not several and not any("pieces" in (quote.changing or ()) for quote in quotes):
        return None
    if plan.study.pk is not None:
        sources = {quote.source_id for quote in several} - {None}
        plan.present.rest_on_all(Quote.objects.filter(study=plan.study).exclude(pieces=[]))
        plan.present.rest_on_all(Source.objects.filter(pk__in=sources))
        plan.present.rest_on_all(Speaker.objects.filter(source__study=plan.study))
    return with_leave(several, speakers_by_source(plan))


def rows_planned(plan: Plan, model: type[CuratedModel]) -> list[Any]:
    """Return the rows of a study as they will be."""
    gone = {step.row.pk for step in plan.steps if step.deletes and isinstance(step.row, model)}
    there = [row for key, row in plan.present.by_id.get(model, {}).items() if key not in gone]
    return [*there, *(row for row in plan.all_rows if isinstance(row, model) and row.pk is None)]


def speakers_by_source(plan: Plan) -> dict[int, list[Speaker]]:
    """Return who speaks in each source, by its identity: new ones have no number yet."""
    found: dict[int, list[Speaker]] = defaultdict(list)
    for speaker in rows_planned(plan, Speaker):
        found[id(speaker.source)].append(speaker)
    return found


def with_leave(quotes: list[Quote], speakers: dict[int, list[Speaker]]) -> Voices:
    """Return whose words are in each quote. Raises PackageError where one is public and somebody did not agree."""
    by_source: dict[int, SourceVoices] = {}
    found, problems = [], []
    for quote in quotes:
        source: Any = quote.source
        if id(source) not in by_source:
            by_source[id(source)] = voices_among(source, speakers[id(source)])
        voices = by_source[id(source)]
        pieces = [piece for span in quote_spans(quote) for piece in voices.pieces(*span)]
        try:
            found.append((quote, voices_in(quote, voices, pieces)))
        except ValidationError as error:
            remedy = "leave its visibility out, or record the consent of each participant whose words are in it"
            problems.append(Problem("quotes", "", in_a_sentence(error.messages[0]), remedy))
    if problems:
        raise PackageError(problems)
    return found


def voices_among(source: Source, speakers: list[Speaker]) -> SourceVoices:
    """Return who speaks where in a source, when these are its speakers."""
    nobody = {row.label for row in speakers if row.kind == SpeakerKind.NOBODY}
    return SourceVoices(source, turns_beside(source.text, source.turns, nobody), speakers)


def write_voices(study: Study, voices: Voices) -> None:
    """Keep whose words are in the quotes of a study, when these have been written."""
    wanted = {(quote.pk, who.pk) for quote, people in voices for who in people}
    there = Quote.also_by.through._base_manager.filter(quote__study=study)
    kept = set(there.values_list("quote_id", "participant_id"))
    with connection.cursor() as cursor:
        for statement, pairs in ((GONE, kept - wanted), (NEW, wanted - kept)):
            if pairs:
                cursor.execute(statement.format(pairs=PAIRS[connection.vendor]), [json.dumps(sorted(pairs))])
