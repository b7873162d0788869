"""Searching everything that a reader may see: all words must match, wherever they stand in a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Window
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from programmes.filtersets import matches, spellings
from programmes.models import (
    CMOC,
    CMOCContext,
    CMOCMechanism,
    CMOCOutcome,
    Context,
    Mechanism,
    Outcome,
    Quote,
    Service,
    Theory,
)

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from programmes.querysets import Person

MOST = 20  # hits of one kind that are shown
EXCERPT = 220  # letters of a long text that are shown around the first hit


@dataclass(frozen=True)
class Hit:
    """A record that was found."""

    href: str
    title: SafeString
    excerpt: SafeString


@dataclass(frozen=True)
class Kind:
    """The hits of one kind of record."""

    name: str
    hits: list[Hit]
    found: int

    @property
    def more(self) -> int:
        """Return how many hits are not shown."""
        return self.found - len(self.hits)


def marked(text: str, words: list[str]) -> SafeString:
    """Return a text, escaped, with every word that was searched marked."""
    if not words:
        return escape(text)
    wanted = [spelling for word in sorted(words, key=len, reverse=True) for spelling in spellings(word)]
    pattern = re.compile(f"({'|'.join(map(re.escape, wanted))})", re.IGNORECASE)
    parts = pattern.split(text)
    return mark_safe(  # noqa: S308  every part is escaped
        "".join(f"<mark>{escape(part)}</mark>" if index % 2 else escape(part) for index, part in enumerate(parts))
    )


def excerpt(text: str, words: list[str]) -> str:
    """Return the part of a long text around the first word that was searched."""
    if len(text) <= EXCERPT:
        return text
    places = (text.lower().find(spelling.lower()) for word in words for spelling in spellings(word))
    first = min((place for place in places if place >= 0), default=0)
    start = max(0, min(first - EXCERPT // 3, len(text) - EXCERPT))
    part = text[start : start + EXCERPT]
    return f"{'… ' if start else ''}{part.strip()}{' …' if start + EXCERPT < len(text) else ''}"


def search(question: str, user: Person) -> list[Kind]:
    """Return what was found, by kind, in the order of the field: configurations, elements, quotes, services."""
    words = question.split()
    if not words:
        return []
    joined = " ".join(words)

    def rows(model: Any, *paths: str, related: tuple[str, ...] = ()) -> QuerySet[Any, Any]:
        return model.objects.visible_to(user).filter(matches(joined, *paths)).select_related(*related)

    def kind(name: str, found: QuerySet[Any, Any], title: str, text: str) -> Kind:
        listed: list[Model] = list(found.annotate(found=Window(Count("*")))[:MOST])  # one query for rows and count
        hits = [
            Hit(
                row.get_absolute_url(),  # type: ignore[attr-defined]  # every kind has a page
                marked(title.format(row=row), words),
                marked(excerpt(text.format(row=row), words), words),
            )
            for row in listed
        ]
        return Kind(name, hits, listed[0].found if listed else 0)  # type: ignore[attr-defined]  # annotated above

    def elements(model: Any, links: Any, slot: str) -> QuerySet[Any, Any]:
        wordings = links.objects.visible_to(user).filter(matches(joined, "wording"))
        labelled = rows(model, "label", "description").values("pk")
        found = model.objects.visible_to(user).select_related("theory")
        return (found.filter(pk__in=labelled) | found.filter(pk__in=wordings.values(slot))).order_by("label", "pk")

    kinds = [
        kind(
            "Theories",
            rows(Theory, "title", "question", "summary").order_by("title", "pk"),
            "{row.title}",
            "{row.summary}",
        ),
        kind(
            "CMOCs",
            rows(CMOC, "title", "statement", related=("theory",)).order_by("theory__slug", "number", "pk"),
            "CMOC {row.number}: {row.title}",
            "{row.statement}",
        ),
        kind("Contexts", elements(Context, CMOCContext, "context"), "{row.label}", "{row.description}"),
        kind("Mechanisms", elements(Mechanism, CMOCMechanism, "mechanism"), "{row.label}", "{row.description}"),
        kind("Outcomes", elements(Outcome, CMOCOutcome, "outcome"), "{row.label}", "{row.description}"),
        kind(
            "Quotes",
            rows(Quote, "text", related=("study",)).order_by("study", "key", "pk"),
            "{row.label_as_printed}",
            "{row.text}",
        ),
        kind(
            "Services",
            rows(Service, "service_type", "location", "programme_text", related=("study",)).order_by(
                "study", "number", "pk"
            ),
            "{row.number} {row.service_type}",
            "{row.location}. {row.programme_text}",
        ),
    ]
    return [found for found in kinds if found.found]
