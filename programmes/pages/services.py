"""The table of services, and the page of one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Q, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from programmes.diagrams.graph import Mark
from programmes.diagrams.overview import Overview, ServicePoint, overview
from programmes.filtersets import ServiceFilterSet
from programmes.models import (
    CMOCService,
    Delivery,
    Evidence,
    Memo,
    Quote,
    Service,
    ServiceLocation,
    ServiceSector,
    Study,
)
from programmes.models.holdings import holdings_of
from programmes.models.short_names import cmoc_name
from programmes.models.theory import not_retired
from programmes.pages.as_data import PageData, PortionShown, RecordsShown, told_as_data
from programmes.pages.base import FilterChoice, filter_choice, filter_data, takes
from programmes.pages.holdings import absence_sentence
from programmes.pages.keyset import KeysetPage, keyset_page
from programmes.vocabulary import Offered, Reporting
from programmes.words import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.integrity.access import Person

FILTERS = ("sector", "place", "quoted", "q")
SORTS = {
    "number": ("study", "number", "pk"),
    "type": ("service_type", "pk"),
    "location": ("location", "pk"),
    "sector": ("first_sector", "study", "number", "pk"),
}
NAMED_BY = ("study__slug", "number")
PAGE_SIZE = 60
QUOTES = 50  # of a service on one page
NO_SECTOR, NO_PLACE = "Not grouped", "No place given"  # heads of the picture where nobody said anything


@dataclass
class ServiceRow:
    service: Service
    sectors: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    quotes: set[int] = field(default_factory=set)
    quoted_for: dict[tuple[str, int], str] = field(default_factory=dict)
    stated_for: dict[tuple[str, int], str] = field(default_factory=dict)

    def cells(self, modes: Iterable[str]) -> list[tuple[str, str, str]]:
        """Return each delivery mode with what is known of it and the cell of the source table it was extracted from."""
        found = []
        for mode in modes:
            delivery = self.deliveries.get(mode)
            offered = Offered(delivery.offered).label if delivery and delivery.offered else ""
            cell = ""
            if delivery and delivery.header_as_extracted:
                mark = delivery.cell_as_extracted or "blank"
                cell = Sentence(mark, " under “", delivery.header_as_extracted, "”")
            found.append((mode, offered, cell))
        return found


@dataclass(frozen=True)
class ServicesPage:
    rows: list[ServiceRow]
    overview: Overview
    studies: list[Study]
    modes: list[str]  # of all the services that are shown
    choices: list[FilterChoice]
    errors: list[str]
    sort: str
    search: str
    query: str
    missing: str  # why there is none to show, of one study
    page: KeysetPage[tuple[str, str]]
    named: dict[tuple[str, str], int]  # the key of each service, by study and number

    @property
    def query_of_pages(self) -> str:
        """Return the query string of this list, to which its pages add where they begin."""
        sort = f"sort={self.sort}" if self.sort != "number" else ""
        return "&".join(filter(None, [sort, self.query]))

    @property
    def after_services(self) -> dict[str, str]:
        """Return the services after which the pages before and after this one begin, as an address names them."""
        return {"after": ":".join(self.page.after or ()), "back": ":".join(self.page.back or ())}

    @property
    def lines(self) -> list[tuple[ServiceRow, list[tuple[str, str, str]]]]:
        """Return each service with its cells."""
        return [(row, row.cells(self.modes)) for row in self.rows]

    @property
    def has(self) -> dict[str, bool]:
        """Say which columns have something to tell of the services that are shown."""
        return {
            "quoted": any(row.quoted_for for row in self.rows),
            "stated": any(row.stated_for for row in self.rows),
            "places": any(row.places for row in self.rows),
            "sectors": any(row.sectors or row.service.sector_reporting for row in self.rows),
        }

    @property
    def sorts(self) -> list[str]:
        """Return the orders in which these services differ, and the one that was asked for."""
        differ = {
            "number": True,
            "type": True,
            "location": any(row.service.location for row in self.rows),
            "sector": any(row.sectors for row in self.rows),
        }
        return [name for name in SORTS if differ[name] or name == self.sort]

    @property
    def samples(self) -> dict[str, str]:
        """Return the number of a service that is quoted, and of one of whose people no quote is shown."""
        return {
            "quoted": next((row.service.number for row in self.rows if row.quotes), ""),
            "silent": next((row.service.number for row in self.rows if not row.quotes), ""),
        }

    @property
    def cells_as_extracted(self) -> bool:
        """Say whether a delivery mode is shown with the cell that it was read from."""
        return any(cell for _, cells in self.lines for _, _, cell in cells)


def services_page(request: HttpRequest, study: Study | None) -> ServicesPage:
    """Return the services of one study, or of all, filtered and sorted by the query string."""
    user = request.user
    services = Service.objects.visible_to(user).select_related("study")
    if study is not None:
        services = services.filter(study=study)
    data = filter_data(request, FILTERS)
    filterset = ServiceFilterSet(data, services, request=request)
    errors = [message for messages in filterset.errors.values() for message in messages]
    sort = request.GET.get("sort", "number")
    if sort not in SORTS:
        errors.append(f"“{sort}” is no order; choose number, type, location or sector.")
        sort = "number"
    by_sector = Coalesce(Min("sector_links__sector__label"), Value(""))
    in_order = filterset.qs.annotate(first_sector=by_sector).order_by(*SORTS[sort])
    key_of = {} if filterset.errors else {key: tuple(named) for *named, key in in_order.values_list(*NAMED_BY, "pk")}
    of, _, number = request.GET.get("after", "").partition(":")
    page = keyset_page(list(key_of.values()), (of, number), PAGE_SIZE)
    shown = set(page.keys)
    found = list(in_order.filter(pk__in=[key for key, named in key_of.items() if named in shown]))
    rows = {service.pk: ServiceRow(service) for service in found}
    fill_service_rows(rows, user)
    return ServicesPage(
        rows=list(rows.values()),
        overview=overview_of(list(rows.values())),
        studies=[study] if study else list(dict.fromkeys(row.service.study for row in rows.values())),
        modes=modes_of(rows.values()),
        choices=[
            filter_choice(data, name, label, options)
            for name, label, options in (
                ("sector", "Sector", sectors_of(services, user)),
                ("place", "Place", place_choices(services, user)),
                ("quoted", "People quoted", quoted_choices(services, user)),
            )
            if options or name in data
        ],
        errors=errors,
        sort=sort,
        search=data.get("q", ""),
        query=data.urlencode(),
        page=page,
        named={(study, number): key for key, (study, number) in key_of.items()},
        missing=absence_sentence(holdings_of(study, user), "services", study) if study and not found else "",
    )


def sectors_of(services: QuerySet[Service, Service], user: Person) -> list[tuple[str, str]]:
    """Return the sectors that services are in, each key once."""
    links = ServiceSector.objects.visible_to(user).filter(service__in=services.order_by())
    in_order = links.order_by("sector__number", "sector__label", "sector__key")
    return list(dict(in_order.values_list("sector__key", "sector__label")).items())


def place_choices(services: QuerySet[Service, Service], user: Person) -> list[tuple[str, str]]:
    """Return the places that services are in, each key once."""
    links = ServiceLocation.objects.visible_to(user).filter(service__in=services.order_by())
    in_order = links.order_by("place__number", "place__label", "place__key")
    return list(dict(in_order.values_list("place__key", "place__label")).items())


def quoted_choices(services: QuerySet[Service, Service], user: Person) -> list[tuple[str, str]]:
    """Return whether people are to be quoted, where those of some services are, as far as one may see."""
    quoted = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), quote__participant__service__in=services)
    return [("true", "Yes"), ("false", "No")] if quoted.exists() else []


def modes_of(rows: Iterable[ServiceRow]) -> list[str]:
    """Return the delivery modes of which something is known of one of the services, in the order of their lists."""
    modes = {delivery.mode for row in rows for delivery in row.deliveries.values()}
    return list(dict.fromkeys(mode.label for mode in sorted(modes, key=lambda mode: (mode.number, mode.key, mode.pk))))


def overview_of(rows: list[ServiceRow]) -> Overview:
    """Return the picture of services by sector and place; services without quotes are marked."""
    points = []
    for row in rows:
        service = row.service
        kind = "quoted" if row.quotes else "stated"
        words = "people are quoted" if row.quotes else "no quote of its people is shown"
        mark = Mark(service.number, service.get_absolute_url(), kind, f"{service}: {words}")
        places = row.places or [service.location or service.get_location_reporting_display() or NO_PLACE]
        sectors = row.sectors or [service.get_sector_reporting_display() or NO_SECTOR]
        points += [ServicePoint(mark, sector, place) for sector in sectors for place in places]
    named = sorted({sector for row in rows for sector in row.sectors})
    return overview(points, [*named, *Reporting.labels, NO_SECTOR], [*Reporting.labels, NO_PLACE])


def fill_service_rows(rows: dict[int, ServiceRow], user: Person) -> None:
    """Add sectors, places, delivery modes, quotes, and stated relevance to services, in one query each."""
    links = ServiceSector.objects.visible_to(user).filter(service__in=rows).order_by("position", "pk")
    for service, label in links.values_list("service", "sector__label"):
        rows[service].sectors.append(label)
    locations = ServiceLocation.objects.visible_to(user).filter(service__in=rows).order_by("position", "pk")
    for service, label in locations.values_list("service", "place__label"):
        rows[service].places.append(label)
    for delivery in Delivery.objects.visible_to(user).filter(service__in=rows).select_related("mode"):
        rows[delivery.service_id].deliveries[delivery.mode.label] = delivery
    evidence = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), quote__participant__service__in=rows)
    of_cmoc = ("cmoc__theory__slug", "cmoc__number", "cmoc__label")
    for service, quote, theory, number, label in evidence.order_by(*of_cmoc).values_list(
        "quote__participant__service", "quote", *of_cmoc
    ):
        rows[service].quotes.add(quote)
        rows[service].quoted_for[theory, number] = cmoc_name(number, label)
    stated = CMOCService.objects.visible_to(user).filter(not_retired("cmoc"), service__in=rows)
    for service, theory, number, label in stated.order_by(*of_cmoc).values_list("service", *of_cmoc):
        rows[service].stated_for[theory, number] = cmoc_name(number, label)


@dataclass(frozen=True)
class ServicePage:
    row: ServiceRow
    evidence: list[tuple[Evidence, list[Evidence]]]
    notes: list[Memo]
    previous: Service | None
    following: Service | None
    page: KeysetPage[str]

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """Return what is known of its delivery modes."""
        return self.row.cells(modes_of([self.row]))


def service_page(request: HttpRequest, service: Service) -> ServicePage:
    """Return a service with the quotes of its people, as many as stand on one page."""
    user = request.user
    row = ServiceRow(service)
    fill_service_rows({service.pk: row}, user)
    evidence = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), quote__participant__service=service)
    keys = list(evidence.order_by("quote__key").values_list("quote__key", flat=True).distinct())
    page = keyset_page(keys, request.GET.get("after"), QUOTES)
    by_quote: dict[int, list[Evidence]] = defaultdict(list)
    for entry in (
        evidence.filter(quote__key__in=page.keys)
        .select_related("quote__study", "quote__participant__service", "quote__source__reference", "cmoc__theory")
        .order_by("quote__key", "cmoc__number", "pk")
    ):
        by_quote[entry.quote_id].append(entry)
    of_study = Service.objects.visible_to(user).filter(study=service.study_id).select_related("study")
    return ServicePage(
        row=row,
        evidence=[(entries[0], entries) for entries in by_quote.values()],
        notes=list(Memo.objects.visible_to(user).filter(service=service).order_by("key", "pk")),
        previous=of_study.filter(number__lt=service.number).order_by("-number", "-pk").first(),
        following=of_study.filter(number__gt=service.number).order_by("number", "pk").first(),
        page=page,
    )


def services_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the services in the order of the page."""
    page: ServicesPage = shown["page"]
    keys, every = ([page.named[key] for key in found] for found in (page.page.keys, page.page.every))
    title = f"Services of {shown['study'].title}" if shown["study"] else "Services"
    return PageData(title, [RecordsShown(Service, keys, every)], PortionShown.of(page.page, page.after_services))


