"""manage.py let_try_again: an account that rests after wrong passwords rests no longer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from programmes.actions.accounts import let_try_again


class Command(BaseCommand):
    """Lets an account be signed in to at once, after too many wrong passwords."""

    help = "Ends the wait of an account after wrong passwords, and lets its count begin anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the account."""
        parser.add_argument("username", help="whose account it is")

    def handle(self, *, username: str, **_: Any) -> None:
        """End the wait and say so; a name that nobody has is answered alike, for its tries are counted too."""
        had = let_try_again(username)
        self.stdout.write("May try again." if had else f"No wrong password was counted for {username!r} in a day.")
