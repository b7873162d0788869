"""How to cite a configuration and the publication that it comes from."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from programmes.formats.citations import CITATION_FORMATS, STYLES, in_style, works_of
from programmes.pages.as_data import DataColumn, LinesShown, PageData, told_as_data
from programmes.pages.base import attachment
from programmes.pages.cmocs import get_cmoc

CITATION_COLUMNS = (
    DataColumn("work", "string", "What is cited: its title."),
    DataColumn("style", "string", "Style of the citation."),
    DataColumn("citation", "string", "The citation."),
)


def citation_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the citations in every style."""
    lines = [
        {"work": str(work.title), "style": style, "citation": str(text)}
        for work, styles in shown["citations"]
        for style, text in styles
    ]
    table = LinesShown("citations", "How to cite a CMOC and its publication.", CITATION_COLUMNS, lines)
    return PageData(f"How to cite {shown['cmoc']}", [table])


@told_as_data(citation_data)
def cite_cmoc(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = get_cmoc(request, slug, number)
    works = works_of(found, request.build_absolute_uri(found.get_absolute_url()))
    context = {
        "cmoc": found,
        "theory": found.theory,
        "study": found.theory.study,
        "citations": [(work, [(name, in_style(work, name)) for name in STYLES]) for work in works],
        "forms": CITATION_FORMATS,
    }
    return TemplateResponse(request, "programmes/cite_cmoc.html", context)


def citation_file(request: HttpRequest, slug: str, number: int, form: str) -> HttpResponse:
    """Return both citations as one file for a reference manager."""
    found = get_cmoc(request, slug, number)
    works = works_of(found, request.build_absolute_uri(found.get_absolute_url()))
    return attachment(
        CITATION_FORMATS[form].write(works), CITATION_FORMATS[form].media_type, f"{slug}-cmoc-{number}.{form}"
    )
