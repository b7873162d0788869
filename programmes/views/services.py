"""The table of services, and the page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.models import Service, Study
from programmes.presenters.services import service_page, services_page


def services(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the table of services of a study."""
    study = get_object_or_404(Study.objects.visible_to(request.user), slug=slug)
    return table(request, study)


def all_services(request: HttpRequest) -> HttpResponse:
    """Show the services of all studies."""
    return table(request, None)


def table(request: HttpRequest, study: Study | None) -> HttpResponse:
    """Show services as a table."""
    page = services_page(request, study)
    status = 400 if page.errors else 200
    return render(request, "programmes/services.html", {"page": page, "study": study}, status=status)


def service(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show one service with its quotes."""
    rows = Service.objects.visible_to(request.user).select_related("study__programme")
    found = get_object_or_404(rows, study__slug=slug, number=number)
    shown = {"page": service_page(found, request.user), "service": found, "study": found.study}
    return render(request, "programmes/service.html", shown)
