"""Quotes of a configuration that were ticked: all of them are recoded, moved, un-coded or split off at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import urlencode

from programmes.actions.bench_acts import at_bench
from programmes.actions.decisions import Decision
from programmes.actions.evidence import change_role, uncode
from programmes.actions.move import move_evidence
from programmes.desk.base import parse_id
from programmes.desk.bench_acts import BenchActView
from programmes.desk.bench_forms import theory_groups
from programmes.models import CMOC, BenchAct, Evidence, StaleVersionError
from programmes.models.bench import BenchActKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse


class ChosenQuotesView(BenchActView):
    """What is done to quotes that were ticked, as an act and as a page with forms."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest, number: int, **_: Any) -> HttpResponse:
        """Show the quotes, and what can be done with them."""
        cmoc = self.standing_cmoc(number)
        try:
            chosen = self.chosen(cmoc, request.GET.getlist("chosen"))
        except (ValidationError, StaleVersionError) as error:
            told = error.messages[0] if isinstance(error, ValidationError) else f"{error}."
            return self.show("desk/bench/quotes.html", **self.shared(cmoc=cmoc, chosen=[], told=told), status=400)
        split = reverse("admin:programmes_cmoc_split", args=[cmoc.pk])
        shown = {
            "cmoc": cmoc,
            "chosen": [(row, f"{row.pk} {row.version}") for row in chosen],
            "groups": theory_groups(self),
            "split": f"{split}?{urlencode({'off': [row.pk for row in chosen]}, doseq=True)}",
            "opened_number": None,
        }
        return self.show("desk/bench/quotes.html", **self.shared(**shown))

    def chosen(self, cmoc: CMOC, ticked: Sequence[str]) -> list[Evidence]:
        """Return the codings that were ticked, as they were read. Raises ValidationError where any is gone."""
        pairs = [tuple(map(parse_id, each.partition(" ")[::2])) for each in ticked]
        read = {pk: version for pk, version in pairs if pk}
        if not read:
            raise ValidationError("Tick the quotes first.", code="few")
        rows = Evidence.objects.editable_by(self.user).filter(cmoc=cmoc, pk__in=read)
        found = list(rows.select_related("cmoc__theory__study", "quote__participant").order_by("position", "pk"))
        if len(found) < len(read):
            raise ValidationError(f"Not all of these quotes bear on {cmoc} any more: look again.", code="gone")
        for row in found:
            if read[row.pk] not in {None, row.version}:
                raise StaleVersionError(f"quote {row.quote.key} was coded otherwise since you read it", row)
        return found

    def act(self) -> BenchAct | None:
        cmoc = self.standing_cmoc(self.kwargs["number"])
        chosen = self.chosen(cmoc, self.request.POST.getlist("chosen"))
        reason = self.reason(cmoc)
        self.opens = cmoc.number
        do = {"move": self.moved, "role": self.recoded, "uncode": self.uncoded}.get(self.request.POST.get("do", ""))
        if do is None:
            raise ValidationError("Say what to do with them.", code="do")
        return do(cmoc, chosen, reason)

    def moved(self, cmoc: CMOC, chosen: list[Evidence], reason: str) -> BenchAct | None:
        """Move them to another configuration, as one decision."""
        target = self.chosen_cmoc()
        with at_bench(self.begun(BenchActKind.MOVED, cmoc=target)) as act:
            quotes = [row.quote for row in chosen]
            decision = Decision(reason, self.user)
            act.event = move_evidence(source=cmoc, target=target, quotes=quotes, decision=decision)
        return act.kept

    def recoded(self, cmoc: CMOC, chosen: list[Evidence], reason: str) -> BenchAct | None:
        """Give them another role; what has it already keeps it."""
        role = self.chosen_role()
        others = [row for row in chosen if row.role != role]
        if not others:
            raise ValidationError("All of them do that already.", code="same")
        with at_bench(self.begun(BenchActKind.RE_ROLED, cmoc=cmoc, role=role)) as act:
            for row in others:
                change_role(evidence=row, role=role, reason=reason)
        return act.kept

    def uncoded(self, cmoc: CMOC, chosen: list[Evidence], reason: str) -> BenchAct | None:
        """Let them bear on the configuration no more."""
        with at_bench(self.begun(BenchActKind.UNCODED, cmoc=cmoc)) as act:
            for row in chosen:
                uncode(evidence=row, reason=reason)
        return act.kept
