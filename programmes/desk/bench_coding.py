"""Coding at the bench: a passage to a configuration that stands or to a new one, memos, and what becomes of a quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from programmes.actions.begin_theory import begin_theory
from programmes.actions.bench_acts import at_bench, redo_at_bench, undo_at_bench
from programmes.actions.code import Coding, NewCMOC, adjust_quote, code_passage
from programmes.actions.decisions import Decision
from programmes.actions.evidence import change_role, uncode
from programmes.actions.move import move_evidence
from programmes.actions.note import note_on_cmoc, note_on_passage, note_on_source
from programmes.actions.reword import add_part, remove_part, reword
from programmes.characters import as_kept, is_blank
from programmes.desk.base import parse_id
from programmes.desk.bench_acts import BenchActView
from programmes.desk.who_wrote import who_wrote
from programmes.integrity.text import LONG_TEXT_LETTERS, check_letters
from programmes.models import CMOC, BenchAct, StaleVersionError
from programmes.models.bench import BenchActKind
from programmes.models.configuration import SLOTS, PartKind

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from programmes.vocabulary import EvidenceRole

MOST_PARTS = 20  # of one kind that are given with a new configuration


class CodeView(BenchActView):
    """Codes the selected words to a configuration."""

    def act(self) -> BenchAct | None:
        role, span = self.chosen_role(), self.chosen_span()
        title = as_kept(self.request.POST.get("new_title", ""))
        if not is_blank(title) and not self.request.POST.get("choice"):
            return self.made(role, span, title)
        cmoc = self.chosen_cmoc()
        coding = Coding(role, [cmoc], memo=self.memo_text(), reason=self.reason(cmoc, counts=False))
        with at_bench(self.begun(BenchActKind.CODED, span[0], role=role)) as act:
            coded = code_passage(source=self.source, span=span, coding=coding, by=self.user)
            act.cmoc = coded.followed[0][1] if coded.followed else cmoc
        self.opens = act.cmoc.number
        return act.kept

    def made(self, role: EvidenceRole, span: tuple[int, int], title: str) -> BenchAct | None:
        """Make a configuration of the passage, with what was typed of it."""
        reason = self.reason()
        if self.theory is None:
            self.theory = begin_theory(study=self.study, reason=reason)
        coding = Coding(role, [], NewCMOC(self.theory, title), memo=self.memo_text(), reason=reason)
        with at_bench(self.begun(BenchActKind.MADE, span[0], role=role)) as act:
            coded = code_passage(source=self.source, span=span, coding=coding, by=self.user)
            pk = next(pk for label, pk in coded.made if label == CMOC._meta.label)
            act.cmoc = self.written(
                CMOC.objects.select_related("theory__study").get(pk=pk), Decision(reason, self.user)
            )
        self.opens = act.cmoc.number
        return act.kept

    def written(self, cmoc: CMOC, decision: Decision) -> CMOC:
        """Write what was typed of a new configuration: its statement and its parts."""
        statement = as_kept(self.request.POST.get("statement", ""))
        if not is_blank(statement):
            cmoc = reword(cmoc=cmoc, field="statement", text=statement, decision=decision)
        for kind in SLOTS:
            labels = [as_kept(label).strip() for label in self.request.POST.getlist(f"part-{kind.name}")[:MOST_PARTS]]
            for label in dict.fromkeys(filter(None, labels)):
                add_part(cmoc=cmoc, kind=kind, label=label, decision=decision)
        return cmoc

    def memo_text(self) -> str:
        """Return the memo that was typed with it, if one was."""
        return as_kept(self.request.POST.get("memo", ""))


class MemoView(BenchActView):
    """Writes a memo on the selected words, on the configuration that is open, or on the transcript."""

    def act(self) -> BenchAct | None:
        text = as_kept(self.request.POST.get("text", ""))
        if is_blank(text):
            raise ValidationError("Write the memo first.", code="blank")
        check_letters(text, LONG_TEXT_LETTERS)
        about = self.request.POST.get("about", "")
        if about == "passage":
            span = self.chosen_span()
            with at_bench(self.begun(BenchActKind.NOTED, span[0])) as act:
                note_on_passage(source=self.source, span=span, text=text, by=self.user, reason=self.reason())
        elif about == "cmoc":
            cmoc = self.chosen_cmoc()
            with at_bench(self.begun(BenchActKind.NOTED, cmoc=cmoc)) as act:
                note_on_cmoc(cmoc=cmoc, text=text, by=self.user, reason=self.reason())
        else:
            with at_bench(self.begun(BenchActKind.NOTED)) as act:
                note_on_source(source=self.source, text=text, by=self.user, reason=self.reason())
        return act.kept


class RoleView(BenchActView):
    """Says anew what a quote does to a configuration."""

    def act(self) -> BenchAct | None:
        evidence, role = self.evidence(), self.chosen_role()
        reason = self.reason(evidence.cmoc)
        about = self.begun(BenchActKind.RE_ROLED, evidence.quote.start, cmoc=evidence.cmoc, role=role)
        with at_bench(about) as act:
            change_role(evidence=evidence, role=role, reason=reason)
        return act.kept


class MoveCodingView(BenchActView):
    """Moves a quote from one configuration to another; the decision is kept in the lineage."""

    def act(self) -> BenchAct | None:
        evidence, target = self.evidence(), self.chosen_cmoc()
        reason = self.reason(evidence.cmoc)
        with at_bench(self.begun(BenchActKind.MOVED, evidence.quote.start, cmoc=target, role=evidence.role)) as act:
            decision = Decision(reason, self.user)
            act.event = move_evidence(source=evidence.cmoc, target=target, quotes=[evidence.quote], decision=decision)
        self.opens = target.number
        return act.kept


class UncodeView(BenchActView):
    """Lets a quote bear on a configuration no more."""

    def act(self) -> BenchAct | None:
        evidence = self.evidence()
        reason = self.reason(evidence.cmoc)
        with at_bench(self.begun(BenchActKind.UNCODED, evidence.quote.start, cmoc=evidence.cmoc)) as act:
            uncode(evidence=evidence, reason=reason)
        return act.kept


class AdjustView(BenchActView):
    """Lets a quote begin and end elsewhere."""

    def act(self) -> BenchAct | None:
        quote, span = self.quote(), self.chosen_span()
        with at_bench(self.begun(BenchActKind.ADJUSTED, span[0])) as act:
            adjust_quote(quote=quote, span=span)
        return act.kept


class RewordView(BenchActView):
    """Writes the title or the statement of a configuration."""

    def post(self, request: Any, **named: Any) -> HttpResponseBase:
        """Show both texts where somebody else wrote another one meanwhile."""
        try:
            return super().post(request, **named)
        except StaleTextError as stale:
            return self.refused(
                str(stale),
                status=409,
                theirs=stale.theirs,
                mine=stale.mine,
                wrote=stale.wrote,
                version=stale.version,
                field=stale.field,
                replaced=(stale.field, "version"),
            )

    def act(self) -> BenchAct | None:
        cmoc = self.standing_cmoc(self.kwargs["number"])
        field = "statement" if "statement" in self.request.POST else "title"
        text = as_kept(self.request.POST.get(field, ""))
        read = parse_id(self.request.POST.get("version", "")) or cmoc.version
        decision = Decision(self.reason(cmoc), self.user, {cmoc.pk: read})
        self.opens = cmoc.number
        try:
            with at_bench(self.begun(BenchActKind.REWORDED, cmoc=cmoc)) as act:
                reword(cmoc=cmoc, field=field, text=text, decision=decision)
        except StaleVersionError as error:
            present = CMOC.objects.get(pk=cmoc.pk)
            if getattr(present, field) == text:
                raise ValidationError("It says that already.", code="same") from error
            wrote = who_wrote(present, field)
            raise StaleTextError(
                str(error), getattr(present, field), text, present.version, field, wrote=wrote
            ) from error
        return act.kept


class StaleTextError(Exception):
    """Somebody else wrote another text than the one that was read."""

    def __init__(self, sentence: str, theirs: str, mine: str, version: int, field: str, *, wrote: str) -> None:
        super().__init__(f"{sentence}. Nothing was overwritten.")
        self.wrote = wrote  # who wrote theirs, and when
        self.theirs, self.mine, self.version, self.field = theirs, mine, version, field


class PartView(BenchActView):
    """Adds a part to a configuration, or takes one out."""

    def act(self) -> BenchAct | None:
        cmoc = self.standing_cmoc(self.kwargs["number"])
        kind = kind_of_part(self.request)
        decision = Decision(self.reason(cmoc), self.user)
        self.opens = cmoc.number
        with at_bench(self.begun(BenchActKind.PARTED, cmoc=cmoc)) as act:
            if key := self.request.POST.get("remove", ""):
                remove_part(cmoc=cmoc, kind=kind, key=key, decision=decision)
            else:
                add_part(
                    cmoc=cmoc, kind=kind, label=as_kept(self.request.POST.get("label", "")).strip(), decision=decision
                )
        return act.kept


def kind_of_part(request: HttpRequest) -> PartKind:
    """Return the kind of part that a form names. Raises ValidationError."""
    found = next((kind for kind in SLOTS if kind.name == request.POST.get("kind", "")), None)
    if found is None:
        raise ValidationError("Say which part it is.", code="kind")
    return found


class UndoView(BenchActView):
    """Undoes an act of this person, or does it once more; the last one unless another is named."""

    undoes = True

    def act(self) -> BenchAct | None:
        own = BenchAct.objects.of(self.user, self.study).filter(undone=not self.undoes)
        pk = parse_id(self.request.POST.get("act", ""))
        latest = own.order_by("-pk" if self.undoes else "pk").first()
        found = own.filter(pk=pk).first() if pk else latest
        if found is None:
            raise ValidationError(f"There is nothing to {'undo' if self.undoes else 'do again'}.", code="none")
        return (undo_at_bench if self.undoes else redo_at_bench)(act=found, by=self.user)


class RedoView(UndoView):
    """Does an act once more that was undone."""

    undoes = False
