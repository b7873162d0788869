"""What is done at the table of a theory: each act has its address, and answers with the rows that it changed.

The same addresses take plain forms, and lead back to the table.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from programmes.actions.bench_acts import at_bench
from programmes.actions.decisions import Decision
from programmes.actions.fill import GROUP, KINDS, STATUS, TEXTS, begin_row, fill_cell, paste_rows, text_of_cell
from programmes.actions.order import put_before, put_in_group
from programmes.actions.retire import retire
from programmes.actions.review import ask_for_review
from programmes.characters import as_kept, is_blank
from programmes.desk.base import parse_id
from programmes.desk.bench_acts import BenchActView, ReasonNeededError, SittingView
from programmes.desk.bench_coding import StaleTextError, UndoView
from programmes.desk.pasted import cells_in_columns, pasted_cells
from programmes.desk.theory_lines import slots_of_form
from programmes.desk.theory_table import TableView, heads_in_words
from programmes.desk.who_wrote import who_wrote
from programmes.integrity.text import LONG_TEXT_LETTERS, check_letters
from programmes.models import CMOC, BenchAct, StaleVersionError
from programmes.models.bench import BenchActKind
from programmes.models.theory import not_retired

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from programmes.actions.bench_acts import ActAtBench
    from programmes.desk.bench_touched import Touched

KIND_OF_ACT = {
    **dict.fromkeys(TEXTS, BenchActKind.REWORDED),
    **dict.fromkeys(KINDS, BenchActKind.PARTED),
    STATUS: BenchActKind.JUDGED,
    GROUP: BenchActKind.GROUPED,
}
MOST_PASTED = 2_000_000  # letters


class TableActView(TableView, BenchActView):
    """An act at the table."""

    said = ""  # what is told of it besides
    made: int | None = None  # the number of a configuration that it made

    def answer(self, touched: Touched) -> HttpResponse:
        """Answer with the rows that changed, or with all where their order may have, or lead back to the table."""
        if not self.is_fragment:
            return HttpResponseRedirect(self.way_back(touched))
        self.__dict__.pop("theory", None)  # which the act may have put in another order
        every = self.reorders or not touched.cmocs
        table = self.table(None if every else touched.cmocs)
        found: dict[str, Any] = {
            "said": self.said,
            "made": self.made,
            "foot": self.fragment("desk/table/_foot.html", foot=self.foot()),
        }
        if every:
            found["body"] = self.fragment("desk/table/_body.html", **table)
        else:
            found["rows"] = {
                str(row.cmoc.number): self.fragment("desk/table/_row.html", row=row, **table) for row in table["rows"]
            }
        return JsonResponse(found)

    reorders = False  # whether rows may stand elsewhere afterwards

    def way_back(self, touched: Touched) -> str:
        """Return the address of the table, at the row that was changed."""
        numbers = CMOC.objects.filter(pk__in=touched.cmocs).order_by("number").values_list("number", flat=True)
        return f"{self.address}#row-{numbers[0]}" if numbers else self.address

    @staticmethod
    def done(begun: ActAtBench, do: Callable[[], object]) -> BenchAct | None:
        """Do something at the table; what is so already is no act."""
        try:
            with at_bench(begun) as act:
                do()
        except ValidationError as error:
            if getattr(error, "code", "") == "same":
                return None
            raise
        return act.kept

    def chosen_column(self) -> str:
        """Return the column that was written in. Raises ValidationError."""
        column = self.request.POST.get("column", "")
        if column not in KIND_OF_ACT:
            raise ValidationError("There is no such column in this table.", code="column")
        return column

    def given_text(self) -> str:
        """Return what was written. Raises ValidationError."""
        text = as_kept(self.request.POST.get("text", ""))
        check_letters(text, LONG_TEXT_LETTERS)
        return text

    def row_numbered(self, number: int | None) -> CMOC:
        """Return the standing configuration with a number. Raises Http404."""
        rows = CMOC.objects.editable_by(self.user).filter(not_retired(), theory=self.theory, number=number or 0)
        found = rows.select_related("theory__study", "group").first()
        if found is None:
            raise Http404
        return found


class CellView(TableActView):
    """Writes a cell of a row."""

    def post(self, request: HttpRequest, **named: Any) -> HttpResponseBase:
        """Write it; what somebody else wrote there meanwhile is shown beside what was to be written."""
        try:
            return super().post(request, **named)
        except StaleTextError as stale:
            sent = [("column", stale.field), ("was", stale.theirs)]
            texts = {"theirs": stale.theirs, "mine": stale.mine, "wrote": stale.wrote}
            shown: dict[str, Any] = {**texts, "field": "text", "sent": sent}
            return self.refused(str(stale), status=409, version=stale.version, **shown)

    def act(self) -> BenchAct | None:
        cmoc, column, text = self.row_numbered(self.kwargs["number"]), self.chosen_column(), self.given_text()
        self.reorders = column == GROUP
        was = self.request.POST.get("was")
        decision = Decision(self.reason(cmoc), self.user)
        fill = partial(fill_cell, cmoc=cmoc, column=column, text=text, decision=decision, was=was)
        try:
            return self.done(self.begun(KIND_OF_ACT[column], cmoc=cmoc), fill)
        except StaleVersionError as error:
            theirs = text_of_cell(self.row_numbered(cmoc.number), column)
            wrote = who_wrote(cmoc, column)
            raise StaleTextError(str(error), theirs, text, cmoc.version, column, wrote=wrote) from error


class RowFormView(TableActView):
    """A row as a form, for those who work without scripts, and on small screens."""

    http_method_names = ["get", "post", "head", "options"]
    reorders = True

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the form."""
        del request
        cmoc = self.row_numbered(self.kwargs["number"])
        table = self.table()
        (row,) = (row for row in table["rows"] if row.cmoc.pk == cmoc.pk)
        others = [other for other in table["rows"] if other.cmoc.pk != cmoc.pk]
        return self.show("desk/table/row.html", **self.shared(**table, row=row, others=others))

    def act(self) -> BenchAct | None:
        cmoc = self.row_numbered(self.kwargs["number"])
        sent = self.request.POST
        filled = [column for column in KIND_OF_ACT if f"cell-{column}" in sent]
        decision = Decision(self.reason(cmoc), self.user)
        with at_bench(self.begun(BenchActKind.REWORDED, cmoc=cmoc)) as act:
            for column in filled:
                text = as_kept(sent[f"cell-{column}"])
                check_letters(text, LONG_TEXT_LETTERS)
                present = self.row_numbered(cmoc.number)
                if text.split() != text_of_cell(present, column).split():
                    fill_cell(cmoc=present, column=column, text=text, decision=decision, was=sent.get(f"was-{column}"))
            before = sent.get("before", "")
            if before:
                follower = None if before == "last" else self.row_numbered(parse_id(before))
                put_before(cmoc=self.row_numbered(cmoc.number), follower=follower, decision=decision)
        return act.kept


