"""What everybody would read of a study and its theories once they are public, and what is missing or at odds before.

One list, for the screen of publication and for the forms in which a record is made public.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.http import urlencode

from programmes.desk.repeated_words import memos_repeating
from programmes.models import CMOC, Author, Evidence, LineageEvent, Memo, Quote, Review, Theory
from programmes.models.configuration import CONFIGURATION, parts_of_theory
from programmes.models.open_quotes import quote_is_open
from programmes.models.slots import ORDERS
from programmes.models.theory import not_retired
from programmes.pages.reviews import review_progress
from programmes.transcripts.masks import mask_spans
from programmes.vocabulary import CMOCStatus, ReviewState, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.contrib.auth.models import User

    from programmes.models import Study

MOST = 50  # decisions that are told one by one
MOST_NAMED = 8  # CMOCs or quotes that are named one by one, with where each is put right


@dataclass(frozen=True)
class PublicationPreview:
    """What would show of one theory."""

    theory: Theory
    cmocs: int
    retired: list[CMOC]
    quotes: int
    memos: int
    decisions: list[LineageEvent]  # with their reasons, and titles before and after
    decided: int
    reviews: list[Review]  # with a comment
    before: int  # states that stay with the team


def publication_preview(theory: Theory) -> PublicationPreview:
    """Return what everybody would read of a theory if it and its study were public."""
    cmocs = CMOC.objects.filter(theory=theory)
    decisions = LineageEvent.objects.filter(theory=theory).order_by("number", "pk")
    quoted = Evidence.objects.filter(quote_is_open("quote"), cmoc__theory=theory)
    return PublicationPreview(
        theory=theory,
        cmocs=cmocs.count(),
        retired=list(cmocs.filter(status=CMOCStatus.RETIRED).order_by("number", "pk")),
        quotes=quoted.values("quote").distinct().count(),
        memos=Memo.objects.filter(theory=theory, visibility=Visibility.PUBLIC).count(),
        decisions=list(decisions[:MOST]),
        decided=decisions.count(),
        reviews=list(Review.objects.filter(cmoc__theory=theory).exclude(comment="").order_by("cmoc", "number")),
        before=CMOC.history.filter(theory_id=theory.pk).count(),
    )


@dataclass(frozen=True)
class PlaceToMend:
    """Where something is put right."""

    label: str
    address: str


@dataclass
class Shortcoming:
    """Something that is missing or at odds, in words, and where it is put right."""

    says: str
    places: list[PlaceToMend] = field(default_factory=list)
    more: int = 0  # places that are not named


def shortcomings_of_study(study: Study) -> Iterator[Shortcoming]:
    """Yield what is missing of a study itself."""
    record = reverse("admin:programmes_study_change", args=[study.pk])
    for says, missing, name in (
        ("No licence is given: nobody knows what they may do with it.", not study.licence, "id_licence"),
        ("No author is named.", not Author.objects.filter(study=study).exists(), "authors-group"),
        ("There is no citation: nobody can say where it comes from.", not study.citation, "id_citation"),
        (
            "Nobody has said whether its statements are printed or the team’s own.",
            not study.statements,
            "id_statements",
        ),
    ):
        if missing:
            yield Shortcoming(says, [PlaceToMend("Open the study", f"{record}#{name}")])
    unchecked = Quote.objects.filter(study=study, disclosure_checked_date=None).count()
    if unchecked:
        place = reverse("desk-disclosure", args=[study.slug])
        are = "1 quote is not checked" if unchecked == 1 else f"{unchecked} quotes are not checked"
        yield Shortcoming(f"{are} for disclosure, and stay with the team.", [PlaceToMend("Check", place)])
    kept_back = Quote.objects.filter(study=study, visibility=Visibility.PUBLIC).exclude(quote_is_open())
    if kept := list(kept_back.order_by("key", "pk").values_list("key", flat=True)):
        yield said_of_several(
            "said to be public, but somebody in it does not agree", "quote", [disclosure_of(study, key) for key in kept]
        )
    yield from repeated_in_memos(study)


def repeated_in_memos(study: Study) -> Iterator[Shortcoming]:
    """Yield the public memos that repeat words under a mask of any quote of a study."""
    masked = Quote.objects.filter(study=study).exclude(masks=[]).order_by("pk").values_list("text", "masks")
    memos = memos_repeating(study, [(text, mask_spans(masks)) for text, masks in masked])
    if memos:
        says = "public and repeats words that a mask covers" if len(memos) == 1 else "public and repeat masked words"
        yield said_of_several(says, "memo", [memo_of(memo) for memo in memos])


def memo_of(memo: Memo) -> PlaceToMend:
    """Return where a memo is changed."""
    return PlaceToMend(memo.key, reverse("admin:programmes_memo_change", args=[memo.pk]))


def disclosure_of(study: Study, key: str) -> PlaceToMend:
    """Return where a quote is checked."""
    return PlaceToMend(key, f"{reverse('desk-disclosure', args=[study.slug])}?{urlencode({'quote': key})}")


def said_of_several(says: str, kind: str, places: Sequence[PlaceToMend]) -> Shortcoming:
    """Return what is said of several records, with the first of them by name."""
    number = f"1 {kind} is" if len(places) == 1 else f"{len(places)} {kind}s are"
    return Shortcoming(f"{number} {says}.", list(places[:MOST_NAMED]), max(0, len(places) - MOST_NAMED))


def shortcomings_of_theory(theory: Theory, user: User) -> Iterator[Shortcoming]:
    """Yield what is missing or at odds in a theory, which must come with its study loaded."""
    if not theory.form:
        place = PlaceToMend("Open the theory", f"{reverse('admin:programmes_theory_change', args=[theory.pk])}#id_form")
        yield Shortcoming("Nobody has said of which form it is, so nobody can say which parts are missing.", [place])
    cmocs = list(CMOC.objects.filter(not_retired(), theory=theory).order_by("number", "pk"))
    if not cmocs:
        yield Shortcoming("It has no CMOC.")
        return
    if without := [form_of(cmoc, "statement") for cmoc in cmocs if not cmoc.statement and not cmoc.statement_reporting]:
        yield said_of_several("without a statement", "CMOC", without)
    yield from missing_parts(theory, cmocs)
    quoted = Evidence.objects.filter(quote_is_open("quote"), cmoc=OuterRef("pk"))
    silent = CMOC.objects.filter(~Q(Exists(quoted)), not_retired(), theory=theory).order_by("number", "pk")
    if places := [form_of(cmoc) for cmoc in silent]:
        yield said_of_several("without a quote that everybody may read", "CMOC", places)
    if candidates := [form_of(cmoc, "status") for cmoc in cmocs if cmoc.status == CMOCStatus.CANDIDATE]:
        yield said_of_several("still a candidate" if len(candidates) == 1 else "still candidates", "CMOC", candidates)
    yield from unreviewed(theory, cmocs, user)


def missing_parts(theory: Theory, cmocs: list[CMOC]) -> Iterator[Shortcoming]:
    """Yield the parts of the theory's form that CMOCs lack, where nobody said that there is none."""
    for name in ORDERS[theory.form] if theory.form else ():
        kind = next(kind for kind in CONFIGURATION if kind.name == name)
        filled = set(kind.link.objects.filter(cmoc__in=cmocs).values_list("cmoc_id", flat=True))
        absence = kind.absence
        empty = [cmoc for cmoc in cmocs if cmoc.pk not in filled and not (absence and getattr(cmoc, absence))]
        if empty:
            article = "an" if name[0] in "aio" else "a"
            yield said_of_several(f"without {article} {name}", "CMOC", [form_of(cmoc) for cmoc in empty])


