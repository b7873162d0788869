"""What views have in common."""

from django.http import HttpRequest, HttpResponse


def site_of(request: HttpRequest) -> str:
    """Return the address that all addresses of the site begin with."""
    return request.build_absolute_uri("/").rstrip("/")


def attachment(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """Return a file that the reader takes away."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=disposition)