class NewRowView(TableActView):
    """Begins a configuration with a cell of the empty row."""

    def act(self) -> BenchAct | None:
        column, text = self.chosen_column(), self.given_text()
        if is_blank(text):
            raise ValidationError("Write something to begin a CMOC with.", code="blank")
        decision = Decision(self.reason(), self.user)
        with at_bench(self.begun(BenchActKind.MADE)) as act:
            act.cmoc = begin_row(theory=self.theory, column=column, text=text, decision=decision)
        self.said, self.made = f"Made {act.cmoc}.", act.cmoc.number
        return act.kept


class OrderView(TableActView):
    """Puts a row before another one, or at the end."""

    reorders = True

    def act(self) -> BenchAct | None:
        cmoc = self.row_numbered(parse_id(self.request.POST.get("number", "")))
        before = self.request.POST.get("before", "")
        follower = self.row_numbered(parse_id(before)) if before else None
        decision = Decision(self.reason(cmoc, counts=False), self.user)
        put = partial(put_before, cmoc=cmoc, follower=follower, decision=decision)
        return self.done(self.begun(BenchActKind.ORDERED, cmoc=cmoc), put)


class PasteView(TableActView):
    """Writes rows that were pasted, from a cell on, or after the last row."""

    reorders = True

    def act(self) -> BenchAct | None:
        text = self.request.POST.get("text", "")[:MOST_PASTED]
        rows = pasted_cells(as_kept(text))
        if not rows:
            raise ValidationError("There are no rows in this. Copy some cells of a table first.", code="blank")
        order = ["title", "statement", *(head.name for head in slots_of_form(self.theory.form))]
        first = self.request.POST.get("column", "") or order[0]
        if first not in order:
            raise ValidationError("Rows are pasted at a title, a statement or a part.", code="column")
        cells, left_out = cells_in_columns(rows, order, heads_in_words(self.theory), first)
        number = parse_id(self.request.POST.get("number", ""))
        start = self.row_numbered(number) if number else None
        decision = Decision(self.reason(start), self.user)
        with at_bench(self.begun(BenchActKind.PASTED)) as act:
            done = paste_rows(theory=self.theory, start=start, rows=cells, decision=decision)
        self.said = f"Pasted {len(done)} row{'s' if len(done) != 1 else ''}."
        if left_out:
            several = f"{left_out} cells had no column here and were left out."
            self.said += f" {several if left_out > 1 else '1 cell had no column here and was left out.'}"
        return act.kept


