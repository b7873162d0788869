"""The checklist of a new curator, from an empty study to a public theory, with the steps already done ticked off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Q, Subquery
from django.urls import reverse

from programmes.models import CMOC, Participant, Quote, Service, Source, Study, Theory
from programmes.vocabulary import Visibility

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

PUBLIC = Q(visibility=Visibility.PUBLIC, study__visibility=Visibility.PUBLIC)
CHECKED = Q(disclosure_checked_date__isnull=False)


@dataclass(frozen=True)
class OnboardingStep:
    """A step of the checklist; done means done in one of the curator's studies."""

    name: str
    why: str
    address: str
    done: bool


@dataclass(frozen=True)
class Onboarding:
    steps: list[OnboardingStep]

    @property
    def number_done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def is_over(self) -> bool:
        return self.number_done == len(self.steps)

    @property
    def next_step(self) -> OnboardingStep | None:
        """Return the first step not done yet."""
        return next((step for step in self.steps if not step.done), None)


def onboarding_of(user: User | AnonymousUser) -> Onboarding | None:
    """Return the checklist of somebody who may curate; None for others, who could not take these steps."""
    if not user.has_perm("programmes.add_study"):
        return None
    found = state_of_studies(user)
    has = found.get
    study = f"?study={has('newest')}" if found else ""  # so that forms open with it
    return Onboarding(
        [
            OnboardingStep(
                "Add a study",
                "Everything belongs to a study, and its team decides who may see it. It is private at first.",
                admin_url("study", "add"),
                bool(found),
            ),
            OnboardingStep(
                "Add its services and participants",
                "A reader asks where something was found and who said it. Participants have pseudonyms and a "
                "scope of consent.",
                admin_url("service" if not has("any_service") else "participant", "add") + study,
                bool(has("any_service") and has("any_participant")),
            ),
            OnboardingStep(
                "Add a theory",
                "CMOCs are found one by one, but they make sense together. A title is enough to begin.",
                admin_url("theory", "add") + study,
                bool(has("any_theory")),
            ),
            OnboardingStep(
                "Add a source",
                "Quotes are places in a transcript, so that the team can read what was said before and after.",
                admin_url("source", "add") + study,
                bool(has("source")),
            ),
            OnboardingStep(
                "Code a passage",
                "Select words, say what they do to which CMOC, and why. This is how a claim gets its evidence.",
                admin_url("source", "code", has("source")),
                bool(has("coded")),
            ),
            OnboardingStep(
                "Check disclosure",
                "Before others read a quote, look for what could give somebody away, and sign that you did.",
                admin_url("quote", "change", has("unchecked")),
                bool(has("checked")),
            ),
            OnboardingStep(
                "Ask for a review",
                "Somebody who did not write a CMOC reads it against its quotes. A disagreement is kept and shown.",
                admin_url("cmoc", "review", has("unasked")),
                bool(has("asked")),
            ),
            OnboardingStep(
                "Make the theory public",
                "Others can check it and build on it. It shows once its study is public too; what is private stays so.",
                admin_url("theory", "change", has("private_theory"))
                if has("private_theory")
                else admin_url("study", "change", has("private_study")),
                bool(has("public")),
            ),
        ]
    )


def admin_url(kind: str, name: str, key: int | None = None) -> str:
    """Return the URL of a screen of the admin, or of its list where the record it needs does not exist."""
    if name == "add":
        return reverse(f"admin:programmes_{kind}_add")
    if key is None:
        return reverse(f"admin:programmes_{kind}_changelist")
    return reverse(f"admin:programmes_{kind}_{name}", args=[key])


def state_of_studies(user: Any) -> dict[str, Any]:
    """Return, in one query, what this person's studies contain and what waits there; empty without a study."""
    theories = Theory.objects.editable_by(user).order_by("pk")
    sources = Source.objects.editable_by(user).exclude(sha256="").order_by("-pk")
    quotes = Quote.objects.editable_by(user).order_by("pk")
    cmocs = CMOC.objects.editable_by(user).order_by("pk")
    studies = Study.objects.editable_by(user).order_by("-pk")
    private = studies.filter(visibility=Visibility.PRIVATE)
    found = studies.values(
        newest=F("pk"),
        any_service=Exists(Service.objects.editable_by(user)),
        any_participant=Exists(Participant.objects.editable_by(user)),
        any_theory=Exists(theories),
        source=first_pk(sources),
        coded=Exists(quotes.filter(start__isnull=False)),
        unchecked=first_pk(quotes.exclude(CHECKED)),
        checked=Exists(quotes.filter(CHECKED)),
        unasked=first_pk(cmocs.filter(review_asked_date=None)),
        asked=Exists(cmocs.filter(review_asked_date__isnull=False)),
        private_study=first_pk(private),
        private_theory=first_pk(theories.filter(visibility=Visibility.PRIVATE)),
        public=Exists(theories.filter(PUBLIC)),
    ).first()
    return dict(found or {})


def first_pk(rows: Any) -> Subquery:
    """Return a subquery for the id of the first of these rows."""
    return Subquery(rows.values("pk")[:1])
