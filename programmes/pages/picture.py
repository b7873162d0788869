"""The picture of a theory in the page: one screen, in which the path of a box lights up with what is said of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from programmes.diagrams.layout import MOST_IN_ONE, Picture, subweb
from programmes.diagrams.legend import LegendItem, legend_of_rows
from programmes.diagrams.paths import LitPath, paths_in, picture_for_screen
from programmes.models.configuration import Part
from programmes.pages.base import distinct_parts
from programmes.pages.claims import claims_of, who_speaks
from programmes.pages.keyset import KeysetPage, after_which, keyset_page

if TYPE_CHECKING:
    from django.http import HttpRequest

    from programmes.diagrams.boxes import Box, CMOCBox
    from programmes.models import CMOC
    from programmes.pages.claims import Claim, Speaking
    from programmes.pages.theory import TheoryPage
    from programmes.pages.web import CMOCRow

MOST_CELLS = 2_000  # of the matrix of contexts by outcomes; more cannot be taken in


@dataclass(frozen=True)
class PathPanel:
    """What is said when a path is lit: of a configuration its claim, of an element the configurations it is part of."""

    path: LitPath
    claim: Claim | None = None
    element: Box | None = None
    previous: CMOCBox | None = None
    following: CMOCBox | None = None


@dataclass(frozen=True)
class PicturePage:
    """The picture that a page shows; none where it is to be chosen outcome by outcome, or nothing is there to draw."""

    picture: Picture | None
    panels: list[PathPanel]
    legend: list[LegendItem]
    page: KeysetPage[int]
    after_numbers: dict[str, int | str]
    speaking: Speaking
    query: str
    matrix: list[tuple[Part, list[tuple[Part, list[CMOC]]]]]  # contexts by outcomes, of many configurations
    outcomes: list[Part]


def picture_page(request: HttpRequest, page: TheoryPage) -> PicturePage:
    """Return the picture of what is shown: at most so many configurations as one picture holds, then the next."""
    user, theory = request.user, page.theory
    numbers = {row.cmoc.number: row.cmoc.pk for row in page.rows}
    keys = [] if page.is_apart else [row.cmoc.pk for row in page.rows]
    shown = keyset_page(keys, after_which(request, numbers), MOST_IN_ONE)
    rows = page.rows_of(set(shown.keys))
    web = page.draw(rows)
    if page.outcomes_chosen:
        chosen = {outcome.key for outcome in web.outcomes} & page.outcomes_chosen
        web = subweb(web, web.cmocs, tuple(outcome for outcome in web.outcomes if outcome.key in chosen))
    picture = picture_for_screen(web) if rows and web.heads else None
    claims = {claim.cmoc.number: claim for claim in claims_of(shown.keys, user, None).values()} if picture else {}
    named: dict[int, int | str] = {key: number for number, key in numbers.items()}
    return PicturePage(
        picture=picture,
        panels=panels_of(picture, claims) if picture else [],
        legend=legend_of_rows(web, picture) if picture else [],
        page=shown,
        after_numbers={"after": named.get(shown.after or 0, ""), "back": named.get(shown.back or 0, "")},
        speaking=who_speaks(theory, user),
        query=f"view=picture&{page.query}" if page.query else "view=picture",
        matrix=context_outcome_matrix(page.rows) if len(page.rows) > MOST_IN_ONE else [],
        outcomes=[Part(key, label, "") for key, label in distinct_parts([row.parts for row in page.rows], "outcomes")],
    )


def context_outcome_matrix(rows: list[CMOCRow]) -> list[tuple[Part, list[tuple[Part, list[CMOC]]]]]:
    """Return a matrix of contexts by outcomes, with the configurations that join them; none where it is too large."""
    outcomes = distinct_parts([row.parts for row in rows], "outcomes")
    if len(outcomes) * len(distinct_parts([row.parts for row in rows], "contexts")) > MOST_CELLS:
        return []
    cells: dict[tuple[str, str], list[CMOC]] = defaultdict(list)
    for row in rows:
        for context in row.parts["contexts"]:
            for outcome in row.parts["outcomes"]:
                cells[context.key, outcome.key].append(row.cmoc)
    return [
        (Part(key, label, ""), [(Part(other, name, ""), cells[key, other]) for other, name in outcomes])
        for key, label in distinct_parts([row.parts for row in rows], "contexts")
    ]


def panels_of(picture: Picture, claims: dict[int, Claim]) -> list[PathPanel]:
    """Return what is said of each path of a picture, with the configurations before and after it."""
    paths = paths_in(picture)
    in_order = [path.cmocs[0] for path in paths[: len(picture.cmocs)]]
    elements = (*picture.further, *picture.contexts, *picture.outcomes)
    found = [
        PathPanel(
            path,
            claim=claims[box.node.number],
            previous=in_order[index - 1] if index else None,
            following=in_order[index + 1] if index + 1 < len(in_order) else None,
        )
        for index, (path, box) in enumerate(zip(paths, in_order, strict=False))
    ]
    return found + [
        PathPanel(path, element=element) for path, element in zip(paths[len(in_order) :], elements, strict=True)
    ]
