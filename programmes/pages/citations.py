"""How to cite a configuration and the publication that it comes from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programmes.formats.citations import CITATION_FORMATS, STYLES, in_style, works_of
from programmes.pages.base import attachment
from programmes.pages.cmocs import get_cmoc


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
    return render(request, "programmes/cite_cmoc.html", context)


def citation_file(request: HttpRequest, slug: str, number: int, form: str) -> HttpResponse:
    """Return both citations as one file for a reference manager."""
    found = get_cmoc(request, slug, number)
    works = works_of(found, request.build_absolute_uri(found.get_absolute_url()))
    return attachment(
        CITATION_FORMATS[form].write(works), CITATION_FORMATS[form].media_type, f"{slug}-cmoc-{number}.{form}"
    )
