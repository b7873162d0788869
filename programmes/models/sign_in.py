"""What is kept so that nobody guesses passwords, and so that a token ends with the password of its account."""

from __future__ import annotations

import datetime as dt
import hmac
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from knox.models import AuthToken

from programmes.integrity.text import ShortTextField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

MINUTE = 60  # seconds
FIRST_REFUSED = 5  # the wrong try of an account after which the next has to wait
FIRST_WAIT = 30  # seconds, twice as many after each further one
RESTS_FROM = 10  # the wrong try after which the account rests
REST = 3600  # seconds
FORGOTTEN = 24 * 3600  # seconds after the last wrong try, until the account counts from the beginning
AT_ONCE = 20  # wrong tries that come from one address
EACH = 180  # seconds after which such a one is forgotten
USE_IS_KEPT = dt.timedelta(hours=1)
FEW = 100  # rows that are deleted at once
LONGEST_NAME = 150  # letters; no account has a longer one
UNWRITTEN = re.compile(  # what nobody sees of a name: blanks, controls, marks of width, joining and direction
    r"[\s\x00-\x1f\x7f\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


class TooManyTriesError(ValidationError):
    """A password is not looked at, because too many were wrong; a form says so like any other error of it."""

    def __init__(self, seconds: int) -> None:
        self.sentence = f"Too many wrong passwords. Try again in {time_to_wait(seconds)}."
        super().__init__(self.sentence, code="too_many_tries")
        self.seconds = seconds


def time_to_wait(seconds: int) -> str:
    """Return a time as people say it: seconds, or whole minutes that are enough."""
    number, unit = (seconds, "second") if seconds < MINUTE else (math.ceil(seconds / MINUTE), "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def folded_name(username: str) -> str:
    """Return a name as it is counted: alike for names that differ in case, blanks, width or unseen marks."""
    text = unicodedata.normalize("NFKC", username[: 2 * LONGEST_NAME]).casefold()
    return UNWRITTEN.sub("", unicodedata.normalize("NFKC", text))


def hashed_key(kind: str, text: str) -> str:
    """Return the key under which something is counted, from which it cannot be read."""
    return salted_hmac(f"sign-in.{kind}", text.encode(errors="backslashreplace"), algorithm="sha256").hexdigest()


def key_of_account(username: str) -> str:
    """Return the key under which wrong passwords for a name are counted, whether it is that of an account or not."""
    return hashed_key("account", folded_name(username))


@dataclass(frozen=True)
class Counter:
    """One of the counts that a try belongs to."""

    key: str
    of_address: bool = False


class WrongTriesQuerySet(models.QuerySet["WrongTries"]):
    """Counts of wrong passwords."""

    def seconds_to_wait(self, counters: Iterable[Counter]) -> int:
        """Return for how long no password is looked at; 0 where it is."""
        return longest_wait(self.filter(key__in=[counter.key for counter in counters]))

    def count_wrong(self, counters: Iterable[Counter], user: User | None) -> tuple[int, int]:
        """Count a wrong password; return the number of wrong ones, and the seconds to wait from now on.

        The rows are locked, in one order. Where others were faster and nothing is looked at any more, nothing is
        counted and the number is 0: whether this password was wrong is not told then.
        """
        rows = []
        with transaction.atomic():
            for counter in sorted(counters, key=lambda counter: counter.of_address):
                rows.append((counter, self.locked(counter.key)))
                if wait := longest_wait(row for _, row in rows):
                    return 0, wait
            for counter, row in rows:
                row.add(counter, user)
        self.forget_old(FEW)
        return rows[0][1].tries, longest_wait(row for _, row in rows)

    def locked(self, key: str) -> WrongTries:
        """Return the count of a key, which nobody else changes before the transaction ends."""
        beginning = {"refused_until": timezone.now(), "forgotten_at": timezone.now()}
        return self.select_for_update().get_or_create(key=key, defaults=beginning)[0]

    def begin_anew(self) -> int:
        """Let these counts begin anew, so that nobody has to wait for them; return how many there were."""
        now = timezone.now()
        return self.filter(forgotten_at__gt=now).update(tries=0, refused_until=now, forgotten_at=now)

    def forget_old(self, most: int | None = None) -> int:
        """Delete what no longer counts and nobody is to be told of; return how many there were."""
        old = self.filter(forgotten_at__lte=timezone.now(), untold=0)
        with transaction.atomic():
            found = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
            return self.filter(pk__in=found).delete()[0]


class WrongTries(models.Model):
    """How many wrong passwords were given for an account, in a browser that it knows, or from an address.

    None of these stands here: the key is a hash, because people type passwords where names belong, and there is a row
    for names that no account has, so that nobody learns which there are.
    """

    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="wrong_tries"
    )
    tries = models.PositiveIntegerField(default=0)
    refused_until = models.DateTimeField()
    forgotten_at = models.DateTimeField(db_index=True)
    untold = models.PositiveIntegerField(default=0)  # tries of which the account's owner has not been told
    untold_since = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WrongTriesQuerySet] = WrongTriesQuerySet.as_manager()  # type: ignore[assignment]  # a manager has its queryset's methods

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.tries} wrong tries"

    def add(self, counter: Counter, user: User | None) -> None:
        """Count one more, and say until when the next has to wait."""
        now = timezone.now()
        begins_anew = self.forgotten_at <= now
        self.tries = 1 if begins_anew else self.tries + 1
        if counter.of_address:  # one is forgotten after the other, so that no address is refused for ever
            self.forgotten_at = (now if begins_anew else self.forgotten_at) + dt.timedelta(seconds=EACH)
            self.refused_until = self.forgotten_at - dt.timedelta(seconds=EACH * (AT_ONCE - 1))
        else:
            self.forgotten_at = now + dt.timedelta(seconds=FORGOTTEN)
            self.refused_until = now + dt.timedelta(seconds=wait_after(self.tries))
            if user is not None:
                self.user = user
                self.untold += 1
                self.untold_since = self.untold_since or now
        self.save()


