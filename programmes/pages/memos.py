"""The memos of a study: what its curators decided, defined, asked and noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Max, Q, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from programmes.filtersets import MemoFilterSet
from programmes.formats.memos import WORD, heading_of, memo_document, memo_table
from programmes.formats.tables import csv_lines, csv_values
from programmes.models import Memo, Study, Theory, is_about
from programmes.pages.as_data import PageData, PortionShown, RecordsShown, told_as_data
from programmes.pages.base import FilterChoice, attachment, filter_choice, filter_data, refuse_unknown_parameters, takes
from programmes.pages.keyset import KeysetPage, keyset_page
from programmes.search.stems import marked, terms_of
from programmes.vocabulary import MemoAbout, MemoKind

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from programmes.integrity.access import Person

PAGE_SIZE = 50
FILTERS = ("theory", "kind", "about", "cmoc", "q")


# What leads from a memo to the page of its record.
RECORDS = (*MemoAbout.values, *(f"{name}__theory" for name in ("cmoc", "context", "mechanism", "outcome")))


# The keys of records in their printed order; of a memo all but those of its record are empty.
KEYS = (
    "theory__slug",
    "cmoc__number",
    *(f"{name}__key" for name in ("context", "mechanism", "outcome", "substantive_theory", "quote", "source")),
    "service__number",
    "reference__number",
)
OF_STUDY = ("quote__study", "service__study", "reference__study", "substantive_theory__theory")


# What memos do, in the words of who reads them: decisions first, oddities of the source last.
HEADINGS = {
    MemoKind.THEORY: "What was decided on the theory",
    MemoKind.METHOD: "How it was arrived at",
    MemoKind.DEFINITION: "What words are taken to mean",
    MemoKind.QUESTION: "What is open",
    MemoKind.REFLEXIVE: "The curators’ own part",
    MemoKind.SOURCE_NOTE: "Oddities of the source",
}


@dataclass(frozen=True)
class MemoRow:
    """A memo with the record it is about."""

    memo: Memo
    text: SafeString
    record: str
    href: str


@dataclass(frozen=True)
class MemoGroup:
    """Memos that do the same: as many as stand on the page, and how many there are."""

    heading: str
    rows: list[MemoRow]
    found: int


@dataclass(frozen=True)
class MemosPage:
    groups: list[MemoGroup]
    page: KeysetPage[str]
    kept: bool  # whether there is any memo, whatever is chosen
    choices: list[FilterChoice]
    errors: list[str]
    search: str
    query: str


def memos_with_records(memos: QuerySet[Memo, Memo]) -> QuerySet[Memo, Memo]:
    """Return memos with their records: theories first, the study last, and memos on one record together."""
    kinds = [MemoAbout.THEORY, *(kind for kind in MemoAbout if kind != MemoAbout.THEORY)]
    kind = Case(
        *(When(is_about(kind), then=position) for position, kind in enumerate(kinds)), output_field=IntegerField()
    )
    return memos.select_related(*RECORDS, *OF_STUDY).order_by("study__slug", kind, *KEYS, "key", "pk")


def memo_href(memo: Memo) -> str:
    """Return the URL of the record a memo is about; empty where it has no page."""
    if memo.source:
        return ""
    if memo.reference:
        return f"{memo.study.get_absolute_url()}#reference-{memo.reference.number}"
    page: Any = memo.theory if memo.substantive_theory else memo.record
    return str(page.get_absolute_url())


def marked_memo_row(memo: Memo, search: str = "") -> MemoRow:
    """Return a memo with the search terms highlighted."""
    return MemoRow(memo, marked(memo.text, terms_of(search)), heading_of(memo), memo_href(memo))


def chosen_memos(request: HttpRequest, study: Study) -> tuple[QuerySet[Memo, Memo], MemoFilterSet]:
    """Return the memos that the query string selects, and the filters with their errors."""
    memos = Memo.objects.visible_to(request.user).filter(study=study)
    filterset = MemoFilterSet(filter_data(request, FILTERS), memos, request=request)
    return memos_with_records(filterset.qs if filterset.is_valid() else memos.none()), filterset


def memos_page(request: HttpRequest, study: Study) -> MemosPage:
    memos, filterset = chosen_memos(request, study)
    data = filter_data(request, FILTERS)
    search = request.GET.get("q", "").strip()
    does = Case(
        *(When(kind=kind, then=position) for position, kind in enumerate(HEADINGS)), output_field=IntegerField()
    )
    in_order = memos.order_by(does, *memos.query.order_by)
    kind_of = dict(in_order.values_list("key", "kind"))
    page = keyset_page(list(kind_of), request.GET.get("after"), PAGE_SIZE)
    shown = list(in_order.filter(key__in=page.keys))
    found = Counter(kind_of.values())
    groups = [
        MemoGroup(heading, [marked_memo_row(memo, search) for memo in shown if memo.kind == kind], found[kind])
        for kind, heading in HEADINGS.items()
    ]
    theories = Theory.objects.visible_to(request.user).filter(study=study).order_by("title", "pk")
    every = Memo.objects.visible_to(request.user).filter(study=study)
    kinds = set(every.order_by().values_list("kind", flat=True))
    present = {f"has_{about}": Max(Case(When(is_about(about), then=1), default=0)) for about in MemoAbout}
    about = every.order_by().aggregate(**present)
    records = {name.value for name in MemoAbout if about[f"has_{name}"]}
    return MemosPage(
        groups=[group for group in groups if group.rows],
        page=page,
        kept=bool(kinds),
        choices=[
            filter_choice(data, "kind", "Kind", [choice for choice in MemoKind.choices if choice[0] in kinds]),
            filter_choice(data, "about", "About", [choice for choice in MemoAbout.choices if choice[0] in records]),
            filter_choice(data, "theory", "Theory", theories.values_list("slug", "title")),
        ],
        errors=[message for messages in filterset.errors.values() for message in messages],
        search=search,
        query=data.urlencode(),
    )


def memo_row(study: str, key: str, user: Person) -> MemoRow | None:
    """Return one memo, or nothing where this person may not see it."""
    memo = memos_with_records(Memo.objects.visible_to(user)).filter(study__slug=study, key=key).first()
    return marked_memo_row(memo) if memo else None


def get_study(request: HttpRequest, slug: str) -> Study:
    """Return a study, or raise Http404 where it does not exist for this reader."""
    return get_object_or_404(Study.objects.visible_to(request.user), slug=slug)


def memos_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the memos in the order of the page."""
    page = shown["page"].page
    memos = RecordsShown(Memo, page.keys, page.every, by="key", among=Q(study=shown["study"]))
    return PageData(f"Memos of {shown['study'].title}", [memos], PortionShown.of(page))


