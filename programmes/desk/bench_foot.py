"""The foot of the bench: the last act in words, what can be undone, and the reason of this sitting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from programmes.models import CMOC, BenchAct
from programmes.models.bench import BenchActKind
from programmes.models.short_names import cmoc_name
from programmes.vocabulary import EvidenceRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from programmes.models import Study

LONGEST_REASON = 500
LATELY = timedelta(minutes=10)  # in which somebody did something who is here still
ROLE_SENTENCES = {
    EvidenceRole.SUPPORTS: "supports",
    EvidenceRole.REFINES: "refines",
    EvidenceRole.COUNTERS: "speaks against",
    EvidenceRole.ILLUSTRATES: "illustrates",
}


LEADING_TO = {
    BenchActKind.CODED: " to ",
    BenchActKind.MOVED: " to ",
    BenchActKind.UNCODED: " from ",
    BenchActKind.MADE: ": ",
    BenchActKind.RE_ROLED: ", on ",
}


@dataclass(frozen=True)
class ActTold:
    """An act in words: what was done, to what, and whether it was undone."""

    done: str
    place: str  # the transcript
    cmoc: str
    role: str
    undone: bool
    kind: str

    @property
    def sentence(self) -> str:
        """Return the act as one sentence."""
        kind = BenchActKind(self.kind)
        to = LEADING_TO.get(kind, ", " if self.place else (" on " if kind == BenchActKind.NOTED else " "))
        of = {BenchActKind.MADE: " of ", BenchActKind.NOTED: " on ", BenchActKind.RE_ROLED: ": "}.get(kind, " ")
        words = self.done + (f"{of}{self.place}" if self.place else "")
        words += f"{to}{self.cmoc}" if self.cmoc else ""
        return f"{words}, {self.role}" if self.role else words


@dataclass(frozen=True)
class BenchFoot:
    """What stands at the foot."""

    last: ActTold | None
    earlier: list[ActTold]
    undo: int | None  # the id of the act that Undo undoes
    redo: int | None
    reason: str
    here: list[str]  # who else works in the study, and where


def foot_of(request: HttpRequest, study: Study, user: User, source_key: str) -> BenchFoot:
    """Return what the foot of the bench says to somebody."""
    since = timezone.now() - LATELY
    rows = BenchAct.objects.filter(Q(user=user) | Q(at__gte=since), study=study).order_by("-pk")
    every = list(rows.select_related("source", "theory", "user").defer("source__text", "source__turns", "changes"))
    acts = [act for act in every if act.user_id == user.pk]
    others = sorted((act for act in every if act.user_id != user.pk), key=lambda act: act.at)
    told = acts_told(acts)
    done = [act for act in acts if not act.undone]
    undone = [act for act in acts if act.undone]
    latest = max(acts, key=lambda act: (act.at, act.pk), default=None)
    return BenchFoot(
        told[latest.pk] if latest else None,
        [told[act.pk] for act in acts if act is not latest],
        done[0].pk if done else None,
        undone[-1].pk if undone else None,
        reason_of_sitting(request, study, source_key),
        [where_somebody_is(act, source_key) for act in {act.user_id: act for act in others}.values()],
    )


def where_somebody_is(act: BenchAct, source_key: str) -> str:
    """Say who works in the study and in which transcript, as their last act tells."""
    name = act.user.get_full_name() or act.user.get_username()
    if act.source is None:
        return f"{name} works on the theory"
    return f"{name} codes this transcript too" if act.source.key == source_key else f"{name} codes {act.source.title}"


def acts_told(acts: Sequence[BenchAct]) -> dict[int, ActTold]:
    """Return acts in words, with the present titles of what they were about."""
    wanted = {(act.theory_id, act.number) for act in acts if act.number}
    rows = CMOC.objects.filter(theory__in={theory for theory, _ in wanted}, number__in={number for _, number in wanted})
    titles = {
        (row.theory_id, row.number): f"{row.name.removeprefix('CMOC ')} {row.title}".rstrip()
        for row in rows.only("theory", "number", "label", "title")
    }
    return {
        act.pk: ActTold(
            f"Undone: {act.get_kind_display().lower()}" if act.undone else act.get_kind_display(),
            f"{act.source.title} {act.time}".rstrip()
            if act.source and (act.place is not None or not act.number)
            else "",
            titles.get((act.theory_id or 0, act.number), cmoc_name(act.number, "")) if act.number else "",
            ROLE_SENTENCES[EvidenceRole(act.role)] if act.role else "",
            act.undone,
            act.kind,
        )
        for act in acts
    }


def reason_of_sitting(request: HttpRequest, study: Study, source_key: str) -> str:
    """Return why somebody changes things in this sitting: what they said, or else that they code a transcript."""
    said: str = request.session.get(f"bench-reason-{study.pk}", "")
    return said or (f"Coding {source_key}" if source_key else "Working at the bench")


def say_reason(request: HttpRequest, study: Study, reason: str) -> None:
    """Keep why somebody changes things in this sitting; without words it is what it was at first."""
    request.session[f"bench-reason-{study.pk}"] = reason.strip()[:LONGEST_REASON]
