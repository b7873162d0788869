"""What a page tells other sites about itself: a preview card, and linked data in the terms of schema.org.

A CMOC is a Claim (https://schema.org/Claim) that appears in a ScholarlyArticle and has Quotations as parts; a theory is
a Dataset, distributed by the API; the glossary is a DefinedTermSet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from programmes.formats.cards import Card, CardBox
from programmes.glossary import TERMS
from programmes.integrity.known_dates import year_of

if TYPE_CHECKING:
    from programmes.models import CMOC, Author, Quote, Study, Theory
    from programmes.pages.cmocs import CMOCPage

CONTEXT = "https://schema.org"


# The letters that could end the element which the data stand in, and how JSON writes them otherwise.
ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}


@dataclass(frozen=True)
class Share:
    """Metadata of a page: title, description, preview image, linked data."""

    title: str
    description: str
    address: str
    image: str
    image_says: str
    linked_data: SafeString


def linked_data(data: dict[str, Any]) -> SafeString:
    """Return JSON-LD escaped so that it can stand inside a script element."""
    text = orjson.dumps(without_empty({"@context": CONTEXT, **data})).decode()
    return mark_safe(text.translate(ESCAPED))  # noqa: S308  what could end the element is escaped


def without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data without unknown values."""
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def article_data(study: Study) -> dict[str, Any]:
    """Return the publication of a study."""
    return without_empty(
        {
            "@type": "ScholarlyArticle" if study.container_title else "Report",
            "headline": study.title,
            "author": author_data(study),
            "datePublished": study.published_date,
            "isPartOf": {"@type": "Periodical", "name": study.container_title} if study.container_title else "",
            "sameAs": f"https://doi.org/{study.doi}" if study.doi else "",
            "license": study.licence_url,
        }
    )


def author_data(study: Study) -> list[dict[str, str]]:
    """Return the authors of a study's publication, in printed order."""
    return [
        without_empty(
            {"@type": "Organization", "name": author.organisation}
            if author.organisation
            else {
                "@type": "Person",
                "givenName": author.name.given,
                "familyName": author.name.family,
                "honorificSuffix": author.name.suffix,
            }
        )
        for author in study_authors(study)
    ]


def study_authors(study: Study) -> list[Author]:
    """Return the authors of a study, which are fetched once and kept on it."""
    prefetch_related_objects([study], "authors")
    return sorted(study.authors.all(), key=lambda author: author.position)


def quotation_data(quote: Quote, site: str) -> dict[str, str]:
    """Return a quote's words as everybody reads them, with its permalink."""
    return {"@type": "Quotation", "text": quote.shown_text, "url": site + quote.get_absolute_url()}


def share_of_cmoc(cmoc: CMOC, page: CMOCPage, site: str) -> Share:
    address = site + cmoc.get_absolute_url()
    title = str(cmoc.short_name) if cmoc.title or cmoc.statement else f"{cmoc}: {cmoc.theory.title}"
    card = card_of_cmoc(cmoc, page)
    data = {
        "@type": "Claim",
        "@id": address,
        "url": address,
        "name": title,
        "text": cmoc.statement,
        "appearance": article_data(cmoc.theory.study),
        "isPartOf": {"@type": "Dataset", "name": cmoc.theory.title, "url": site + cmoc.theory.get_absolute_url()},
        "about": [{"@type": "Thing", "name": part.label} for slot in page.slots for part in slot.parts],
        "hasPart": [quotation_data(entry.quote, site) for group in page.groups for entry in group.evidence],
        **({"creativeWorkStatus": cmoc.get_status_display()} if cmoc.status else {}),
        "license": cmoc.theory.study.licence_url,
    }
    return Share(
        title=title,
        description=cmoc.statement or cmoc.theory.title,
        address=address,
        image=site + reverse("cmoc_card", args=[cmoc.theory.slug, cmoc.number]),
        image_says="; ".join(f"{box.label}: {box.words}" for box in card.boxes if box.words) or card.title,
        linked_data=linked_data(data),
    )