def memo_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the memo."""
    row: MemoRow = shown["row"]
    return PageData(row.record, [RecordsShown(Memo, [row.memo.pk])])


@takes(*FILTERS, "after")
@told_as_data(memos_data)
def memo_list(request: HttpRequest, slug: str) -> HttpResponse:
    study = get_study(request, slug)
    page = memos_page(request, study)
    status = 400 if page.errors else 200
    return TemplateResponse(request, "programmes/memos.html", {"page": page, "study": study}, status=status)


@takes(*FILTERS)
def memo_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Return the memos that the query string selects, as CSV or as a Word document."""
    if refused := refuse_unknown_parameters(request):
        return refused
    study = get_study(request, slug)
    chosen, filterset = chosen_memos(request, study)
    if filterset.errors:
        return memo_list(request, slug)
    if form == "csv":
        lines = csv_lines(map(csv_values, memo_table(chosen)))
        return attachment(lines, "text/csv; charset=utf-8", f"{slug}-memos.csv")
    return attachment(memo_document(chosen, f"Memos of {study}"), WORD, f"{slug}-memos.docx")


@told_as_data(memo_data, table=False)
def memo_detail(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    row = memo_row(slug, key, request.user)
    if row is None:
        raise Http404
    return TemplateResponse(request, "programmes/memo.html", {"row": row, "study": row.memo.study})
