"""The address of the site, as the reader wrote it."""

from django.http import HttpRequest


def site_of(request: HttpRequest) -> str:
    """Return the address that all addresses of the site begin with."""
    return request.build_absolute_uri("/").rstrip("/")