def unreviewed(theory: Theory, cmocs: list[CMOC], user: User) -> Iterator[Shortcoming]:
    """Yield the CMOCs whose review is not over, or that a reviewer disagrees with."""
    progress = review_progress(theory, cmocs, parts_of_theory(theory.pk, user), user)
    states = {cmoc.pk: progress[cmoc.pk].state for cmoc in cmocs}
    for says, among in (
        ("disputed by a reviewer", {ReviewState.DISPUTED}),
        ("not reviewed", {ReviewState.CANDIDATE, ReviewState.IN_REVIEW}),
    ):
        if found := [cmoc for cmoc in cmocs if states[cmoc.pk] in among]:
            yield said_of_several(says, "CMOC", [review_of(cmoc) for cmoc in found])


def form_of(cmoc: CMOC, name: str = "") -> PlaceToMend:
    """Return where a CMOC is changed."""
    address = reverse("admin:programmes_cmoc_change", args=[cmoc.pk])
    return PlaceToMend(str(cmoc), f"{address}#id_{name}" if name else address)


def review_of(cmoc: CMOC) -> PlaceToMend:
    """Return where a CMOC is reviewed."""
    return PlaceToMend(str(cmoc), reverse("admin:programmes_cmoc_review", args=[cmoc.pk]))


@dataclass(frozen=True)
class TheoryReadiness:
    """A theory before it is published: what would show of it, and what is missing."""

    theory: Theory
    preview: PublicationPreview
    shortcomings: list[Shortcoming]
    is_public: bool


def readiness_of(theory: Theory, user: User) -> TheoryReadiness:
    """Return what is to be known of a theory before everybody reads it."""
    is_public = Visibility.PUBLIC == theory.visibility == theory.study.visibility
    return TheoryReadiness(
        theory, publication_preview(theory), list(shortcomings_of_theory(theory, user)), is_public=is_public
    )


def would_become_public(record: Any) -> list[Theory]:
    """Return the theories that nobody but the team reads now and that publishing this record would show, or prepare."""
    if record is None or record.visibility == Visibility.PUBLIC:
        return []
    of = {"pk": record.pk} if isinstance(record, Theory) else {"study": record.pk, "visibility": Visibility.PUBLIC}
    return list(Theory.objects.filter(**of).select_related("study").order_by("title", "pk"))
