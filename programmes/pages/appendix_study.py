"""The parts of an appendix that are about the study: its services, whom it asked, how it was done, the checklist."""

from __future__ import annotations

from typing import Any

from programmes.formats.workbooks import NUMBER
from programmes.integrity.known_dates import period_in_words
from programmes.models import Service
from programmes.pages.appendix_tables import AppendixColumn, AppendixPart, AppendixSource, word
from programmes.pages.checklist import answers_of, rameses_ii
from programmes.pages.who_was_asked import who_was_asked
from programmes.vocabulary import Reporting

HEADS_OF_SERVICES = (
    word("Service", "Its number as printed.", 2, 9),
    word("Name", "What it is called here.", 5, 30),
    word("Type", "As printed.", 5, 30),
    word("Sector", "In which sectors it works, or in which way that is missing.", 4, 20),
    word("Location", "As printed, or in which way it is missing.", 4, 24),
    word("Programme", "What the service does, as printed, or in which way that is missing.", 9, 60),
)
SAID_MISSING = word(
    "Said to be missing", "What the words of a column are held to say, where they say that it is missing.", 4
)


def services_part(source: AppendixSource) -> AppendixPart:
    """Return the table of the study's services."""
    services = source.copy.rows(Service).filter(study=source.theory.study_id).order_by("number", "pk")
    rows = [
        [
            row.number,
            row.name,
            row.service_type,
            "\n".join(link.sector.label for link in row.sector_links.all()) or reporting(row, "sector"),
            row.location or reporting(row, "location"),
            row.programme_text or reporting(row, "programme_text"),
            *([said_missing(row)] if source.copy.of_team else []),
        ]
        for row in services.prefetch_related("sector_links__sector")
    ]
    heads = [*HEADS_OF_SERVICES, *([SAID_MISSING] if source.copy.of_team else [])]
    return AppendixPart("Services", "Services of the study", "A row is a service.", heads, rows)


def said_missing(row: Service) -> str:
    """Return of printed words that say that something is missing in which way, a line for each column."""
    told = {"Location": "location", "Programme": "programme_text"}
    lines = [(head, reporting(row, name)) for head, name in told.items() if getattr(row, name)]
    return "\n".join(f"{head}: {missing}" for head, missing in lines if missing)


def reporting(row: Any, name: str) -> str:
    """Return in which way something is missing; nothing where nobody said."""
    word_given = getattr(row, f"{name}_reporting")
    return str(Reporting(word_given).label) if word_given not in {"", Reporting.REPORTED} else ""


def participants_part(source: AppendixSource) -> AppendixPart:
    """Return which kinds of people were asked, and which were not."""
    who = who_was_asked(source.theory, source.copy.user)
    heads = [word("Kind", "Kind of people.", 6, 40), word("Asked", "Whether the study asked any of them.", 3, 14)]
    rows = [[kind.label, kind.get_asked_display()] for kind in (*who.asked, *who.not_asked)]
    told = [f"Interviews: {who.interviews}."] if who.interviews else []
    told += [f"Documents: {who.documents}."] if who.documents else []
    return AppendixPart("Participants", "Who was asked", "A row is a kind of people.", heads, rows, told)


METHODS = {
    "aim": "Aim",
    "setting": "Setting",
    "design": "Design",
    "data_collection": "Data collection",
    "analysis": "Analysis",
    "involvement": "Public involvement",
    "reporting_standard": "Reporting standard",
    "funding": "Funding",
    "data_availability": "Data",
}


def methods_part(source: AppendixSource) -> AppendixPart:
    """Return how the study was done, as it says itself."""
    study = source.theory.study
    rows = [[head, getattr(study, name)] for name, head in METHODS.items() if getattr(study, name)]
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(study.analysis_steps, 1))
    ethics = " ".join(filter(None, (study.ethics_body, study.ethics_reference and f"({study.ethics_reference})")))
    further = {
        "Dates of data collection": period_in_words(study.collection_start, study.collection_end),
        "Steps of the analysis": steps,
        "Ethics": ethics,
    }
    rows += [[head, text] for head, text in further.items() if text]
    heads = [word("Of the study", "What is told of it.", 4, 24), word("As reported", "As the study says it.", 14, 90)]
    return AppendixPart("Methods", "How the study was done", "A row is a property of the study.", heads, rows)


def checklist_part(source: AppendixSource) -> AppendixPart:
    """Return the reporting checklist, with what Realist knows filled in and the rest to be filled in."""
    standard = rameses_ii()
    heads = [
        AppendixColumn("Item", "Its number in the standard.", NUMBER, 7, 2),
        word("Section", "Of a report.", 4, 20),
        word("What to report", "Title of the item.", 9, 50),
        AppendixColumn("Reported", "Yes, no, unclear or not applicable.", width=12, share=3, to_fill_in=True),
        AppendixColumn("Where", "Page of the document, or address.", width=40, share=6, to_fill_in=True),
        word("Note", "Who filled it in and from what; whether the title is confirmed.", 8, 60),
    ]
    rows = answers_of(source)
    told = [
        f"{standard.name}: {standard.source}.",
        "What Realist knows is filled in and marked so; where it says nothing, nobody has said whether it is reported.",
    ]
    return AppendixPart("Reporting checklist", standard.name, "A row is an item of the standard.", heads, rows, told)
