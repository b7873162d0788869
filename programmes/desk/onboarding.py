"""The guide of a study: the way from its title to a public theory, with what is done in this study ticked off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Q, Subquery
from django.urls import reverse

from programmes.desk.at_study import bench_address
from programmes.models import CMOC, Membership, Participant, Quote, Source, Study, Theory
from programmes.models.theory import not_retired
from programmes.vocabulary import Visibility

PUBLIC = Q(visibility=Visibility.PUBLIC, study__visibility=Visibility.PUBLIC)
CHECKED = Q(disclosure_checked_date__isnull=False)

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class OnboardingStep:
    """A step of the guide; done means done in this study."""

    name: str
    why: str
    address: str
    done: bool


@dataclass(frozen=True)
class Onboarding:
    """The guide of one study."""

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


def onboarding_of(study: Study, *, leads: bool) -> Onboarding:
    """Return the guide of a study for one of its curators; only its leads can invite somebody."""
    has = state_of_study(study)
    steps = [
        OnboardingStep(
            "Add a transcript",
            "Quotes are places in a transcript, so that the team can read what was said before and after. "
            "Several files can come at once.",
            reverse("desk-transcripts", args=[study.slug]),
            bool(has("source")),
        ),
        OnboardingStep(
            "Code a passage",
            "Select words, say what they do to which CMOC, or name a new one. This is how a claim gets its evidence.",
            bench_address(study),
            bool(has("coded")),
        ),
        OnboardingStep(
            "Say who speaks",
            "Readers ask who said it and where. Participants have pseudonyms and a scope of consent.",
            reverse("admin:programmes_source_speakers", args=[has("source")])
            if has("source")
            else f"{reverse('admin:programmes_participant_add')}?study={study.pk}",
            bool(has("any_participant")),
        ),
        *[
            OnboardingStep(
                "Invite somebody",
                "Realist work is a conversation: a second reader sees other mechanisms. A link is all they need.",
                reverse("desk-people", args=[study.slug]),
                bool(has("others")),
            )
        ]
        * leads,
        OnboardingStep(
            "Check disclosure",
            "Before others read a quote, look for what could give somebody away, and sign that you did.",
            reverse("desk-disclosure", args=[study.slug]),
            bool(has("checked")),
        ),
        OnboardingStep(
            "Ask for a review",
            "Somebody who did not write a CMOC reads it against its quotes. A disagreement is kept and shown.",
            of_record("cmoc", "review", has("unasked")),
            bool(has("asked")),
        ),
        OnboardingStep(
            "Make the theory public",
            "Others can check it and build on it. It shows once its study is public too; what is private stays so.",
            reverse("desk-publish", args=[study.slug]),
            bool(has("public")),
        ),
    ]
    return Onboarding(steps)


def of_record(kind: str, screen: str, key: int | None) -> str:
    """Return the address of a screen of a record, or of the list where there is no such record."""
    if key is None:
        return reverse(f"admin:programmes_{kind}_changelist")
    return reverse(f"admin:programmes_{kind}_{screen}", args=[key])


def state_of_study(study: Study) -> Callable[[str], Any]:
    """Return, in one query, what a study has and what waits in it."""
    theories = Theory.objects.filter(study=study).order_by("pk")
    sources = Source.objects.filter(study=study).exclude(sha256="").order_by("-pk")
    quotes = Quote.objects.filter(study=study).order_by("pk")
    cmocs = CMOC.objects.filter(not_retired(), theory__study=study).order_by("number", "pk")
    found = Study.objects.filter(pk=study.pk).values(
        key=F("pk"),
        any_participant=Exists(Participant.objects.filter(study=study)),
        source=first_pk(sources),
        coded=Exists(quotes.filter(start__isnull=False)),
        others=Exists(Membership.objects.filter(study=study).order_by("pk")[1:]),
        checked=Exists(quotes.filter(CHECKED)),
        unasked=first_pk(cmocs.filter(review_asked_date=None)),
        asked=Exists(cmocs.filter(review_asked_date__isnull=False)),
        public=Exists(theories.filter(PUBLIC)),
    )
    return found.get().get


def first_pk(rows: Any) -> Subquery:
    """Return a subquery for the id of the first of these rows."""
    return Subquery(rows.values("pk")[:1])
