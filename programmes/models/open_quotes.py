"""When everybody may read a quote: asked at every read, of every door, and nowhere else."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from programmes.vocabulary import ConsentScope, QuoteConsent, Visibility

UNWILLING = [scope.value for scope in ConsentScope if scope != ConsentScope.QUOTES_PUBLIC]


def quote_is_open(path: str = "") -> Q:
    """Return the condition that visibility, disclosure check and consent of a quote all hold now.

    `path` leads from a row to its quote; it is empty for the quote itself. A quote that goes over several turns needs
    the consent of everybody whose words are in it.
    """
    at = f"{path}__" if path else ""
    willing = {f"{at}participant__consent_scope": ConsentScope.QUOTES_PUBLIC, f"{at}participant__withdrawn_date": None}
    return (
        Q(
            **{
                f"{at}visibility": Visibility.PUBLIC,
                f"{at}disclosure_checked_date__isnull": False,
                f"{at}disclosure_checked_by__gt": "",
                f"{at}consent__in": [ground.value for ground in QuoteConsent if ground != QuoteConsent.UNKNOWN],
            }
        )
        & (Q(**{f"{at}participant": None}) & somebody_agreed(at) | Q(**willing))
        & everybody_agreed(at)
    )


def somebody_agreed(at: str) -> Q:
    """Return the condition that a quote of no one participant does not rest on a consent that nobody gave."""
    return ~Q(**{f"{at}consent": QuoteConsent.PARTICIPANT}) | ~Q(**{f"{at}also_by": None})


def everybody_agreed(at: str = "") -> Q:
    """Return the condition that nobody whose words are in a quote with those of others forbids that it is public."""
    return ~Q(**{f"{at}also_by__consent_scope__in": UNWILLING}) & ~Q(**{f"{at}also_by__withdrawn_date__isnull": False})


def agrees(participant: Any) -> bool:
    """Say whether somebody agreed that their words are published, and has not withdrawn."""
    return participant.consent_scope == ConsentScope.QUOTES_PUBLIC and participant.withdrawn_date is None


def public_with_leave_of_all(quote: Any) -> bool:
    """Say whether a quote is not public, or everybody agreed whose words are in it with those of others."""
    return quote.visibility != Visibility.PUBLIC or quote.pk is None or all(map(agrees, quote.also_by.all()))
