"""What SECURITY.md promises of every answer, and of tokens; who may see what has tests of its own."""

import hashlib

import pytest
from django.core.management import call_command
from knox.models import AuthToken

from tests.factories import UserFactory

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@pytest.mark.parametrize("address", ["/", "/admin/login/", "/api/v1/docs/", "/api/v1/quotes/", "/not-there/"])
def test_nothing_inline_and_nothing_from_elsewhere_is_run(db, client, address):
    header = client.get(address)["Content-Security-Policy"]
    directives = (part.split() for part in header.split(";") if part.strip())
    assert {name: values for name, *values in directives} == POLICY


def test_the_administration_of_a_member_has_the_same_policy(db, client):
    client.force_login(UserFactory(is_superuser=True))
    response = client.get("/admin/")
    assert (response.status_code, "'unsafe" in response["Content-Security-Policy"]) == (200, False)


@pytest.mark.parametrize("address", ["/?q=%00", "/search/?q=a%00b", "/studies/a%00b/"])
def test_an_address_with_a_null_character_is_refused(db, client, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(("address", "status"), [("/api/v1/quotes/?q=%00", 400), ("/api/v1/quotes/a%00b/", 404)])
def test_the_api_refuses_null_characters_as_problems(db, client, address, status):
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_a_token_is_not_stored(db, capsys):
    UserFactory(username="ada")
    call_command("create_token", "ada")
    token = capsys.readouterr().out.split()[1]

    stored = AuthToken.objects.get()

    assert stored.digest == hashlib.sha512(token.encode()).hexdigest()
    assert token not in {str(getattr(stored, entry.attname)) for entry in AuthToken._meta.concrete_fields}
    assert stored.expiry is not None


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_through_the_api(db, client, method):
    client.force_login(UserFactory(is_superuser=True))
    assert getattr(client, method)("/api/v1/programmes/").status_code in {403, 405}
