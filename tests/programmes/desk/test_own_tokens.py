"""A person's own tokens: made, named, seen and ended at the desk."""

import datetime as dt
import re

import pytest
from django.test import Client
from knox.models import AuthToken

from programmes.models import TokenSeal
from tests.factories import UserFactory

PAGE = "/desk/tokens/"


@pytest.fixture
def ada(db, client):
    ada = UserFactory(username="ada")
    client.force_login(ada)
    return ada


def made_by(client, name="Nightly copy", days="30"):
    """Make a token; return it as it is shown this once."""
    response = client.post(PAGE, {"name": name, "days": days})
    assert response.status_code == 200
    return re.search(r'id="token" readonly value="([^"]+)"', response.content.decode())[1]


def rows(client):
    """Return what the page says of each token: what it is for, whether it was used, and the mark that ends it."""
    page = client.get(PAGE).content.decode()
    said = re.findall(
        r'<th scope="row">(.*?) <span.*?data-head="Last used">(.*?)</td>.*?value="(\w+)"', page, re.DOTALL
    )
    return [(name, used == "never", key) for name, used, key in said]


def asked_with(token):
    return Client().get("/api/v1/", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_made_used_and_ended(ada, client):
    assert rows(client) == []
    token = made_by(client)
    key = AuthToken.objects.get().token_key
    assert token not in client.get(PAGE).content.decode()
    assert rows(client) == [("Nightly copy", True, key)]
    assert asked_with(token) == 200
    assert rows(client) == [("Nightly copy", False, key)]
    assert 29 <= (AuthToken.objects.get().expiry - AuthToken.objects.get().created).days <= 30

    told = client.post(PAGE, {"end": key}, follow=True).content.decode()
    assert "The token “Nightly copy” has ended. What uses it is refused now." in told
    assert (rows(client), asked_with(token)) == ([], 401)
    again = client.post(PAGE, {"end": key})
    assert (again.status_code, "You have no such token; it may have ended." in again.content.decode()) == (409, True)


def test_use_is_kept_to_the_hour(ada, client):
    token = made_by(client)
    seal = TokenSeal.objects.get()
    assert asked_with(token) == 200
    first = TokenSeal.objects.get().used_at
    assert asked_with(token) == 200
    assert TokenSeal.objects.get().used_at == first
    TokenSeal.objects.filter(pk=seal.pk).update(used_at=first - dt.timedelta(hours=2))
    assert asked_with(token) == 200
    assert TokenSeal.objects.get().used_at >= first


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "", "days": "30"}, "This field is required."),
        ({"name": "Copy", "days": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"name": "Copy", "days": "367"}, "Ensure this value is less than or equal to 366."),
        ({"name": "Copy", "days": "many"}, "Enter a whole number."),
        ({"name": "x" * 81, "days": "1"}, "This has 81 letters; at most 80 are kept."),
        ({"name": "a\x00b", "days": "1"}, "This has U+0000 (NULL) in line 1, column 2."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(ada, client, sent, said):
    response = client.post(PAGE, sent)
    assert (response.status_code, said in response.content.decode()) == (400, True)
    assert not AuthToken.objects.exists()


def test_tokens_of_others_are_neither_seen_nor_ended(ada, client):
    theirs, token = AuthToken.objects.create(user=UserFactory(), expiry=None)
    TokenSeal.objects.update(name="Zqtheirs")
    assert "Zqtheirs" not in client.get(PAGE).content.decode()
    for key in (theirs.token_key, "zq\x00", "no such"):
        assert client.post(PAGE, {"end": key}).status_code == 409
    assert asked_with(token) == 200


def test_what_ended_by_itself_is_not_listed(ada, client):
    AuthToken.objects.create(user=ada, expiry=dt.timedelta(seconds=-1))
    unending, _ = AuthToken.objects.create(user=ada, expiry=None)
    assert rows(client) == [("Without a name", True, unending.token_key)]
    ada.set_password("another password")
    ada.save()
    client.force_login(ada)
    assert rows(client) == []


def test_whoever_is_not_signed_in_is_led_to_the_door(db, client):
    assert client.get(PAGE)["Location"] == f"/desk/sign-in/?next={PAGE}"
