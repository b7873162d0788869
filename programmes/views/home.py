"""The home page, the words of the field, and how to cite."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programmes.exchange.cards import png
from programmes.exchange.sharing import card_of_home, share_of_glossary, share_of_home
from programmes.glossary import TERMS, WORKS
from programmes.models import Theory
from programmes.package.schema import SCHEMA_FILE
from programmes.presenters.components import example
from programmes.presenters.home import home_page
from programmes.views.site import site_of


def home(request: HttpRequest) -> HttpResponse:
    """Show the question, the theories, and ways in."""
    return render(
        request, "programmes/home.html", {"page": home_page(request.user), "share": share_of_home(site_of(request))}
    )


def card(request: HttpRequest) -> HttpResponse:
    """Return the picture that stands beside a link to the site."""
    del request
    return HttpResponse(png(card_of_home()), content_type="image/png")


def cite(request: HttpRequest) -> HttpResponse:
    """Show how to cite each theory, and whole downloads."""
    theories = Theory.objects.visible_to(request.user).select_related("study").order_by("title", "pk")
    return render(request, "programmes/cite.html", {"theories": theories})


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was tested for readers with disabilities, and what is not yet accessible."""
    return render(request, "programmes/accessibility.html")


def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the words of realist evaluation, with the works that they come from."""
    context = {"terms": TERMS, "works": WORKS, "share": share_of_glossary(site_of(request))}
    return render(request, "programmes/glossary.html", context)


@staff_member_required
def components(request: HttpRequest) -> HttpResponse:
    """Show every component of the site with invented content."""
    content, theory = example()
    return render(request, "programmes/components.html", {"example": content, "theory": theory, "study": theory.study})


def package_schema(request: HttpRequest) -> HttpResponse:
    """Return the JSON Schema of the theory package."""
    del request
    return HttpResponse(SCHEMA_FILE.read_bytes(), content_type="application/schema+json")
