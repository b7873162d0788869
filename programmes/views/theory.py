"""The page of a theory, and its web as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.exchange.cards import png
from programmes.exchange.sharing import card_of_theory, share_of_theory
from programmes.exchange.web import FORMS, WebFile
from programmes.models import Study, Theory
from programmes.presenters.earlier import earlier_page
from programmes.presenters.lineage import lineage_page
from programmes.presenters.setting import setting_page
from programmes.presenters.theory import theory_page
from programmes.views.site import attachment, site_of


def find(request: HttpRequest, slug: str) -> Theory:
    """Return a theory that the reader may see."""
    return get_object_or_404(Theory.objects.visible_to(request.user).select_related("study__programme"), slug=slug)


def theory(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a theory as a web of configurations and as a table."""
    found = find(request, slug)
    page = theory_page(request, found)
    return render(
        request,
        "programmes/theory.html",
        {
            "page": page,
            "theory": found,
            "study": found.study,
            "forms": FORMS if page.web.cmocs else {},
            "share": share_of_theory(found, site_of(request)),
        },
        status=400 if page.errors else 200,
    )


def card(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the picture that stands beside a link to a theory."""
    return HttpResponse(png(card_of_theory(find(request, slug))), content_type="image/png")


def lineage(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what became of the configurations of a theory."""
    found = find(request, slug)
    shown = {"page": lineage_page(found, request.user), "theory": found, "study": found.study}
    return render(request, "programmes/lineage.html", shown)


def earlier(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a theory as it stood on a day."""
    found = find(request, slug)
    page = earlier_page(found, request.user, request.GET.get("day", ""))
    shown = {"page": page, "theory": found, "study": found.study}
    return render(request, "programmes/earlier.html", shown, status=400 if page.error else 200)


def setting(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a theory from the reader's own setting."""
    found = find(request, slug)
    page = setting_page(request, found)
    shown = {"page": page, "theory": found, "study": found.study}
    return render(request, "programmes/setting.html", shown, status=400 if page.errors else 200)


def web(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Return the web as a file: exactly what the page shows under the same choices."""
    found = find(request, slug)
    page = theory_page(request, found, site_of(request))
    if page.errors:
        return HttpResponse("\n".join(page.errors), status=400, content_type="text/plain; charset=utf-8")
    source = WebFile(
        title=found.title,
        said=page.said,
        credit=credit_of(found.study, request.build_absolute_uri(found.get_absolute_url())),
        web=page.web,
        pictures=page.pictures,
    )
    return attachment(FORMS[form].write(source), FORMS[form].media_type, f"{found.slug}-web.{form}")


def credit_of(study: Study, address: str) -> str:
    """Return whose words a file holds, under which licence, and where it comes from, on one line."""
    doi = f" https://doi.org/{study.doi}" if study.doi else ""
    licence = f" Licence: {study.licence} {study.licence_url}".rstrip() + "." if study.licence else ""
    return " ".join(f"Source: {study.citation}{doi}{licence} {study.licence_note} From {address}".split())
