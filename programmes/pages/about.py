"""Pages about the site itself: its glossary, how to cite it, its accessibility, and the schema of its packages."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from programmes.glossary import TERMS, WORKS
from programmes.models import Evidence, Reference, Service, Theory
from programmes.package.schema import SCHEMA_FILE
from programmes.package.sections import VERSION
from programmes.pages.base import base_url
from programmes.pages.sharing import share_of_glossary


def cite(request: HttpRequest) -> HttpResponse:
    """Show how to cite each theory, with the downloads of whole theories."""
    theories = Theory.objects.visible_to(request.user).select_related("study").order_by("title", "pk")
    theories = theories.annotate(
        has_quotes=Exists(Evidence.objects.visible_to(request.user).filter(cmoc__theory=OuterRef("pk"))),
        has_services=Exists(Service.objects.visible_to(request.user).filter(study=OuterRef("study"))),
        has_references=Exists(Reference.objects.visible_to(request.user).filter(study=OuterRef("study"))),
    )
    return render(request, "programmes/cite.html", {"theories": theories})


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was tested for readers with disabilities, and what is not yet accessible."""
    return render(request, "programmes/accessibility.html")


def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the terms of realist evaluation, with the works they come from."""
    context = {"terms": TERMS, "works": WORKS, "share": share_of_glossary(base_url(request))}
    return render(request, "programmes/glossary.html", context)


def package_schema_file(request: HttpRequest, version: int) -> HttpResponse:
    """Return the schema of one format of the theory package, the present one or an earlier one as it was."""
    del request
    file = SCHEMA_FILE.with_name(f"theory-package-{version}.schema.json")
    if not file.exists():
        raise Http404(f"There is no format {version} of the theory package; the present one is {VERSION}.")
    return HttpResponse(file.read_bytes(), content_type="application/schema+json")
