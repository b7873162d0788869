"""The package of a theory at an address: for everybody who reads the theory, or for the team, with its checksum."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from programmes.package.write import write_package
from programmes.pages.base import attachment, takes
from programmes.pages.copies import file_of_theory

if TYPE_CHECKING:
    from programmes.pages.copies import AskedFile

MEDIA_TYPE = "application/json"


def package_and_name(asked: AskedFile) -> tuple[bytes, str]:
    """Return the package that an address asks for, and how its file is called."""
    return write_package(asked.theory, asked.copy), asked.copy.name(asked.theory.slug, "package", "json")


@require_safe
@takes("copy")
@file_of_theory
def package_file(asked: AskedFile) -> HttpResponse:
    """Return the package; its checksum is its ETag as well."""
    package, name = package_and_name(asked)
    digest = hashlib.sha256(package)
    response = attachment(package, MEDIA_TYPE, name)
    response["ETag"] = f'"{digest.hexdigest()}"'
    response["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    return response


@require_safe
@takes("copy")
@file_of_theory
def package_checksum(asked: AskedFile) -> HttpResponse:
    """Return the checksum of the package, as `sha256sum --check` reads it."""
    package, name = package_and_name(asked)
    line = f"{hashlib.sha256(package).hexdigest()}  {name}\n"
    return HttpResponse(line, content_type="text/plain; charset=utf-8")
