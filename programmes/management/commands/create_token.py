"""Create a token for the API."""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from knox.models import AuthToken

DEFAULT_DAYS = 90
MOST_DAYS = 366


class Command(BaseCommand):
    """Create a token with which a program reads the API on somebody's behalf."""

    help = "Create a token for the API. It is shown once and stored hashed; remove it in the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the person and the time."""
        parser.add_argument("username", help="whose rights the token has")
        parser.add_argument("--days", type=int, default=DEFAULT_DAYS, help=f"how long it is valid (1 to {MOST_DAYS})")

    def handle(self, *, username: str, days: int, **_: Any) -> None:
        """Create the token and show it."""
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days is {days}; give a number from 1 to {MOST_DAYS}")
        user = get_user_model()._default_manager.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"there is no active account {username!r}; make one in the admin under Users")
        _, token = AuthToken.objects.create(user=user, expiry=dt.timedelta(days=days))
        self.stdout.write(f"Token:  {token}   (shown only now; valid for {days} days)")
        self.stdout.write(f"Send:   Authorization: Token {token}")