def share_of_theory(theory: Theory, site: str) -> Share:
    address = site + theory.get_absolute_url()
    rows = f"{site}{reverse('api-cmocs-list')}?theory={theory.slug}"
    data = {
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": theory.title,
        "description": f"{theory.question} {theory.summary}".strip() or theory.title,
        "isBasedOn": article_data(theory.study),
        "creator": author_data(theory.study),
        "license": theory.study.licence_url,
        "measurementTechnique": "Realist evaluation",
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": "application/json", "contentUrl": rows},
            {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": f"{rows}&format=csv"},
            {
                "@type": "DataDownload",
                "name": "The whole theory as a package",
                "encodingFormat": "application/json",
                "contentUrl": site + reverse("package", args=[theory.slug]),
            },
        ],
    }
    return Share(
        title=theory.question or theory.title,
        description=theory.summary or theory.title,
        address=address,
        image=site + reverse("theory_card", args=[theory.slug]),
        image_says=theory.title,
        linked_data=linked_data(data),
    )


def share_of_quote(quote: Quote, site: str) -> Share:
    """Return the metadata of a quote; a participant's words are never put into a picture."""
    return Share(
        title=str(quote.short_name),
        description=quote.shown_text,
        address=site + quote.get_absolute_url(),
        image=site + reverse("home_card"),
        image_says="Realist",
        linked_data=linked_data({**quotation_data(quote, site), "isPartOf": article_data(quote.study)}),
    )


def share_of_home(site: str) -> Share:
    data = {
        "@type": "WebSite",
        "name": "Realist",
        "url": f"{site}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{site}{reverse('search')}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }
    return Share(
        title=HOME_TITLE,
        description=HOME_TEXT,
        address=f"{site}/",
        image=site + reverse("home_card"),
        image_says=HOME_TITLE,
        linked_data=linked_data(data),
    )


def share_of_glossary(site: str) -> Share:
    address = site + reverse("glossary")
    data = {
        "@type": "DefinedTermSet",
        "@id": address,
        "url": address,
        "name": GLOSSARY_TITLE,
        "description": GLOSSARY_TEXT,
        "hasDefinedTerm": [
            {
                "@type": "DefinedTerm",
                "@id": f"{address}#{term.key}",
                "url": f"{address}#{term.key}",
                "termCode": term.key,
                "name": term.name,
                "description": term.meaning,
                "inDefinedTermSet": address,
            }
            for term in TERMS
        ],
    }
    return Share(
        title=GLOSSARY_TITLE,
        description=GLOSSARY_TEXT,
        address=address,
        image=site + reverse("home_card"),
        image_says=HOME_TITLE,
        linked_data=linked_data(data),
    )


GLOSSARY_TITLE = "The words of realist evaluation"
GLOSSARY_TEXT = (
    "Context, mechanism, outcome and the words around them, in plain words and with the works they come from."
)
HOME_TITLE = "What works, for whom, in what circumstances, and why?"
HOME_TEXT = "Programme theories with the words of the people behind them, to check, to question and to build on."


def card_credit(study: Study) -> str:
    """Return the attribution of a card, on one line."""
    names = [author.organisation or author.name.family for author in study_authors(study)]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)  # noqa: PLR2004  as in a citation
    year = year_of(study.published_date)
    return " · ".join(filter(None, [f"{who} {year}".strip() or study.title, study.licence]))


def card_of_cmoc(cmoc: CMOC, page: CMOCPage) -> Card:
    boxes = tuple(CardBox(slot.name, slot.label, "; ".join(slot.words)) for slot in page.slots)
    return Card(
        kicker=" · ".join(filter(None, (cmoc.theory.study.programme.name, cmoc.get_status_display()))),
        title=f"{cmoc}: {cmoc.title}" if cmoc.title else str(cmoc),
        boxes=boxes if any(box.words for box in boxes) else (),
        credit=card_credit(cmoc.theory.study),
        text="" if any(box.words for box in boxes) else cmoc.statement,
    )


def card_of_theory(theory: Theory) -> Card:
    return Card(
        theory.study.programme.name, theory.question or theory.title, (), card_credit(theory.study), theory.summary
    )


def card_of_home() -> Card:
    return Card("The open knowledge base for realist evaluation", HOME_TITLE, (), "", HOME_TEXT)
