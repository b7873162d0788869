"""Whoever comes back after their sign-in ended is told so at every screen of desk and admin, and keeps their words."""

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.realist.test_access_walk import admin_addresses, page_addresses, people, quick  # noqa: F401  fixtures
from tests.realist.test_headers import one_of_each_kind

TYPED = "Words that nobody wants to type again"
DOORS = ("/desk/sign-in/", "/desk/sign-out/", "/desk/password/", "/desk/invitations/")  # forms that keep no words


def ended(user):
    """Return a browser whose sign-in is a week old."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["signed_in_at"] = 0
    session.save()
    return client


@pytest.fixture
def screens(people, quick):  # noqa: F811
    found = one_of_each_kind([*page_addresses(), *admin_addresses(everywhere=False)])
    return [address for address in found if address.startswith(("/desk/", "/admin/")) and not address.startswith(DOORS)]


@pytest.mark.once
@pytest.mark.untraced
def test_every_screen_says_why_it_asks_for_a_sign_in_and_keeps_what_was_typed(people, screens):  # noqa: F811
    untold, lost = [], []
    for address in screens:
        client = ended(people["lead"])
        led = client.get(address).get("Location", "")
        if (
            not led.startswith("/desk/sign-in/")
            or "as everybody is a week after" not in client.get(led).content.decode()
        ):
            untold.append(address)
        sent = ended(people["lead"]).post(address, {"title": TYPED})
        if (sent.status_code, TYPED in sent.content.decode()) != (403, True):
            lost.append(address)
    assert (untold, lost) == ([], ["/admin/login/"])  # the old door, whose form is no work of anybody
    assert len(screens) > 100


@pytest.mark.django_db
def test_link_of_an_invitation_is_in_no_other_address():
    answer = ended(UserFactory()).get("/desk/invitations/a-link-that-is-none/")
    assert (answer.status_code, answer["Referrer-Policy"], "Location" in answer) == (404, "strict-origin", False)
