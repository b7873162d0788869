"""Whether what was promised to participants holds: erasures, consent, and files that wait or that others can read."""

from __future__ import annotations

import stat
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from programmes.actions.forget_again import came_back
from programmes.actions.ledger import missing_here, missing_on_file
from programmes.integrity.restoring import restored_from
from programmes.models import EditorialMark, Erasure, Participant, Quote, Source, Upload
from programmes.models.erasures import hash_keys
from programmes.models.uploads import KEPT
from programmes.upkeep.findings import AT_ONCE, Defect, bounded
from programmes.upkeep.newest_list import read_erasures
from programmes.upkeep.private_files import UpkeepError
from programmes.vocabulary import ConsentScope, QuoteConsent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

TIDY = "Run: manage.py tidy"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def sound_erasures() -> Iterator[Defect]:
    """Yield where erased words stand, and where the database and the list beside it do not agree."""
    if restored_from(connection):
        yield Defect("the database", "it is being restored, and shut", "Run: manage.py restore --finish")
    path = settings.ERASURES_FILE
    if path.is_file():
        try:
            read_erasures(path)
        except UpkeepError as error:
            yield Defect(str(path), "it cannot be read whole", str(error).strip("."))
    if missing := len(missing_here()):
        yield Defect(str(path), f"{missing} erasures on it are not known to the database", TIDY)
    if missing := len(missing_on_file()):
        yield Defect(str(path), f"{missing} erasures of the database are not on it", TIDY)
    if unusable := Erasure.objects.exclude(secret__in=hash_keys()).count():
        remedy = "Name that key in SECRET_KEY_FALLBACKS"
        yield Defect("erasures", f"{unusable} were kept with another key, so their words are not known again", remedy)
    if due := Erasure.objects.filter(compacted=None).count():
        yield Defect("the files of the database", f"{due} erasures may have left words in them", TIDY)
    for sentence in came_back():
        place, _, said = sentence.strip(".").partition(": ")
        value, _, remedy = said.partition(". ")
        yield Defect(place, value, remedy)


def sound_consent() -> Iterator[Defect]:
    """Yield what anybody can read though consent, the disclosure check or the visibility does not hold of it.

    It is asked row by row and in other words than those by which pages choose what they show.
    """
    yield from bounded(quotes_shown_unasked())
    shown = Quote.objects.visible_to(AnonymousUser()).order_by().values("pk")
    for mark in (
        EditorialMark.objects.visible_to(AnonymousUser()).exclude(quote__in=shown).order_by("pk").iterator(AT_ONCE)
    ):
        yield Defect(f"editorial mark {mark.pk}", "it is public, and its quote is not", "Look at its quote")
    if Source.objects.visible_to(AnonymousUser()).exists() or Participant.objects.visible_to(AnonymousUser()).exists():
        yield Defect(
            "sources and participants", "some can be read by anybody", "Take the site off, and look at `access`"
        )
    gone = Participant.objects.exclude(withdrawn_date=None)
    for quote in Quote.objects.filter(participant__in=gone).select_related("study").order_by("pk").iterator(AT_ONCE):
        yield Defect(
            f"quote {quote.study.slug}:{quote.key}", "it is of somebody who has withdrawn", "Withdraw them again"
        )
    for source in Source.objects.filter(participant__in=gone).exclude(text="").select_related("study").order_by("pk"):
        value = "its text is of somebody who has withdrawn"
        yield Defect(f"source {source.study.slug}:{source.key}", value, "Withdraw them again")


class SpeakerAgreement(NamedTuple):
    """What somebody whose words are in a quote agreed to."""

    consent_scope: str
    withdrawn_date: dt.date | None

    @property
    def still_agrees(self) -> bool:
        """Say whether their words may be published."""
        return self.consent_scope == ConsentScope.QUOTES_PUBLIC and self.withdrawn_date is None


class ShownQuote(NamedTuple):
    """What decides whether a quote may be read, and nothing else of it: all quotes are looked at."""

    pk: int
    study: str
    study_visibility: str
    key: str
    visibility: str
    disclosure_checked_date: dt.date | None
    disclosure_checked_by: str
    consent: str


ASKED = ("pk", "study__slug", "study__visibility", *ShownQuote._fields[3:])
SPEAKER = ("participant__consent_scope", "participant__withdrawn_date")


def quotes_shown_unasked() -> Iterator[Defect]:
    """Yield the quotes that anybody can read and should not."""
    beside: dict[int, list[SpeakerAgreement]] = defaultdict(list)
    for pk, *agreed in Quote.also_by.through._default_manager.values_list("quote_id", *SPEAKER).iterator(AT_ONCE):
        beside[pk].append(SpeakerAgreement(*agreed))
    shown = Quote.objects.visible_to(AnonymousUser()).order_by("pk")
    for row in shown.values_list(*ASKED, "participant_id", *SPEAKER).iterator(AT_ONCE):
        *facts, participant, scope, gone = row
        quote = ShownQuote(*facts)
        speakers = [SpeakerAgreement(scope, gone)] if participant else []
        if why := why_not_public(quote, speakers + beside.get(quote.pk, [])):
            remedy = "Make it private until that is put right"
            yield Defect(f"quote {quote.study}:{quote.key} ({quote.pk})", f"anybody can read it, but {why}", remedy)


def why_not_public(quote: ShownQuote, speakers: Sequence[SpeakerAgreement]) -> str:
    """Return why nobody should read a quote, or nothing."""
    reasons = {
        "its study is not public": quote.study_visibility != "public",
        "it is not marked public": quote.visibility != "public",
        "nobody has signed its disclosure check": not (quote.disclosure_checked_date and quote.disclosure_checked_by),
        "its consent is unknown": quote.consent == QuoteConsent.UNKNOWN,
        "it rests on a consent that nobody gave": quote.consent == QuoteConsent.PARTICIPANT and not speakers,
        "somebody whose words are in it does not agree": not all(speaker.still_agrees for speaker in speakers),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def sound_uploads() -> Iterator[Defect]:
    """Yield the files that have waited for longer than they may."""
    if number := Upload.objects.filter(uploaded__lte=timezone.now() - KEPT).count():
        yield Defect("files that wait to be confirmed", f"{number} have waited for more than a day", TIDY)


def sound_files() -> Iterator[Defect]:
    """Yield the files with words or keys that other accounts of this machine can open."""
    files = [settings.ERASURES_FILE, settings.LOCAL_DIR / "secret-key"]
    if connection.vendor == "sqlite":
        files += [Path(f"{connection.settings_dict['NAME']}{ending}") for ending in ("", "-wal", "-shm")]
    for file in files:
        if file.is_file() and (mode := stat.S_IMODE(file.stat().st_mode)) & OTHERS:
            yield Defect(str(file), f"its mode is {mode:o}, so others can open it", f"Run: chmod 600 {file}")
