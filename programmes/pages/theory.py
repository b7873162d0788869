"""The theory page: the web of configurations, the same content as a table, and what belongs beside it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.response import TemplateResponse

from programmes.diagrams.layout import MOST_IN_ONE, Picture, pictures_of
from programmes.filtersets import CMOCFilterSet
from programmes.filtersets.base import leads_to_unretired
from programmes.filtersets.theory_notes import CMOCS_OF_LINK
from programmes.formats.cards import card_png
from programmes.formats.web import WEB_FORMATS, WebFile
from programmes.models import CMOC, Caveat, CMOCGroup, CMOCLink, Memo, Service, Study, SubstantiveTheory, Theory
from programmes.models.configuration import Part, Parts, parts_of_theory
from programmes.models.holdings import holdings_of
from programmes.models.slots import BESIDE, SlotColumn, columns_of, slots_from, slots_said
from programmes.pages.as_data import told_as_data
from programmes.pages.base import (
    FilterChoice,
    attachment,
    base_url,
    distinct_parts,
    filter_data,
    get_theory,
    refuse_unknown_parameters,
    takes,
)
from programmes.pages.choices import (
    OF_EVIDENCE,
    PARAMETERS,
    choices_of_cmocs,
    choices_of_evidence,
    options_in,
    summary_of,
)
from programmes.pages.claims import claims_page
from programmes.pages.evidence import FACETS
from programmes.pages.holdings import absence_sentence, absence_sentences
from programmes.pages.keyset import KeysetPage, after_which, keyset_page
from programmes.pages.own_setting import can_be_read_from_a_setting
from programmes.pages.picture import picture_page
from programmes.pages.sharing import card_of_theory, share_of_theory
from programmes.pages.theory_data import theory_data
from programmes.pages.voices import voices_of
from programmes.pages.web import CMOCRow, add_evidence, link_marks, web_of
from programmes.search.did_you_mean import suggestion
from programmes.vocabulary import CMOCStatus, Reporting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.db.models import QuerySet
    from django.http import HttpRequest, QueryDict

    from programmes.diagrams.graph import Web
    from programmes.integrity.access import Person


VIEWS = {"answer": "Answer", "picture": "Picture", "table": "Table", "sources": "Sources and notes"}
TABLE_ROWS = 50
LINKS = 60  # relations on one page
DIGITS = 10  # that no number has
NOT_DRAWN = "Nothing is drawn of it: it stands as text, without parts that lines could join."


@dataclass
class TheoryPage:
    theory: Theory
    rows: list[CMOCRow]
    total: int
    left_out: int  # retired ones, which nobody asked for
    draw: Callable[[list[CMOCRow]], Web]
    after: int | None  # the number after which a list on the page begins
    outcomes_chosen: set[str]
    choices: list[FilterChoice]
    of_evidence: list[FilterChoice]
    query: str
    quotes_query: str
    errors: list[str]
    caveats: list[Caveat]
    links: list[CMOCLink]
    substantive_theories: list[SubstantiveTheory]
    notes: list[Memo]
    search: str
    quote_search: str
    columns: list[SlotColumn]
    every_row: list[CMOCRow]
    services: bool  # whether the study has services that the reader may see
    from_setting: bool  # whether it can be read from the reader's own setting
    holds: dict[str, str]
    empty_groups: list[CMOCGroup]  # headings of the source under which none stands here
    too_many: list[str]  # filters with more to choose from than a page can hold
    page: KeysetPage[int]  # of the table
    by_outcome: list[tuple[Part, int]]  # what can be drawn one by one, where it is too much for one picture

    @cached_property
    def web(self) -> Web:
        """Return the web of what is shown, which takes a while."""
        return self.draw(self.rows)

    @cached_property
    def link_page(self) -> KeysetPage[int]:
        """Return the numbers of the relations that one page shows."""
        return keyset_page([link.number for link in self.links], self.after, LINKS)

    @property
    def links_shown(self) -> list[CMOCLink]:
        """Return the relations on the page."""
        shown = set(self.link_page.keys)
        return [link for link in self.links if link.number in shown]

    @property
    def query_of_sources(self) -> str:
        """Return the query string of the sources, to which its pages add where they begin."""
        return f"view=sources&{self.query}" if self.query else "view=sources"

    def rows_of(self, keys: Collection[int]) -> list[CMOCRow]:
        """Return the rows of some configurations, in their order."""
        return [row for row in self.rows if row.cmoc.pk in keys]

    @cached_property
    def pictures(self) -> list[Picture]:
        """Return what is shown as pictures: one, or one for each outcome of many configurations."""
        return pictures_of(self.web) if self.rows else []

    @property
    def is_apart(self) -> bool:
        """Say whether it is too much for one picture, so that each outcome is drawn by itself, when it is asked for."""
        return len(self.rows) > MOST_IN_ONE and len(self.by_outcome) > 1 and not self.outcomes_chosen

    @property
    def after_numbers(self) -> dict[str, int | str]:
        """Return the numbers by which an address names where pages of the table begin."""
        numbers = {row.cmoc.pk: row.cmoc.number for row in self.rows}
        return {"after": numbers.get(self.page.after or 0, ""), "back": numbers.get(self.page.back or 0, "")}

    @property
    def query_of_table(self) -> str:
        """Return the query string of the table, to which its pages add where they begin."""
        return f"view=table&{self.query}" if self.query else "view=table"

    @property
    def missing(self) -> list[str]:
        """Return a sentence for each kind of content that the reader does not find here."""
        said = absence_sentences(self.holds, self.theory.study)
        if not self.quotes:
            said["quotes"] = absence_sentence(self.holds, "quotes", self.theory.study)
        return [said[kind] for kind in self.holds if kind in said]

    @property
    def quotes(self) -> bool:
        """Say whether the theory has quotes, shown or not; without any, nothing is said about them row by row."""
        return any(row.roles for row in self.every_row)

    @property
    def one_click_away(self) -> str:
        """Return whose words stand behind the labels, where the theory has them."""
        voices = voices_of(chain.from_iterable(row.speakers for row in self.every_row))
        statement = self.theory.study.statement_words.one if self.stated else ""
        found = [*filter(None, (statement, voices.words if self.quotes else ""))]
        return f"{' and '.join(found)} {'are' if self.quotes else 'is'} one click away" if found else ""

    @property
    def stated(self) -> bool:
        """Say whether there is a statement of any of its configurations."""
        return any(row.cmoc.statement for row in self.every_row)

    @property
    def has(self) -> dict[str, bool]:
        """Say which of the columns beside those of the configuration have something to tell of what is shown."""
        return {
            "actors": BESIDE not in {column.name for column in self.columns}
            and any(row.parts["actors"] for row in self.rows),
            "beneficiaries": any(row.parts["beneficiaries"] for row in self.rows),
            "quoted": any(row.quoted for row in self.rows),
            "caveats": any(row.caveats for row in self.every_row),
        }

    @property
    def width(self) -> int:
        """Return the number of columns of the table."""
        return 1 + (len(self.columns) or 1) + sum(self.has.values()) + self.quotes

    @property
    def groups(self) -> list[tuple[CMOCGroup | None, list[CMOCRow]]]:
        """Return the rows under the headings of their groups; those of no group come last, under none."""
        listed = set(self.page.keys)
        rows = [row for row in self.rows if row.cmoc.pk in listed]
        found = [(group, list(of_group)) for group, of_group in itertools.groupby(rows, key=lambda row: row.cmoc.group)]
        found += [(group, []) for group in self.empty_groups] if self.page.is_whole else []
        return sorted(found, key=lambda entry: (entry[0] is None, entry[0].number if entry[0] else 0))

    @property
    def services_stated(self) -> tuple[str, str] | None:
        """Return how the services stated relevant are reported, where that is the same of all that are shown."""
        said = {(row.cmoc.services_reporting, row.cmoc.services_as_extracted) for row in self.rows}
        if len(said) != 1 or any(row.parts["services"] for row in self.rows):
            return None
        reporting, extracted = said.pop()
        if reporting in {"", Reporting.REPORTED}:
            return None
        return (Reporting(reporting).label.lower(), extracted)

    @property
    def summary(self) -> str:
        """Say how much of the theory is shown, and under which filters."""
        choices = (*self.choices, *self.of_evidence)
        summary = summary_of(len(self.rows), self.total, choices, self.search, self.quote_search)
        return summary if self.columns or not self.rows else f"{summary} {NOT_DRAWN}"


def theory_page(request: HttpRequest, theory: Theory, site: str = "") -> TheoryPage:
    """Return a theory, filtered by the query string; links in the web begin with `site`."""
    user = request.user
    visible = CMOC.objects.visible_to(user).filter(theory=theory).select_related("group")
    cmocs = theory.in_own_order(visible, lambda cmoc: (cmoc.group.number if cmoc.group else None, cmoc.number))
    parts = parts_of_theory(theory.pk, user)
    rows = [CMOCRow(cmoc, parts.get(cmoc.pk, Parts())) for cmoc in cmocs]
    by_cmoc = {row.cmoc.pk: row for row in rows}
    said = add_evidence(by_cmoc, user, theory)
    caveats = list(
        Caveat.objects.visible_to(user)
        .filter(theory=theory)
        .select_related("outcome", "refutes")
        .order_by("number", "pk")
    )
    for caveat in caveats:
        if caveat.cmoc_id in by_cmoc:
            by_cmoc[caveat.cmoc_id].caveats += 1
    links = list(
        CMOCLink.objects.visible_to(user)
        .filter(leads_to_unretired(CMOCLink, *CMOCS_OF_LINK), theory=theory)
        .select_related("source_cmoc", "source_outcome", "target_cmoc", "target_outcome", "target_context")
        .order_by("number", "pk")
    )
    data = filter_data(request, PARAMETERS, CMOCFilterSet.renamed)
    choices, too_many = choices_of_cmocs(options_in(rows), data)
    of_evidence = choices_of_evidence(said, data)
    errors: list[str] = []
    with_retired = CMOCStatus.RETIRED in data.getlist("status")
    shown = standing_rows = [row for row in rows if row.cmoc.status != CMOCStatus.RETIRED]
    if data:
        filterset = CMOCFilterSet(data, CMOC.objects.visible_to(user).filter(theory=theory), request=request)
        if filterset.is_valid():
            kept = set(filterset.qs.values_list("pk", flat=True))
            shown = [row for row in rows if row.cmoc.pk in kept]
        else:
            errors = [message for messages in filterset.errors.values() for message in messages]
    columns = columns_of(theory.form, [(row.cmoc, row.parts) for row in shown])
    holds = holdings_of(theory, user)
    in_order = [row.cmoc.pk for row in shown]
    numbers = {row.cmoc.number: row.cmoc.pk for row in rows}
    outcomes = distinct_parts([row.parts for row in shown], "outcomes")
    page = keyset_page(in_order, after_which(request, numbers), TABLE_ROWS)
    for key in page.keys:
        slots = slots_from(by_cmoc[key].cmoc, by_cmoc[key].parts, columns)
        by_cmoc[key].slots = slots if slots_said(slots) else []
    return TheoryPage(
        theory=theory,
        rows=shown,
        total=len(rows if with_retired else standing_rows),
        left_out=0 if with_retired else len(rows) - len(standing_rows),
        draw=lambda rows: web_of(theory, rows, link_marks(theory, links, site), site, holds),
        after=int(after) if (after := request.GET.get("after", "")).isdecimal() and len(after) < DIGITS else None,
        outcomes_chosen=set(data.getlist("outcome")),
        choices=choices,
        of_evidence=of_evidence,
        query=data.urlencode(),
        quotes_query=query_of_quotes(data),
        errors=errors,
        caveats=[caveat for caveat in caveats if caveat.cmoc_id is None],
        links=links,
        substantive_theories=list(
            SubstantiveTheory.objects.visible_to(user).filter(theory=theory).order_by("name", "pk")
        ),
        notes=list(
            Memo.objects.visible_to(user)
            .filter(theory=theory, cmoc=None, context=None, mechanism=None, outcome=None, substantive_theory=None)
            .filter(quote=None, source=None, service=None, reference=None)
            .order_by("key", "pk")
        ),
        search=data.get("q", ""),
        quote_search=data.get("quote_q", ""),
        columns=columns,
        every_row=[*standing_rows, *shown],  # retired ones where they are asked for
        services=Service.objects.visible_to(user).filter(study=theory.study_id).exists(),
        from_setting=can_be_read_from_a_setting(theory, user),
        holds=holds,
        empty_groups=[] if data else list(groups_without(rows, theory, user)),
        too_many=too_many,
        page=page,
        by_outcome=[
            (Part(key, label, ""), sum(key in {part.key for part in row.parts["outcomes"]} for row in shown))
            for key, label in outcomes
        ]
        if len(shown) > MOST_IN_ONE
        else [],
    )


def groups_without(rows: list[CMOCRow], theory: Theory, user: Person) -> QuerySet[CMOCGroup, CMOCGroup]:
    """Return the groups of a theory in which none of its configurations stands."""
    return CMOCGroup.objects.visible_to(user).filter(theory=theory).exclude(pk__in={row.cmoc.group_id for row in rows})


def query_of_quotes(data: QueryDict) -> str:
    """Return the query string of the quotes that keep these configurations; none where other things keep them too."""
    about_evidence = [name for name in data if name in OF_EVIDENCE]
    known = {*FACETS, "quote_q"}
    return data.urlencode() if about_evidence and known.issuperset(data) else ""


@takes("view", "after", *PARAMETERS, renamed=CMOCFilterSet.renamed)
@told_as_data(theory_data)
def theory_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a theory answers to its question; or its picture, its table, or what stands behind it."""
    found = get_theory(request, slug)
    view = request.GET.get("view") or "answer"
    page: Any
    page = theory_page(request, found) if view in {"picture", "table", "sources"} else claims_page(request, found)
    if view not in VIEWS:
        page.errors.append(f"“{view}” is no view of a theory; {suggestion(view, VIEWS)}")
        view = "answer"
    return TemplateResponse(
        request,
        "programmes/theory.html",
        {
            "page": page,
            "drawn": picture_page(request, page) if view == "picture" else None,
            "view": view,
            "views": VIEWS,
            "theory": found,
            "study": found.study,
            "forms": WEB_FORMATS,
            "share": share_of_theory(found, base_url(request)),
        },
        status=400 if page.errors else 200,
    )


