"""What becomes of the ways into an account: counts of wrong passwords, tokens and sessions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from knox.models import AuthToken

from programmes.models.sign_in import TokenSeal, WrongTries, key_of_account, seal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User


DAYS_OF_TOKEN, MOST_DAYS_OF_TOKEN = 90, 366  # in which a token ends by itself
LONGEST_NAME_OF_TOKEN = 80  # letters


def seal_token(instance: AuthToken, **_: Any) -> None:
    """Bind a token that was made to the password of its account; hangs on the signal that it was saved."""
    value = seal_of(instance.digest, instance.user.password)
    TokenSeal.objects.get_or_create(token=instance, defaults={"value": value})


@transaction.atomic
def make_token(*, user: User, name: str, days: int) -> str:
    """Make a token with which a program reads on somebody's behalf; return it this once, for it is kept hashed.

    Raises ValidationError where the name cannot be kept.
    """
    made, token = AuthToken.objects.create(user=user, expiry=dt.timedelta(days=days))
    seal = TokenSeal.objects.get(token=made)
    seal.name = name
    seal.full_clean()
    seal.save()
    return str(token)


@transaction.atomic
def end_token(*, user: User, key: str) -> str:
    """End a token of somebody, known by the beginning that is shown of it; return what its owner calls it.

    Raises ValidationError where they have no such token.
    """
    own = TokenSeal.objects.filter(token__user=user).select_related("token")
    seal = own.filter(token__token_key=key).first() if key.isalnum() else None
    if seal is None:
        raise ValidationError("You have no such token; it may have ended.", code="gone")
    seal.token.delete()
    return seal.name or key


def seal_again(user: User, stored: str) -> None:
    """Keep the tokens of an account whose password is the same, and only stored in another way than before."""
    for seal in TokenSeal.objects.filter(token__user=user).select_related("token"):
        if seal.value == seal_of(seal.token.digest, stored):
            seal.value = seal_of(seal.token.digest, user.password)
            seal.save()


def end_if_inactive(instance: User, **_: Any) -> None:
    """End the tokens and sessions of an account that may no longer be used; hangs on the signal that it was saved."""
    if not instance.is_active:
        AuthToken.objects.filter(user=instance).delete()
        end_sessions(instance)


def end_sessions(user: User) -> None:
    """Delete the sessions of an account; only they themselves say whose they are."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def end_outlived() -> int:
    """Delete tokens that ended with a password, and sessions that ended; return how many there were."""
    with transaction.atomic():
        seals = TokenSeal.objects.select_related("token__user")
        ended = [seal.token_id for seal in seals.iterator() if not seal.fits(seal.token)]
        tokens: int = AuthToken.objects.filter(pk__in=ended).delete()[1].get("knox.AuthToken", 0)
        return tokens + Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]


def let_try_again(username: str) -> bool:
    """Let an account rest no longer, also in the browsers that it knows; return whether anything was counted for it."""
    of_account = Q(key=key_of_account(username)) | Q(user__username=username)
    return bool(WrongTries.objects.filter(of_account).begin_anew())