def service_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the quotes of the people of a service, the service and the notes on it."""
    page: ServicePage = shown["page"]
    quotes = RecordsShown(Quote, page.page.keys, page.page.every, by="key", among=Q(study=shown["study"]))
    lists = [quotes, RecordsShown(Service, [shown["service"].pk]), RecordsShown(Memo, [note.pk for note in page.notes])]
    return PageData(str(shown["service"].short_name), lists, PortionShown.of(page.page))


@takes(*FILTERS, "sort", "after")
@told_as_data(services_data)
def service_list(request: HttpRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.visible_to(request.user), slug=slug)
    return service_table(request, study)


@takes(*FILTERS, "sort", "after")
@told_as_data(services_data)
def all_service_list(request: HttpRequest) -> HttpResponse:
    return service_table(request, None)


def service_table(request: HttpRequest, study: Study | None) -> HttpResponse:
    """Show the services of one study, or of all; a filter that is wrong gives a 400 with the reason."""
    page = services_page(request, study)
    status = 400 if page.errors else 200
    return TemplateResponse(request, "programmes/services.html", {"page": page, "study": study}, status=status)


@takes("after")
@told_as_data(service_data)
def service_detail(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    rows = Service.objects.visible_to(request.user).select_related("study__programme")
    found = get_object_or_404(rows, study__slug=slug, number=number)
    shown = {"page": service_page(request, found), "service": found, "study": found.study}
    return TemplateResponse(request, "programmes/service.html", shown)
