"""The pages of contexts, mechanisms and outcomes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.models import Context, Element, Mechanism, Outcome
from programmes.presenters.elements import element_page


def context(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show a context."""
    return element(request, Context, slug, key)


def mechanism(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show a mechanism."""
    return element(request, Mechanism, slug, key)


def outcome(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show an outcome."""
    return element(request, Outcome, slug, key)


def element(request: HttpRequest, model: type[Element], slug: str, key: str) -> HttpResponse:
    """Show an element with every configuration that uses it."""
    rows = model.objects.visible_to(request.user).select_related("theory__study__programme")
    found = get_object_or_404(rows, theory__slug=slug, key=key)
    shown = {"page": element_page(found, request.user), "theory": found.theory, "study": found.theory.study}
    return render(request, "programmes/element.html", shown)
