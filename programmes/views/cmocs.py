"""The page of a configuration, and how to cite it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.exchange.cards import png
from programmes.exchange.citations import FORMS, STYLES, in_style, works_of
from programmes.exchange.sharing import card_of_cmoc, share_of_cmoc
from programmes.models import CMOC
from programmes.presenters.cmocs import cmoc_page
from programmes.presenters.history import history_of
from programmes.views.site import attachment, site_of


def find(request: HttpRequest, slug: str, number: int) -> CMOC:
    """Return a configuration that the reader may see."""
    rows = CMOC.objects.visible_to(request.user).select_related("theory__study__programme")
    return get_object_or_404(rows, theory__slug=slug, number=number)


def cmoc(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a configuration with its evidence and caveats."""
    found = find(request, slug, number)
    page = cmoc_page(found, request.user)
    context = {
        "page": page,
        "cmoc": found,
        "theory": found.theory,
        "study": found.theory.study,
        "share": share_of_cmoc(found, page, site_of(request)),
    }
    return render(request, "programmes/cmoc.html", context)


def history(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show how a configuration came to be."""
    found = find(request, slug, number)
    context = {"events": history_of(found), "cmoc": found, "theory": found.theory, "study": found.theory.study}
    return render(request, "programmes/cmoc_history.html", context)


def card(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Return the picture that stands beside a link to a configuration."""
    found = find(request, slug, number)
    return HttpResponse(png(card_of_cmoc(found, cmoc_page(found, request.user))), content_type="image/png")


def cite(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show how to cite a configuration and the publication that it comes from."""
    found = find(request, slug, number)
    works = works_of(found, request.build_absolute_uri(found.get_absolute_url()))
    context = {
        "cmoc": found,
        "theory": found.theory,
        "study": found.theory.study,
        "citations": [(work, [(name, in_style(work, name)) for name in STYLES]) for work in works],
        "forms": FORMS,
    }
    return render(request, "programmes/cite_cmoc.html", context)


def citation(request: HttpRequest, slug: str, number: int, form: str) -> HttpResponse:
    """Return both citations as a file for a reference manager."""
    found = find(request, slug, number)
    works = works_of(found, request.build_absolute_uri(found.get_absolute_url()))
    return attachment(FORMS[form].write(works), FORMS[form].media_type, f"{slug}-cmoc-{number}.{form}")