def longest_wait(rows: Iterable[WrongTries]) -> int:
    """Return for how many seconds nothing is looked at where all of these counts hold."""
    now = timezone.now()
    return max(
        (math.ceil((row.refused_until - now).total_seconds()) for row in rows if row.refused_until > now), default=0
    )


def wait_after(tries: int) -> int:
    """Return for how many seconds an account refuses everything after so many wrong passwords."""
    if tries < FIRST_REFUSED:
        return 0
    return FIRST_WAIT * 2 ** (tries - FIRST_REFUSED) if tries < RESTS_FROM else REST


class TokenSealQuerySet(models.QuerySet["TokenSeal"]):
    """Tokens with what is kept of them."""

    def of(self, user: User) -> TokenSealQuerySet:
        """Return the tokens of an account that are still right, the newest first."""
        now = timezone.now()
        rows = self.filter(token__user=user).select_related("token__user").order_by("-token__created", "pk")
        rows = rows.filter(Q(token__expiry=None) | Q(token__expiry__gt=now))
        return rows.filter(pk__in=[seal.pk for seal in rows if seal.fits(seal.token)])

    def note_use(self, seal: TokenSeal) -> None:
        """Keep that a token was used now, unless that was noted within the hour: reading does not write each time."""
        now = timezone.now()
        if seal.used_at is None or now - seal.used_at >= USE_IS_KEPT:
            self.filter(pk=seal.pk).update(used_at=now)


class TokenSeal(models.Model):
    """What is kept of a token: the binding to the password of its account, what its owner calls it, when it was used.

    It is no longer right when there is another password.
    """

    token = models.OneToOneField(AuthToken, models.CASCADE, primary_key=True, related_name="seal")
    value = models.CharField(max_length=64)
    name = ShortTextField(max_length=80, blank=True, help_text="What it is for, as its owner calls it.")
    used_at = models.DateTimeField(null=True, blank=True, help_text="Kept to the hour.")

    objects = TokenSealQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return "Seal"

    def fits(self, token: AuthToken) -> bool:
        """Say whether the account of a token still has the password with which it was made."""
        return hmac.compare_digest(self.value, seal_of(token.digest, token.user.password))


def seal_of(digest: str, password: str) -> str:
    """Return the seal of a token, from what is stored of the token and of the password."""
    return hmac.digest(digest.encode(), password.encode(), "sha256").hex()
