"""Citations of a work: as text in three styles, and as BibTeX, RIS and CSL-JSON for reference managers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from django.utils import timezone

from programmes.characters import in_xml
from programmes.formats.file_format import FileFormat
from programmes.formats.latex import as_latex, latex_name, without_markup
from programmes.integrity.known_dates import numbers_of, year_of

if TYPE_CHECKING:
    import datetime as dt

    from programmes.models import CMOC, Author, Quote, Study
    from programmes.models.names import PersonName

STYLES = {"APA": "apa", "Harvard": "harvard-cite-them-right", "Vancouver": "nlm-citation-sequence"}
FOLDER = Path(__file__).with_name("styles")
BIBTEX_KINDS = {"article-journal": "article", "report": "misc", "webpage": "misc"}
RIS_KINDS = {"article-journal": "JOUR", "report": "RPRT", "webpage": "ELEC"}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]  # as BibTeX names them
UNSPACED_DATE = re.compile(r"\b(\d{4})([A-Z][a-z]{2})(\d{1,2})?\b")  # what citeproc makes of "2026 Nov 23"
PAGES = re.compile(r"(?:pp?\.\s*)?(\S+?)\s*[-\u2010-\u2015]{1,2}\s*(\S+)")
ONE_PAGE = re.compile(r"pp?\.\s*(\S+)")
UNSAID = " [Preprint]"  # what the Harvard style makes of an article whose volume is not known
TITLE, NUMBER, CONTAINER = "\ue000", "\ue001", "\ue002"  # stand in a style for what must not be changed by it


@dataclass(frozen=True)
class CitedWork:
    """What is cited: an article, or a page of this site."""

    key: str
    kind: str  # a type of the Citation Style Language: article-journal, report or webpage
    title: str
    authors: tuple[PersonName | str, ...]  # an organisation has one name
    container: str = ""
    volume: str = ""
    issue: str = ""
    page: str = ""
    doi: str = ""
    address: str = ""
    published: str = ""  # to the precision known
    seen: dt.date | None = None

    @property
    def pages(self) -> tuple[str, ...]:
        """Return the page, or the first and the last; none where what is given is the number of the article."""
        if found := PAGES.fullmatch(self.page) or ONE_PAGE.fullmatch(self.page):
            return found.groups()
        return (self.page,) if self.page and self.kind != "article-journal" else ()

    @property
    def article_number(self) -> str:
        """Return the number of an article that has no pages."""
        return "" if self.pages else self.page

    @property
    def plain_title(self) -> str:
        """Return the title without the marks of italics."""
        return without_markup(self.title)


def author_name(author: Author) -> PersonName | str:
    """Return the name of an author: of a person in its parts, of an organisation whole."""
    return author.organisation or author.name


def works_of(cmoc: CMOC, address: str) -> list[CitedWork]:
    """Return the page of a configuration, and the publication it comes from."""
    study = cmoc.theory.study
    authors = cited_authors(study)
    page = CitedWork(
        key=f"{cmoc.theory.slug}-cmoc-{cmoc.number}",
        kind="webpage",
        title=f"{cmoc}: {cmoc.title or cmoc.theory.title}",
        authors=authors,
        container="Realist",
        address=address,
        published=year_of(study.published_date),
        seen=timezone.localdate(),
    )
    return [page, publication_of(study, authors)]


def cited_authors(study: Study) -> tuple[PersonName | str, ...]:
    """Return the names of the authors of a study, in their own order: that in which they are printed."""
    return tuple(author_name(author) for author in study.authors.all())


def publication_of(study: Study, authors: tuple[PersonName | str, ...]) -> CitedWork:
    """Return the publication of a study."""
    return CitedWork(
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


def citation_of_quote(quote: Quote) -> str:
    """Return how to cite a quote: as words of a document, if it is one, that the publication of the study quotes."""
    study = quote.study
    publication = in_style(publication_of(study, cited_authors(study)), "APA")
    place = f" ({quote.locator})" if quote.locator else ""
    if quote.of_document and quote.source and quote.source.reference:
        return f"{quote.source.reference.as_printed}{place} Quoted in: {publication}"
    return f"Quote {quote.key}{place}. In: {publication}"


def csl_name(author: PersonName | str) -> dict[str, str]:
    """Return an author as the Citation Style Language has it."""
    if isinstance(author, str):
        return {"literal": author}
    parts = {"family": author.family, "given": author.given, "suffix": author.suffix}
    return {name: value for name, value in parts.items() if value}


def csl_item(work: CitedWork) -> dict[str, Any]:
    """Return a work as an item of the Citation Style Language, without unknown values."""
    seen = work.seen
    item = {
        "id": work.key,
        "type": work.kind,
        "title": work.title,
        "author": [csl_name(author) for author in work.authors],
        "container-title": work.container,
        "volume": work.volume,
        "issue": work.issue,
        "page": "–".join(work.pages),
        "number": work.article_number,
        "DOI": work.doi,
        "URL": work.address,
        "issued": {"date-parts": [numbers_of(work.published)]} if work.published else None,
        "accessed": {"date-parts": [[seen.year, seen.month, seen.day]]} if seen else None,
    }
    return {name: value for name, value in item.items() if value}


def item_for(style: str, work: CitedWork) -> dict[str, Any]:
    """Return a work as an item for citeproc, which lacks something that the styles rely on.

    It does not leave a title out where it stands for the author; it shortens names that have no initials; it cannot
    write an article's number in a style that has no place for it; and a title, or the name of a journal, could be taken
    for punctuation or a date, or written in other letters.
    """
    item = csl_item(work) | {"title": TITLE} | ({"container-title": CONTAINER} if work.container else {})
    item["author"] = [
        csl_name(str(author) if not isinstance(author, str) and author.given and not author.has_initials else author)
        for author in work.authors
    ]
    if work.published:
        item["issued"] = {"date-parts": [[int(year_of(work.published))]]}
    if style == "Vancouver":
        item["author"] = [
            {part: name.rstrip(".") if part == "suffix" else name for part, name in author.items()}
            for author in item["author"]
        ]
    if style == "Harvard" and item.pop("number", ""):
        item["page"] = NUMBER
    if not item["author"]:
        item["author"] = [{"literal": item.pop("title")}]
    return item


@cache
def citation_style(name: str) -> CitationStylesStyle:
    """Return a style, which is cached, since parsing it takes longer than using it."""
    return CitationStylesStyle(str(FOLDER / f"{STYLES[name]}.csl"), locale="en-GB", validate=False)


def in_style(work: CitedWork, name: str) -> str:
    """Return the citation of a work in a style, as plain text."""
    source = CiteProcJSON([item_for(name, work)])
    bibliography = CitationStylesBibliography(citation_style(name), source, formatter.plain)
    bibliography.register(Citation([CitationItem(work.key)]))
    text = re.sub(r"^1\.\s*", "", str(bibliography.bibliography()[0]))  # it is alone in its list
    text = UNSPACED_DATE.sub(lambda found: " ".join(filter(None, found.groups())), text)
    title = work.plain_title
    text = text.replace(UNSAID, "")
    for sign, name_of_work in ((TITLE, title), (CONTAINER, work.container)):
        if name_of_work.rstrip("”’\"'").endswith((".", "?", "!")):
            text = text.replace(f"{sign}.", sign)
        text = text.replace(sign, name_of_work)
    return text.replace(f"p. {NUMBER}", f"article {work.article_number}")


def csl_json(works: list[CitedWork]) -> bytes:
    """Return works as CSL-JSON, which Zotero and pandoc read."""
    return orjson.dumps([csl_item(work) for work in works], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def bibtex(works: list[CitedWork]) -> bytes:
    """Return works as BibTeX."""
    entries = []
    for work in works:
        year, month, day, *_ = (*map(str, numbers_of(work.published)), "", "", "")
        fields = {
            "author": " and ".join(latex_name(author) for author in work.authors),
            "title": f"{{{as_latex(work.title)}}}",  # in braces of its own, so that no style changes its capitals
            "journal" if work.kind == "article-journal" else "howpublished": as_latex(work.container),
            "volume": as_latex(work.volume),
            "number": as_latex(work.issue),
            "pages": as_latex("-".join(work.pages)).replace("-", "--"),
            "eid": as_latex(work.article_number),
            "doi": work.doi,
            "url": work.address,
            "year": year and year.zfill(4),
            "month": month and MONTHS[int(month) - 1],
            "day": day,
            "urldate": work.seen.isoformat() if work.seen else "",
        }
        lines = [
            f"  {name} = {value if name == 'month' else f'{{{value}}}'},\n" for name, value in fields.items() if value
        ]
        entries.append(f"@{BIBTEX_KINDS[work.kind]}{{{work.key},\n{''.join(lines)}}}\n")
    return in_xml("\n".join(entries)).encode()


def ris_name(author: PersonName | str) -> str:
    """Return an author as RIS has it, where commas part the names of a person, and one ends a name of several words."""
    if isinstance(author, str) or not author.given:
        whole = author if isinstance(author, str) else f"{author.family} {author.suffix}".strip()
        whole = whole.replace(",", ";")
        return f"{whole}," if " " in whole else whole
    return ", ".join(filter(None, (author.family, author.given, author.suffix)))


def ris(works: list[CitedWork]) -> bytes:
    """Return works as RIS."""
    lines = []
    for work in works:
        first, last, *_ = (*work.pages, "", "")
        fields = [
            ("TY", RIS_KINDS[work.kind]),
            *(("AU", ris_name(author)) for author in work.authors),
            ("TI", work.plain_title),
            ("T2", work.container),
            ("VL", work.volume),
            ("IS", work.issue),
            ("SP", first),
            ("EP", last),
            ("C7", work.article_number),
            ("DO", work.doi),
            ("UR", work.address),
            ("PY", year_of(work.published)),
            ("DA", "/".join((*work.published.split("-"), "", ""))[: len("2021/03/14")] if work.published else ""),
            ("Y2", work.seen.strftime("%Y/%m/%d") if work.seen else ""),
        ]
        lines += [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
        lines += ["ER  - ", ""]
    return in_xml("\n".join(lines)).encode()


CITATION_FORMATS: dict[str, FileFormat[list[CitedWork]]] = {
    "bib": FileFormat("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": FileFormat("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "json": FileFormat("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}