class ChosenRowsView(TableActView):
    """Does something with several rows at once."""

    reorders = True

    def act(self) -> BenchAct | None:
        given = (parse_id(number) for number in self.request.POST.getlist("chosen"))
        numbers = {number for number in given if number is not None}
        rows = CMOC.objects.editable_by(self.user).filter(not_retired(), theory=self.theory, number__in=numbers)
        chosen = list(rows.select_related("theory__study", "group").order_by("number"))
        if not chosen:
            raise ValidationError("Tick the rows first.", code="none")
        acts = {"status": self.judge, "group": self.group, "ask": self.ask, "retire": self.retire}
        what = self.request.POST.get("do", "")
        if what not in acts:
            raise ValidationError("Choose what is to be done with these rows.", code="act")
        return acts[what](chosen)

    def post(self, request: HttpRequest, **named: Any) -> HttpResponseBase:
        """Carry it out; a merge has a screen of its own."""
        if request.POST.get("do") == "merge":
            numbers = [number for text in request.POST.getlist("chosen") if (number := parse_id(text)) is not None]
            keys = CMOC.objects.editable_by(self.user).filter(theory=self.theory, number__in=numbers)
            query = urlencode([("cmoc", key) for key in keys.order_by("number").values_list("pk", flat=True)])
            return HttpResponseRedirect(f"{reverse('admin:programmes_cmoc_merge')}?{query}")
        return super().post(request, **named)

    def reason_for(self, chosen: list[CMOC]) -> str:
        """Return why these rows are changed. Raises ReasonNeededError where others have read one of them."""
        reasons = [self.reason(cmoc) for cmoc in chosen]
        return reasons[0]

    def judge(self, chosen: list[CMOC]) -> BenchAct | None:
        """Give rows a status."""
        decision = Decision(self.reason_for(chosen), self.user)
        status = self.request.POST.get("status", "")
        with at_bench(self.begun(BenchActKind.JUDGED, cmoc=chosen[0])) as act:
            for cmoc in chosen:
                if cmoc.status != status:
                    fill_cell(cmoc=cmoc, column=STATUS, text=status, decision=decision)
        return act.kept

    def group(self, chosen: list[CMOC]) -> BenchAct | None:
        """Put rows under a heading."""
        decision = Decision(self.reason(chosen[0], counts=False), self.user)
        heading = as_kept(self.request.POST.get("heading", ""))
        with at_bench(self.begun(BenchActKind.GROUPED, cmoc=chosen[0])) as act:
            put_in_group(cmocs=chosen, heading=heading, decision=decision)
        return act.kept

    def ask(self, chosen: list[CMOC]) -> BenchAct | None:
        """Put rows to reviewers."""
        with at_bench(self.begun(BenchActKind.ASKED, cmoc=chosen[0])) as act:
            for cmoc in chosen:
                ask_for_review(cmoc=cmoc, asked=True, reason="Put to reviewers")
        self.said = f"Put to reviewers: {', '.join(map(str, chosen))}."
        return act.kept

    def retire(self, chosen: list[CMOC]) -> BenchAct | None:
        """Retire rows, each as a decision with its reason; the decisions are taken back one by one."""
        said = self.request.POST.get("reason", "").strip()
        if not said:
            raise ReasonNeededError(chosen[0])
        for cmoc in chosen:
            retire(cmoc=cmoc, decision=Decision(said, self.user))
        self.said = f"Retired: {', '.join(map(str, chosen))}. It can be taken back under Decisions."
        return None


class UndoTableView(TableActView, UndoView):
    """Undoes an act, and comes back to the table."""

    reorders = True


class RedoTableView(UndoTableView):
    """Does an act once more, and comes back to the table."""

    undoes = False


class SittingAtTableView(TableActView, SittingView):
    """Says why things are changed in this sitting, and comes back to the table."""
