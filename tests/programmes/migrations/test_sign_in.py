"""Tokens that were there before are bound to the passwords that their accounts have."""

import importlib

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.test import Client
from knox.models import AuthToken

from programmes.models import TokenSeal
from tests.factories import UserFactory

migration = importlib.import_module("programmes.migrations.0033_sign_in")


def status_of(token):
    return Client().get("/api/v1/programmes/", headers={"Authorization": f"Token {token}"}).status_code


def test_tokens_of_before_go_on_until_their_password_changes(db):
    ada, ben = (UserFactory(password=make_password(name), is_superuser=True) for name in ("ada", "ben"))
    tokens = [AuthToken.objects.create(user=user)[1] for user in (ada, ada, ben)]
    made = dict(TokenSeal.objects.values_list("token", "value"))
    TokenSeal.objects.all().delete()
    assert [status_of(token) for token in tokens] == [401, 401, 401]

    migration.seal_tokens(apps, None)

    assert dict(TokenSeal.objects.values_list("token", "value")) == made
    assert len(made) == 3
    assert [status_of(token) for token in tokens] == [200, 200, 200]
    ada.password = make_password("another")
    ada.save()
    assert [status_of(token) for token in tokens] == [401, 401, 200]


def test_without_tokens_there_is_nothing_to_bind(db):
    migration.seal_tokens(apps, None)
    assert not TokenSeal.objects.exists()