def theory_card(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the preview image that social networks show beside a link to a theory."""
    return HttpResponse(card_png(card_of_theory(get_theory(request, slug))), content_type="image/png")


@takes(*PARAMETERS, renamed=CMOCFilterSet.renamed)
def web_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Return the web as a file, exactly as the page shows it under the same filters."""
    if refused := refuse_unknown_parameters(request):
        return refused
    found = get_theory(request, slug)
    page = theory_page(request, found, base_url(request))
    if page.errors:
        return HttpResponse("\n".join(page.errors), status=400, content_type="text/plain; charset=utf-8")
    source = WebFile(
        title=found.title,
        summary=page.summary,
        credit=credit_of(found.study, request.build_absolute_uri(found.get_absolute_url())),
        web=page.web,
        pictures=page.pictures,
        context_meaning=context_sentence(found),
    )
    return attachment(WEB_FORMATS[form].write(source), WEB_FORMATS[form].media_type, f"{found.slug}-web.{form}")


def context_sentence(theory: Theory) -> str:
    """Return what counts as context in a theory, for a file that has no page around it."""
    if not theory.context_meaning:
        return ""
    return f"{theory.study.statement_words.counts} as context: “{theory.context_meaning}”"


def credit_of(study: Study, address: str) -> str:
    """Return the attribution of a file on one line: author, licence and address."""
    doi = f" https://doi.org/{study.doi}" if study.doi else ""
    source = study.citation or f"{study.title}."
    licence = f" Licence: {study.licence} {study.licence_url}".rstrip() + "." if study.licence else ""
    return " ".join(f"Source: {source}{doi}{licence} {study.licence_note} From {address}".split())
