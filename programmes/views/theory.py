"""The page of a theory."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programmes.models import Theory
from programmes.presenters.theory import theory_page


def theory(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a theory as a web of configurations and as a table."""
    found = get_object_or_404(Theory.objects.visible_to(request.user).select_related("study__programme"), slug=slug)
    page = theory_page(request, found)
    status = 400 if page.errors else 200
    return render(
        request, "programmes/theory.html", {"page": page, "theory": found, "study": found.study}, status=status
    )
