"""Every answer says to browsers and caches what it is for, at every address and for everybody."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import Resolver404, include, path, resolve, reverse

from realist.headers import UNUSED
from tests.factories import UserFactory
from tests.realist import test_access_walk as walk

people = walk.people
quick = walk.quick

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
}
OF_SECRET_LINKS = ALWAYS | {"Referrer-Policy": "strict-origin"}  # so that no other page learns them
PUBLIC = "public, max-age=0, must-revalidate"


def set_cookie(request):
    response = HttpResponse()
    response.set_cookie("other", "1")
    return response


urlpatterns = [path("zz/cookie/", set_cookie), path("", include("realist.urls"))]


def one_of_each_kind(addresses):
    """Yield one address of each view, and one that is none."""
    found = {}
    for address in addresses:
        try:
            match = resolve(address.partition("?")[0])
        except Resolver404:
            continue
        found.setdefault((match.view_name, "format=csv" in address), address)
    return [*found.values(), "/zz/", "/api/zz/", "/healthz", "/readyz", "/favicon.ico", "/admin/login/"]


def wrong_headers(client, addresses, *, is_member):
    wrong = []
    for address in addresses:
        response = client.get(address)
        found = {name: response.get(name) for name in ALWAYS}
        policy = response.get("Content-Security-Policy", "")
        kept = response["Cache-Control"]
        always = OF_SECRET_LINKS if address.startswith("/desk/invitations/") else ALWAYS
        right = found == always and "default-src 'none'" in policy and "X-Request-ID" in response
        right &= ("no-store" in kept) if is_member else ("no-store" in kept or kept.startswith(("public", "private")))
        others = response["Cross-Origin-Resource-Policy"] == "cross-origin"
        meant = address.startswith("/api/") or response.get("Content-Type", "").startswith("image/")
        if not right or others != (meant and not is_member):
            wrong.append((address, response.status_code, response.headers))
    return wrong


@pytest.mark.once
@pytest.mark.untraced
@pytest.mark.parametrize("name", ["anonymous", "lead"])
def test_every_address_has_every_header_for_everybody(people, quick, name):
    client = Client()
    if people[name] is not None:
        client.force_login(people[name])
    everywhere = [*walk.page_addresses(), *walk.api_addresses(client), *walk.admin_addresses(everywhere=False)]
    addresses = one_of_each_kind(everywhere)
    assert wrong_headers(client, addresses, is_member=people[name] is not None) == []
    assert len(addresses) > 100


def test_script_with_a_token_gets_nothing_to_keep_but_asks_with_its_tag(db, client, capsys):
    UserFactory(username="ada")
    call_command("create_token", "ada")
    token = {"Authorization": f"Token {capsys.readouterr().out.split()[1]}"}
    first = client.get("/api/v1/programmes/", headers=token)
    again = client.get("/api/v1/programmes/", headers={**token, "If-None-Match": first["ETag"]})
    assert [(one.status_code, one["Cache-Control"]) for one in (first, again)] == [
        (200, "private, no-store"),
        (304, "private, no-store"),
    ]
    refused = client.get("/api/v1/programmes/", headers={"Authorization": "Token zq"})
    assert (refused.status_code, refused["Cache-Control"]) == (401, "private, no-store")


def test_public_answers_stay_cacheable(db, client):
    for address in ("/", "/glossary/", "/api/v1/programmes/"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert [(one.status_code, one["Cache-Control"]) for one in (first, again)] == [(200, PUBLIC), (304, PUBLIC)]


@override_settings(ROOT_URLCONF=__name__)
def test_answer_with_a_cookie_is_for_one_reader(db, client):
    assert client.get("/zz/cookie/")["Cache-Control"] == "private, max-age=0"
    assert client.get("/glossary/")["Cache-Control"] == "private, max-age=0"


def test_signing_in_and_out_leaves_nothing_behind(db, client):
    user = User.objects.create_user("ada", password="a long one for ada", is_staff=True)
    response = client.post("/admin/login/?next=/", {"username": user.username, "password": "a long one for ada"})
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (302, True)
    assert client.get("/")["Cache-Control"] == "private, no-store"
    response = client.post(reverse("admin:logout"))
    assert (response.status_code, response["Clear-Site-Data"], "no-store" in response["Cache-Control"]) == (
        200,
        '"cache"',
        True,
    )
    assert client.get("/")["Cache-Control"].startswith(("public", "private, max-age=0"))


def test_files_of_the_site_are_kept_by_everybody(db, client):
    client.force_login(UserFactory())
    response = client.get("/static/zz.css")
    assert (response.status_code, response["Cross-Origin-Resource-Policy"]) == (404, "cross-origin")
    assert "no-store" not in response["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/api/v1/programmes/", "/static/zz.css"])
def test_refused_host_has_the_headers_too(client, address):
    response = client.get(address, headers={"host": "zz.example"})
    assert (response.status_code, {name: response.get(name) for name in ALWAYS}) == (400, ALWAYS)
    assert "default-src 'none'" in response["Content-Security-Policy"]


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000)
def test_redirect_to_https_has_the_headers_too(client):
    response = client.get("/admin/")
    assert (response.status_code, {name: response.get(name) for name in ALWAYS}) == (301, ALWAYS)
    assert re.search("frame-ancestors 'none'", response["Content-Security-Policy"])
    assert client.get("/healthz", secure=True)["Strict-Transport-Security"] == "max-age=31536000"
