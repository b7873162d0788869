"""A coder of the drill, in a process of its own: codes one word after another, and says so once each is kept."""

import contextlib
import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402  only now are there models
from django.db import DatabaseError  # noqa: E402

from programmes.actions.code import Coding, code_passage  # noqa: E402
from programmes.models import CMOC, Source  # noqa: E402
from programmes.vocabulary import EvidenceRole  # noqa: E402


def main(key: str) -> None:
    """Code every word of a source, the next one after the other."""
    source = Source.objects.get(key=key)
    user, cmoc = User.objects.get(username="coder0"), CMOC.objects.get()
    place = 0
    for word in source.text.split(" "):
        coding = Coding(role=EvidenceRole.SUPPORTS, cmocs=[cmoc], slot="context", memo=f"On {word}")
        span, place = (place, place + len(word)), place + len(word) + 1
        with contextlib.suppress(DatabaseError):  # refused, as where others write for too long, and never told as kept
            code_passage(source=source, span=span, coding=coding, by=user)
            sys.stdout.write(f"{word}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
