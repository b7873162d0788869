"""Who stands behind a theory: whom its study asked and whom it did not, and which of its services are quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Window

from programmes.models import Evidence, PersonKind, Service
from programmes.models.holdings import known_documents
from programmes.models.theory import not_retired
from programmes.vocabulary import Asked, EvidenceRole

if TYPE_CHECKING:
    from programmes.integrity.access import Person
    from programmes.models import Theory

MOST_SERVICES = 60  # that are listed by name


@dataclass(frozen=True)
class ServiceHeard:
    """A service whose people are quoted on a claim, or of a whole study, if any are."""

    service: Service
    roles: frozenset[str] = frozenset()

    @property
    def against(self) -> bool:
        """Say whether somebody there speaks against the claim."""
        return EvidenceRole.COUNTERS in self.roles


@dataclass(frozen=True)
class WhoWasAsked:
    """Who stands behind a theory, and who was not asked."""

    asked: list[PersonKind]
    not_asked: list[PersonKind]
    services: list[ServiceHeard]
    quoted: int  # how many of the services are quoted
    number_of_services: int
    documents: int
    interviews: int | None

    def __bool__(self) -> bool:
        known = (self.asked, self.not_asked, self.number_of_services, self.documents, self.interviews)
        return any(known)


def who_was_asked(theory: Theory, user: Person) -> WhoWasAsked:
    """Return which kinds of people were asked and which were not, and which services are quoted."""
    study = theory.study
    kinds = list(PersonKind.objects.visible_to(user).filter(study=study).exclude(asked="").order_by("number", "pk"))
    services = Service.objects.visible_to(user).filter(study=study).select_related("study").order_by("number", "pk")
    evidence = Evidence.objects.visible_to(user).filter(not_retired("cmoc"), cmoc__theory=theory)
    quoted = set(evidence.order_by().values_list("quote__participant__service", flat=True).distinct()) - {None}
    listed = list(services.annotate(found=Window(Count("pk")))[: MOST_SERVICES + 1])
    return WhoWasAsked(
        asked=[kind for kind in kinds if kind.asked == Asked.YES],
        not_asked=[kind for kind in kinds if kind.asked == Asked.NO],
        services=[ServiceHeard(service, frozenset({"quoted"} if service.pk in quoted else ())) for service in listed]
        if len(listed) <= MOST_SERVICES
        else [],
        quoted=len(quoted),
        number_of_services=listed[0].found if listed else 0,
        documents=known_documents(study.pk, user),
        interviews=study.interviews,
    )
