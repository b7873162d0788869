"""Create a token for the API."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.actions.accounts import DAYS_OF_TOKEN, MOST_DAYS_OF_TOKEN, make_token


class Command(BaseCommand):
    """Create a token with which a program reads the API on somebody's behalf."""

    help = "Create a token for the API. It is shown once and stored hashed; its owner ends it at the desk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the person and the time."""
        parser.add_argument("username", help="whose rights the token has")
        length = f"how long it is valid (1 to {MOST_DAYS_OF_TOKEN})"
        parser.add_argument("--days", type=int, default=DAYS_OF_TOKEN, help=length)
        parser.add_argument("--name", default="", help="what it is for, as its owner will read it")

    def handle(self, *, username: str, days: int, name: str, **_: Any) -> None:
        """Create the token and show it."""
        if not 1 <= days <= MOST_DAYS_OF_TOKEN:
            raise CommandError(f"--days is {days}; give a number from 1 to {MOST_DAYS_OF_TOKEN}")
        user = get_user_model()._default_manager.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"there is no active account {username!r}; make one in the admin under Users")
        try:
            token = make_token(user=user, name=name, days=days)
        except ValidationError as error:
            raise CommandError(f"--name: {error.messages[0]}") from None
        self.stdout.write(f"Token:  {token}   (shown only now; valid for {days} days)")
        self.stdout.write(f"Send:   Authorization: Token {token}")
