"""The doors of the desk: signing in and on to where somebody wanted, signing out, a password of one's own."""

import re

import pytest
from django.urls import reverse

from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long one for ada"


@pytest.fixture
def ada():
    user = UserFactory(username="ada")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, **more):
    return client.post("/desk/sign-in/", {"username": "ada", "password": PASSWORD, **more})


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("", "/desk/"),
        ("/theories/?q=a", "/theories/?q=a"),
        ("/admin/programmes/cmoc/", "/admin/programmes/cmoc/"),
        ("https://elsewhere.example/desk/", "/desk/"),
        ("//elsewhere.example", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("/desk/sign-in/?next=/desk/sign-in/", "/desk/"),
        ("/desk/sign-out/", "/desk/"),
        ("/admin/login/?next=/", "/desk/"),
    ],
)
def test_sign_in_leads_on_to_an_address_of_the_site(client, ada, wanted, led):
    answer = sign_in(client, next=wanted)
    assert (answer.status_code, answer["Location"]) == (302, led)
    assert client.get("/desk/sign-in/", {"next": wanted})["Location"] == led  # who has signed in already


@pytest.mark.parametrize("door", ["/desk/sign-in/", "/admin/login/"])
def test_name_and_password_count_though_somebody_else_is_signed_in(client, ada, door):
    client.force_login(UserFactory(username="ben"))
    sent = {"username": "ada", "next": "/theories/"}
    refused = client.post(door, {**sent, "password": "no"})
    assert (refused.status_code, client.get("/desk/").context["user"].username) == (200, "ben")
    assert client.post(door, {**sent, "password": PASSWORD})["Location"] == "/theories/"
    assert client.get("/desk/").context["user"] == ada


def test_no_staff_status_is_needed_for_desk_and_admin(client, ada):
    study = MembershipFactory(user=ada).study
    sign_in(client)
    assert (ada.is_staff, ada.groups.count()) == (False, 0)
    for address in ("/admin/", "/admin/programmes/quote/", reverse("desk-study", args=[study.slug]), "/components/"):
        assert client.get(address).status_code == 200
    assert client.get("/admin/auth/user/").status_code == 403


def test_old_address_of_the_sign_in_leads_to_the_new_one_and_takes_forms(client, ada):
    assert client.get("/admin/login/?next=/theories/")["Location"] == "/desk/sign-in/?next=/theories/"
    assert client.get("/admin/login/")["Location"] == "/desk/sign-in/"
    assert client.get("/admin/programmes/")["Location"] == "/desk/sign-in/?next=/admin/programmes/"
    answer = client.post("/admin/login/", {"username": "ada", "password": PASSWORD, "next": "/theories/"})
    assert answer["Location"] == "/theories/"


def test_account_that_is_not_active_does_not_come_in(client, ada):
    client.force_login(ada)
    ada.is_active = False
    ada.save()
    assert client.get("/admin/")["Location"] == "/desk/sign-in/?next=/admin/"


def test_sign_out_ends_the_sign_in_and_what_the_browser_kept(client, ada):
    sign_in(client)
    assert client.get("/desk/sign-out/").status_code == 405
    answer = client.post("/desk/sign-out/")
    assert (answer["Location"], answer["Clear-Site-Data"]) == ("/", '"cache"')
    assert client.get("/desk/").status_code == 302
    assert client.post("/admin/logout/").status_code == 302


def test_head_of_the_site_leads_to_the_sign_in_or_the_desk(client, ada):
    head = re.compile(r'<li><a href="(/desk/[^"]*)">([^<]+)</a></li>')
    assert head.findall(client.get("/").content.decode()) == [("/desk/sign-in/", "Sign in")]
    sign_in(client)
    assert head.findall(client.get("/").content.decode()) == [("/desk/", "Desk")]


def test_password_is_changed_at_the_desk(client, ada):
    assert client.get("/desk/password/")["Location"] == "/desk/sign-in/?next=/desk/password/"
    sign_in(client)
    another = {"new_password1": "another long one", "new_password2": "another long one"}
    refused = client.post("/desk/password/", {"old_password": "no", **another})
    assert "Your old password was entered incorrectly." in refused.content.decode()
    answer = client.post("/desk/password/", {"old_password": PASSWORD, **another})
    assert answer["Location"] == "/desk/"
    assert "You have another password now." in client.get("/desk/").content.decode()
    assert sign_in(client.__class__()).status_code == 200


def test_form_that_met_the_end_of_a_sign_in_comes_back(client):
    answer = client.post("/desk/studies/new/", {"title": "Words that nobody wants to type again"})
    assert answer.status_code == 403
    assert "Words that nobody wants to type again" in answer.content.decode()
