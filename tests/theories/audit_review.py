"""A review of documents as a theory package, of any size: what feedback on their own practice does to clinicians.

All of it follows from the number of configurations, so that the same number always gives the same bytes. It imports
nothing of the product: the rows are written as packages write them, in the order of the fields.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

SIGNED = {"signed_by": "Curators of the tests", "signed_date": "2025-03-04"}
CONTEXTS = (
    "Peers are shown by name",
    "Feedback comes each week",
    "The target was set elsewhere",
    "Nobody asked for it",
)
MECHANISMS = ("Clinicians compare themselves", "Clinicians doubt the figures", "Teams own the target")
OUTCOMES = (
    (
        "Practice comes closer to the guideline",
        {"distance": "proximal", "valence": "positive", "intention": "intended"},
    ),
    (
        "Records are kept for the count alone",
        {"distance": "intermediate", "valence": "negative", "intention": "unintended"},
    ),
)
STATUSES = ("candidate", "supported", "refined", "contested")
ROLES = ("supports", "counters", "refines", "illustrates")
CAVEATS = (
    "precondition",
    "inhibiting-context",
    "unspecified-context",
    "mechanism-not-triggered",
    "displaced-mechanism",
    "not-refuted-alternative",
    "contrast-with-literature",
    "opposing-outcome",
    "system-risk",
    "limitation",
)
LINKS = ("nested-in", "alternative-to", "similar-mechanism", "same-construct", "reinforces")
LINK_STATUSES = ("stated", "possible", "declined", "inferred")


def audit_review(cmocs: int = 12) -> dict[str, Any]:
    """Return the review with so many configurations; every third is in a document of its own."""
    documents = max(4, cmocs // 3)
    contexts, mechanisms = max(4, cmocs // 5), max(3, cmocs // 4)
    sources = [document_source(number) for number in range(1, documents + 1)]
    document: dict[str, Any] = {
        "format": "realist-theory-package",
        "version": 2,
        "programme": {
            "slug": "audit-and-feedback",
            "name": "Audit and feedback",
            "description": "Clinicians are shown figures about their own practice.",
        },
        "study": {
            "slug": "audit-review",
            "title": "When clinicians are shown their own figures: a realist review",
            "kind": "review",
            "statements": "printed",
            "visibility": "public",
            "design": f"Realist review of {documents} documents.",
            "citation": "Amadi C. When clinicians are shown their own figures. 2022",
            "published_date": "2022-05",
            "licence": "CC BY 4.0",
            "services_absence": "none",
            "participants_absence": "none",
            "authors": [
                {"given": "Chidi", "family": "Amadi", "suffix": "Jr."},
                {"organisation": "Council for Audit, Wards and Clinics"},
            ],
        },
        "references": [reference(number) for number in range(1, documents + 1)],
        "sources": sources,
        "quotes": [quote(number, sources[(number - 1) % documents]) for number in range(1, cmocs + 1)],
        "theory": {
            "slug": "audit-review",
            "title": "What feedback does to clinicians",
            "question": "Why does feedback on practice change it in some places?",
            "form": "cimo",
            "stage": "final",
            "visibility": "public",
        },
        "contexts": [{"key": f"c{n:03}", "label": f"{CONTEXTS[n % 4]}, setting {n}"} for n in range(1, contexts + 1)],
        "mechanisms": [{"key": f"m{n:03}", "label": f"{MECHANISMS[n % 3]}, way {n}"} for n in range(1, mechanisms + 1)],
        "outcomes": [{"key": f"o{n}", "label": label, **more} for n, (label, more) in enumerate(OUTCOMES, 1)],
        "interventions": [
            {"key": "poster", "label": "Figures on a poster"},
            {"key": "talk", "label": "Figures in a talk"},
        ],
        "cmocs": [configuration(n, contexts, mechanisms) for n in range(1, cmocs + 1)],
        "caveats": [caveat(n) for n in range(1, cmocs + 1)],
        "cmoc_links": [link(n) for n in range(1, cmocs)],
        "substantive_theories": [
            {
                "key": "comparison",
                "name": "Social comparison",
                "citation": "Document 1",
                "references": [{"reference": 1}],
                "cmocs": [{"cmoc": 1, "basis": "explicit"}],
            }
        ],
        "memos": [
            {
                "key": "search",
                "kind": "method",
                "text": "Two databases were searched.",
                **SIGNED,
                "visibility": "public",
            }
        ],
    }
    return document


def document_text(number: int) -> str:
    """Return the text of a document; the sentence that is quoted stands between two others."""
    return f"Report {number}. {quoted_sentence(number)} More is said in annex {number}."


def quoted_sentence(number: int) -> str:
    """Return the sentence of a document that the review quotes."""
    return f"Ward {number} saw its figures each Monday – “naïve reading”, said the registrar – and acted on them."


def document_source(number: int) -> dict[str, Any]:
    """Return a document as a source; of the second nobody said which work of the references it is."""
    text = document_text(number)
    return {
        "key": f"d{number:03}",
        "kind": "document",
        "title": f"Document {number}",
        **({} if number == 2 else {"reference": number}),
        "text": text,
        "sha256": sha256(text.encode()).hexdigest(),
    }


def reference(number: int) -> dict[str, Any]:
    """Return the work that a document is, as the review cites it."""
    return {
        "number": number,
        "as_printed": f"Writer {number}. Document {number}. J Invent Audit {2000 + number % 20}.",
        "kind": "report" if number % 4 == 0 else "article-journal",
        "authors": f"Writer {number}",
        "title": f"Document {number}",
        "year": str(2000 + number % 20),
    }


def quote(number: int, source: dict[str, Any]) -> dict[str, Any]:
    """Return a quote: the same sentence of a document may be quoted for several configurations."""
    words = quoted_sentence(int(source["key"][1:]))
    start = source["text"].index(words)
    return {
        "key": f"q{number:03}",
        "text": words,
        "locator": f"p. {number}",
        "source": source["key"],
        "start": start,
        "end": start + len(words),
        "visibility": "public",
        "consent": "not-required",
        "disclosure_checked_by": "Curators of the tests",
        "disclosure_checked_date": "2025-03-04",
    }


def configuration(number: int, contexts: int, mechanisms: int) -> dict[str, Any]:
    """Return a configuration; contexts, mechanisms and outcomes are dealt out in turn."""
    status = STATUSES[number % 4]
    return {
        "number": number,
        "title": f"Feedback {number}",
        "statement": f"Statement {number}: where feedback meets this setting, clinicians respond and practice changes.",
        "hedge": "may" if number % 3 == 0 else "asserted",
        "status": status,
        "contexts": [{"context": f"c{(number - 1) % contexts + 1:03}"}],
        "mechanisms": [{"mechanism": f"m{(number - 1) % mechanisms + 1:03}"}],
        "outcomes": [{"outcome": f"o{(number - 1) % 2 + 1}"}],
        "interventions": [{"intervention": "poster" if number % 2 else "talk"}],
        "evidence": [
            {"quote": f"q{number:03}", "role": ROLES[number % 4], **({"slot": "intervention"} if number == 1 else {})}
        ],
    }


def caveat(number: int) -> dict[str, Any]:
    """Return the caveat on a configuration."""
    kind = CAVEATS[(number - 1) % len(CAVEATS)]
    return {"number": number, "cmoc": number, "kind": kind, "text": f"Document {number} found it otherwise."}


def link(number: int) -> dict[str, Any]:
    """Return the link from a configuration to the next."""
    status = LINK_STATUSES[(number - 1) % 4]
    return {
        "number": number,
        "kind": LINKS[(number - 1) % len(LINKS)],
        "source_cmoc": number,
        "target_cmoc": number + 1,
        "status": status,
        "reason": f"Documents {number} and {number + 1} say so.",
    }


def audit_review_bytes(cmocs: int = 12) -> bytes:
    """Return the review as a file has it."""
    return (json.dumps(audit_review(cmocs), ensure_ascii=False, indent=2) + "\n").encode()
