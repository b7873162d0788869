"""Citations of a work: as text in three styles, and as BibTeX, RIS and CSL-JSON for reference managers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from django.utils import timezone
from pybtex.database import BibliographyData, Entry, Person

from programmes.formats.file_format import FileFormat

if TYPE_CHECKING:
    import datetime as dt

    from programmes.models import CMOC

STYLES = {"APA": "apa", "Harvard": "harvard-cite-them-right", "Vancouver": "nlm-citation-sequence"}
FOLDER = Path(__file__).with_name("styles")
BIBTEX_KINDS = {"article-journal": "article", "report": "misc", "webpage": "misc"}
RIS_KINDS = {"article-journal": "JOUR", "report": "RPRT", "webpage": "ELEC"}
UNSPACED_DATE = re.compile(r"\b(\d{4})([A-Z][a-z]{2})(\d{1,2})\b")  # what citeproc makes of "2026 Nov 23"


@dataclass(frozen=True)
class CitedWork:
    """What is cited: an article, or a page of this site."""

    key: str
    kind: str  # a type of the Citation Style Language: article-journal, report or webpage
    title: str
    authors: tuple[tuple[str, str], ...]  # given and family names
    container: str = ""
    volume: str = ""
    issue: str = ""
    page: str = ""
    doi: str = ""
    address: str = ""
    published: dt.date | None = None
    seen: dt.date | None = None


def works_of(cmoc: CMOC, address: str) -> list[CitedWork]:
    """Return the page of a configuration, and the publication it comes from."""
    study = cmoc.theory.study
    authors = tuple(study.authors.order_by("position", "pk").values_list("given", "family"))
    page = CitedWork(
        key=f"{cmoc.theory.slug}-cmoc-{cmoc.number}",
        kind="webpage",
        title=f"{cmoc}: {cmoc.title or cmoc.theory.title}",
        authors=authors,
        container="Realist",
        address=address,
        published=study.published_date,
        seen=timezone.localdate(),
    )
    publication = CitedWork(
        key=study.slug,
        kind="article-journal" if study.container_title else "report",
        title=study.title,
        authors=authors,
        container=study.container_title,
        volume=study.volume,
        issue=study.issue,
        page=study.page,
        doi=study.doi,
        published=study.published_date,
    )
    return [page, publication]


def date_parts(day: dt.date, *, year_only: bool = False) -> dict[str, list[list[int]]]:
    """Return a date as the Citation Style Language has it."""
    return {"date-parts": [[day.year] if year_only else [day.year, day.month, day.day]]}


def csl_item(work: CitedWork) -> dict[str, Any]:
    """Return a work as an item of the Citation Style Language, without unknown values."""
    item = {
        "id": work.key,
        "type": work.kind,
        "title": work.title,
        "author": [{"family": family, "given": given} for given, family in work.authors],
        "container-title": work.container,
        "volume": work.volume,
        "issue": work.issue,
        "page": work.page,
        "DOI": work.doi,
        "URL": work.address,
        "issued": date_parts(work.published, year_only=True) if work.published else None,
        "accessed": date_parts(work.seen) if work.seen else None,
    }
    return {name: value for name, value in item.items() if value}


@cache
def citation_style(name: str) -> CitationStylesStyle:
    """Return a style, which is cached, since parsing it takes longer than using it."""
    return CitationStylesStyle(str(FOLDER / f"{STYLES[name]}.csl"), locale="en-GB", validate=False)


def in_style(work: CitedWork, name: str) -> str:
    """Return the citation of a work in a style, as plain text."""
    bibliography = CitationStylesBibliography(citation_style(name), CiteProcJSON([csl_item(work)]), formatter.plain)
    bibliography.register(Citation([CitationItem(work.key)]))
    text = re.sub(r"^1\.\s*", "", str(bibliography.bibliography()[0]))  # it is alone in its list
    return UNSPACED_DATE.sub(r"\1 \2 \3", text)


def csl_json(works: list[CitedWork]) -> bytes:
    """Return works as CSL-JSON, which Zotero and pandoc read."""
    return orjson.dumps([csl_item(work) for work in works], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def bibtex(works: list[CitedWork]) -> bytes:
    """Return works as BibTeX."""
    entries = {}
    for work in works:
        fields = {
            "title": work.title,
            "journal" if work.kind == "article-journal" else "howpublished": work.container,
            "volume": work.volume,
            "number": work.issue,
            "pages": work.page,
            "doi": work.doi,
            "url": work.address,
            "year": str(work.published.year) if work.published else "",
            "urldate": work.seen.isoformat() if work.seen else "",
        }
        people = [Person(first=given, last=family) for given, family in work.authors]
        given = {name: value for name, value in fields.items() if value}
        entries[work.key] = Entry(BIBTEX_KINDS[work.kind], fields=given, persons={"author": people})
    text: str = BibliographyData(entries).to_string("bibtex")
    return text.encode()


def ris(works: list[CitedWork]) -> bytes:
    """Return works as RIS."""
    entries = []
    for work in works:
        entry = {
            "type_of_reference": RIS_KINDS[work.kind],
            "authors": [f"{family}, {given}".rstrip(", ") for given, family in work.authors],
            "title": work.title,
            "secondary_title": work.container,
            "volume": work.volume,
            "number": work.issue,
            "start_page": work.page,
            "doi": work.doi,
            "urls": [work.address] if work.address else [],
            "year": str(work.published.year) if work.published else "",
            "access_date": work.seen.strftime("%Y/%m/%d") if work.seen else "",
        }
        entries.append({name: value for name, value in entry.items() if value})
    text: str = rispy.dumps(entries)
    return text.encode()


CITATION_FORMATS: dict[str, FileFormat[list[CitedWork]]] = {
    "bib": FileFormat("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": FileFormat("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "json": FileFormat("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}
