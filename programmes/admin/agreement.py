"""The comparison of the first coding of a source with a blind one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from programmes.admin.source_screens import SourceScreen
from programmes.exchange.tables import csv_lines, csv_values
from programmes.models import SecondCoding
from programmes.presenters.agreement import agreement_page
from programmes.views.site import attachment

if TYPE_CHECKING:
    from django.http import HttpResponse

NOW = "now"


class AgreementView(SourceScreen):
    """How far two codings of one source agree."""

    name = "programmes_source_agreement"

    def answer(self) -> HttpResponse:
        """Show the comparison that is asked for, by default that of the newest blind coding, or its table as CSV."""
        if refusal := self.refused_while_blind():
            return refusal
        title = f"Agreement on {self.source}"
        done = SecondCoding.objects.visible_to(self.user).filter(source=self.source, finished_date__isnull=False)
        codings = list(done.order_by("number"))
        asked = self.request.GET.get("coding", "")
        chosen = next((coding for coding in reversed(codings) if asked in {"", str(coding.number)}), None)
        if chosen is None:
            status = 404 if asked else 200
            return self.show("agreement_none.html", title, status=status, asked=asked, codings=codings)
        chosen.source = self.source
        as_finished = self.request.GET.get("first") != NOW
        page = agreement_page(chosen, self.user, as_finished=as_finished)
        if self.request.GET.get("format") == "csv":
            name = f"{self.source.key}-agreement-{chosen.number}.csv"
            return attachment(csv_lines(map(csv_values, page.table())), "text/csv; charset=utf-8", name)
        return self.show(
            "agreement.html", title, page=page, chosen=chosen, codings=codings, as_finished=as_finished, now=NOW
        )
