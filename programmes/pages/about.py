"""Pages about the site itself: its glossary, how to cite it, its accessibility, and the schema of its packages."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from programmes.glossary import TERMS, WORKS
from programmes.models import Evidence, Reference, Service, Theory
from programmes.package.schema import SCHEMA_FILE
from programmes.package.sections import VERSION
from programmes.pages.as_data import DataColumn, LinesShown, PageData, RecordsShown, told_as_data
from programmes.pages.base import base_url
from programmes.pages.sharing import GLOSSARY_TITLE, share_of_glossary


def cite_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the theories, with how to cite them."""
    return PageData("How to cite", [RecordsShown(Theory, [theory.pk for theory in shown["theories"]])])


@told_as_data(cite_data)
def cite(request: HttpRequest) -> HttpResponse:
    """Show how to cite each theory, with the downloads of whole theories."""
    theories = Theory.objects.visible_to(request.user).select_related("study").order_by("title", "pk")
    theories = theories.annotate(
        has_quotes=Exists(Evidence.objects.visible_to(request.user).filter(cmoc__theory=OuterRef("pk"))),
        has_services=Exists(Service.objects.visible_to(request.user).filter(study=OuterRef("study"))),
        has_references=Exists(Reference.objects.visible_to(request.user).filter(study=OuterRef("study"))),
    )
    return TemplateResponse(request, "programmes/cite.html", {"theories": theories})


@told_as_data(lambda _request, _shown: PageData("Accessibility"), table=False)
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was tested for readers with disabilities, and what is not yet accessible."""
    return TemplateResponse(request, "programmes/accessibility.html")


GLOSSARY_COLUMNS = (
    DataColumn("key", "string", "Key of the term; its place on the page."),
    DataColumn("name", "string", "The term."),
    DataColumn("meaning", "string", "What it means here, in the site's own words."),
    DataColumn("references", "array", "Keys of the works that it comes from."),
    DataColumn("see_also", "array", "Keys of the terms next to it."),
)
WORK_COLUMNS = (
    DataColumn("key", "string", "Key of the work."),
    DataColumn("name", "string", "How it is cited in a sentence."),
    DataColumn("citation", "string", "How it is cited in full."),
    DataColumn("address", "string", "Where it is found; empty where nowhere."),
)


def glossary_data(_request: HttpRequest, shown: dict[str, Any]) -> PageData:
    """Return the terms and the works."""
    tables = (
        ("terms", "Terms of realist evaluation.", GLOSSARY_COLUMNS),
        ("works", "Works that the terms come from.", WORK_COLUMNS),
    )
    return PageData(
        GLOSSARY_TITLE,
        [
            LinesShown(
                name, meaning, columns, [{one.name: getattr(row, one.name) for one in columns} for row in shown[name]]
            )
            for name, meaning, columns in tables
        ],
    )


@told_as_data(glossary_data)
def glossary(request: HttpRequest) -> HttpResponse:
    """Explain the terms of realist evaluation, with the works they come from."""
    context = {"terms": TERMS, "works": WORKS, "share": share_of_glossary(base_url(request))}
    return TemplateResponse(request, "programmes/glossary.html", context)


def package_schema_file(request: HttpRequest, version: int) -> HttpResponse:
    """Return the schema of one format of the theory package, the present one or an earlier one as it was."""
    del request
    file = SCHEMA_FILE.with_name(f"theory-package-{version}.schema.json")
    if not file.exists():
        raise Http404(f"There is no format {version} of the theory package; the present one is {VERSION}.")
    return HttpResponse(file.read_bytes(), content_type="application/schema+json")
