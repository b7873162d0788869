"""What waits in each study for its curators and reviewers, and how much new each further source brings."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q

from programmes.desk.base import parse_id
from programmes.diagrams.saturation import Interview, Saturation, saturation
from programmes.models import (
    CMOC,
    CMOCMechanism,
    CMOCService,
    CuratedModel,
    Evidence,
    Mechanism,
    Quote,
    Source,
    Study,
)
from programmes.models.theory import not_retired
from programmes.pages.reviews import awaiting_review_by
from programmes.vocabulary import CMOCStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest


@dataclass(frozen=True)
class Queue:
    """Records of one kind that wait for the same thing."""

    name: str
    label: str
    model: type[CuratedModel]
    waits: Q


def mechanism_without_service() -> Q:
    """Return the condition that no configuration of a mechanism has a service quoted or stated relevant."""
    links = CMOCMechanism.objects.filter(not_retired("cmoc"), mechanism=OuterRef("pk"))
    quoted = Evidence.objects.filter(cmoc=OuterRef("cmoc"), quote__participant__service__isnull=False)
    stated = CMOCService.objects.filter(cmoc=OuterRef("cmoc"))
    return Q(~Exists(links.filter(Exists(quoted) | Exists(stated))), Exists(links))


QUEUES: tuple[Queue, ...] = (
    Queue(
        "uncoded",
        "Sources that nobody has coded",
        Source,
        ~Q(text="") & Q(~Exists(Quote.objects.filter(source=OuterRef("pk")))),
    ),
    Queue(
        "without-quote",
        "CMOCs without a quote",
        CMOC,
        not_retired() & Q(~Exists(Evidence.objects.filter(cmoc=OuterRef("pk")))),
    ),
    Queue("unchecked", "Quotes without a disclosure check", Quote, Q(disclosure_checked_date=None)),
    Queue("without-service", "Mechanisms without a service", Mechanism, mechanism_without_service()),
)


def waiting_rows(queue: Queue, user: User, study: int | None = None) -> QuerySet[Any, Any]:
    """Return the records in a queue that this person may work on, in one study or in all."""
    rows = queue.model.objects.editable_by(user).filter(queue.waits)
    return rows if study is None else rows.of_study(study)


@dataclass
class StudyQueues:
    study: Study
    queues: list[tuple[Queue, int]] = field(default_factory=list)
    reviews: list[CMOC] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)

    @property
    def curve(self) -> Saturation | None:
        """Return the saturation curve; None if nothing was coded."""
        return saturation(self.interviews) if self.interviews else None

    @property
    def waiting(self) -> int:
        """Return how many things wait."""
        return len(self.reviews) + sum(number for _, number in self.queues)

    @property
    def is_quiet(self) -> bool:
        return not self.waiting


def queues_of(user: User, only: Study | None = None) -> list[StudyQueues]:
    """Return what waits in each study that this person reviews or curates, or only in one of them."""
    studies = Study.objects.reviewable_by(user).order_by("title", "pk")
    if only is not None:
        studies = studies.filter(pk=only.pk)
    found = {study.pk: StudyQueues(study) for study in studies}
    if not found:
        return []
    curated = set(Study.objects.editable_by(user).values_list("pk", flat=True))
    study = only.pk if only else None
    for queue in QUEUES:
        path = queue.model.access.path("pk")
        counted = waiting_rows(queue, user, study).order_by().values_list(path).annotate(number=Count("pk"))
        numbers = dict(counted)
        for key in found.keys() & curated:
            found[key].queues.append((queue, numbers.get(key, 0)))
    for cmoc in awaiting_review_by(user, study):
        found[cmoc.theory.study_id].reviews.append(cmoc)
    for key, interviews in interviews_of(user, study).items():
        found[key].interviews = interviews
    return list(found.values())


def interviews_of(user: User, only: int | None = None) -> dict[int, list[Interview]]:
    """Return, for each study this person curates, or one, its coded sources in order, with the CMOCs new in each.

    The order is that of collection; sources without a date come last. A CMOC is new in the source of its first quote.
    """
    rows = (
        (Evidence.objects.editable_by(user) if only is None else Evidence.objects.editable_by(user).of_study(only))
        .filter(quote__source__isnull=False)
        .exclude(cmoc__status=CMOCStatus.RETIRED)
        .values_list("quote__study", "quote__source", "quote__source__title", "cmoc", "quote__source__collected_date")
        .order_by("quote__study", "quote__source__collected_date", "quote__source__key", "quote__source")
    )
    sources: dict[int, dict[int, tuple[str, bool]]] = defaultdict(dict)
    cmocs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for study, source, title, cmoc, day in rows:
        sources[study].setdefault(source, (title, day is None))
        cmocs[study].append((source, cmoc))
    found = {}
    for study, of_study in sources.items():
        order = sorted(of_study, key=lambda source: of_study[source][1])
        position = {source: index for index, source in enumerate(order)}
        first: dict[int, int] = {}
        for source, cmoc in cmocs[study]:
            first[cmoc] = min(first.get(cmoc, len(order)), position[source])
        new = Counter(first.values())
        found[study] = [Interview(of_study[source][0], new[index]) for index, source in enumerate(order)]
    return found


class WaitingFilter(admin.SimpleListFilter):
    """A filter of the admin's lists to the records in one queue, in one study or in all."""

    title = "what waits"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        del request
        return [(queue.name, queue.label) for queue in QUEUES if queue.model is model_admin.model]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Keep what waits; the value is the queue, or the queue and a study with a dot between."""
        name, _, study = (self.value() or "").partition(".")
        queue = next((entry for entry in QUEUES if entry.name == name and entry.model is queryset.model), None)
        if queue is None:
            return queryset
        rows = waiting_rows(queue, cast("User", request.user), parse_id(study))
        return queryset.filter(pk__in=rows.values("pk"))
