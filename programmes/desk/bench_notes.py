"""What is noted of the open configuration: caveats, links, other names of its parts, and that it was a mistake."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from programmes.actions.bench_acts import at_bench
from programmes.actions.decisions import Decision
from programmes.actions.delete import delete_cmoc, may_be_deleted
from programmes.actions.retire import retire
from programmes.actions.reword import is_settled, rename_part
from programmes.actions.theory_notes import add_caveat, link_outcome
from programmes.characters import as_kept
from programmes.desk.base import parse_id
from programmes.desk.bench_acts import BenchActView
from programmes.desk.bench_coding import kind_of_part
from programmes.integrity.text import LONG_TEXT_LETTERS, check_letters
from programmes.models import CMOC, BenchAct
from programmes.models.bench import BenchActKind
from programmes.vocabulary import CaveatKind


class RenamePartView(BenchActView):
    """Calls a part otherwise, wherever it stands."""

    def act(self) -> BenchAct | None:
        cmoc = self.standing_cmoc(self.kwargs["number"])
        kind, key = kind_of_part(self.request), self.request.POST.get("key", "")
        label = as_kept(self.request.POST.get("label", "")).strip()
        links = kind.link.objects.filter(cmoc__theory=cmoc.theory, **{f"{kind.relation}__{kind.key}": key})
        having = CMOC.objects.filter(pk__in=links.values("cmoc")).select_related("theory__study").order_by("number")
        settled = next(filter(is_settled, having), cmoc)
        decision = Decision(self.reason(settled), self.user)
        self.opens = cmoc.number
        with at_bench(self.begun(BenchActKind.RENAMED, cmoc=cmoc)) as act:
            rename_part(theory=cmoc.theory, kind=kind, key=key, label=label, decision=decision)
        return act.kept


class CaveatView(BenchActView):
    """Says when a configuration may not hold."""

    def act(self) -> BenchAct | None:
        cmoc = self.standing_cmoc(self.kwargs["number"])
        text = as_kept(self.request.POST.get("text", ""))
        check_letters(text, LONG_TEXT_LETTERS)
        if self.request.POST.get("kind", "") not in CaveatKind.values:
            raise ValidationError("Choose in which way it may not hold.", code="kind")
        kind = CaveatKind(self.request.POST["kind"])
        decision = Decision(self.reason(cmoc), self.user)
        self.opens = cmoc.number
        with at_bench(self.begun(BenchActKind.CAVEATED, cmoc=cmoc)) as act:
            add_caveat(cmoc=cmoc, kind=kind, text=text, decision=decision)
        return act.kept


class LinkView(BenchActView):
    """Says that an outcome becomes a context."""

    def act(self) -> BenchAct | None:
        cmoc = self.standing_cmoc(self.kwargs["number"])
        outcome, label = (self.request.POST.get(name, "") for name in ("outcome", "label"))
        why = as_kept(self.request.POST.get("why", ""))
        check_letters(why, LONG_TEXT_LETTERS)
        decision = Decision(self.reason(cmoc), self.user)
        self.opens = cmoc.number
        with at_bench(self.begun(BenchActKind.LINKED, cmoc=cmoc)) as act:
            link_outcome(cmoc=cmoc, outcome=outcome, label=label, why=why, decision=decision)
        return act.kept


class RemoveView(BenchActView):
    """Deletes a configuration that was a mistake, with a reason; one that others know is retired."""

    def act(self) -> BenchAct | None:
        cmoc = self.standing_cmoc(self.kwargs["number"])
        if not self.request.POST.get("reason", "").strip():
            raise ValidationError("Say why.", code="reason")
        read = parse_id(self.request.POST.get("version", "")) or cmoc.version
        decision = Decision(self.reason(cmoc), self.user, {cmoc.pk: read})
        if may_be_deleted(cmoc):
            with at_bench(self.begun(BenchActKind.DELETED, cmoc=cmoc)) as act:
                delete_cmoc(cmoc=cmoc, decision=decision)
        else:
            with at_bench(self.begun(BenchActKind.RETIRED, cmoc=cmoc)) as act:
                act.event = retire(cmoc=cmoc, decision=decision)
        return act.kept
