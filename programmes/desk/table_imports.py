"""The door for a table that is there already: it is pasted or given, looked at with what is asked, and then loaded.

Until it is loaded nothing is kept: the file goes back and forth with the form. What is loaded is reported, and stays.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from programmes.desk.at_study import StudyDeskView, may, role_in
from programmes.desk.shown_tables import COLUMN, SLOTS, SPAN, pieces_asked, shown_table
from programmes.integrity.holding import hold
from programmes.integrity.numbering import free_slug, signature
from programmes.models import ImportReport, Study, Theory
from programmes.package.from_table import TableOrigin, TablePackage, package_of_tables
from programmes.package.problems import PackageError
from programmes.package.read import read_package
from programmes.package.write import canonical
from programmes.tables_in import heads
from programmes.tables_in.account import TableChoices
from programmes.tables_in.files import ENDINGS
from programmes.tables_in.grid import TableError, TablesRead
from programmes.tables_in.limits import read_tables_in_limits
from programmes.tables_in.read import ReadTables, read_configurations
from programmes.transcripts.reading import LeftOut, LeftOutKind, kinds_of
from programmes.vocabulary import StatementOrigin, TeamRole, UploadKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


MOST_BYTES_HELD = 10_000_000  # of a file that goes back and forth with the form
PASTED_PAGE, PASTED_CELLS, PASTED_LINES = "pasted.html", "pasted.tsv", "pasted.md"
ANSWER = "answer"  # begins the names of fields, as COLUMN and SPAN do
SPAN_PLACE = ("table", "row", "column", "span")  # as a choice of a span is named
STILL_ASKED = "Answer what is asked first, and look again: nothing was loaded."
NOTHING_FOUND = "No configuration was read: choose what the columns hold, and look again. Nothing was loaded."
OWN_STUDY = (
    "The statements of this study are the team’s own; those of a publication go into a study of their own. Say which "
    "publication it is: then a private study is made for it, or the one that you curate is taken."
)
ELSEWHERE = "It goes into the study of the publication, so it cannot go into a theory of this one: choose a new theory."


class GiveTableForm(forms.Form):
    """A table, and where it comes from and goes."""

    file = forms.FileField(required=False, label="Or give a file", help_text=f"It ends in one of {', '.join(ENDINGS)}.")
    html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)  # what the script finds copied
    text = forms.CharField(
        required=False,
        strip=False,
        label="Paste the table",
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text="As it is copied from a page, from Word or from a spreadsheet.",
    )
    theory = forms.ChoiceField(required=False, help_text="Labels are compared within it; equal ones are updated.")
    origin = forms.ChoiceField(
        choices=[("printed", "It is printed in a publication"), ("own", "It is the team’s own")],
        widget=forms.RadioSelect,
        label="Whose table is it?",
    )
    publication = forms.CharField(
        required=False,
        max_length=1000,
        label="Which publication",
        help_text="Its citation. Where this study is the team’s own, the table goes into a study of the publication.",
    )
    licence = forms.CharField(required=False, max_length=100, label="Its licence", help_text="Such as CC BY 4.0.")
    table = forms.CharField(required=False, max_length=80, label="Which table", help_text="Such as Table 2.")
    page = forms.CharField(required=False, max_length=40, label="On which page")
    published_quotes = forms.BooleanField(
        required=False, label="Its quotes are published already", help_text="They stay private here in either case."
    )

    def __init__(self, study: Study, data: Any = None, files: Any = None) -> None:
        own = study.statements == StatementOrigin.OWN
        super().__init__(data, files, initial={"origin": "own" if own else "printed"})
        self.study = study
        there = Theory.objects.filter(study=study).order_by("title", "pk").values_list("slug", "title")
        self.fields["theory"].choices = [("", "A new theory"), *there]  # type: ignore[attr-defined]  # it has choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.goes_elsewhere and not cleaned.get("publication"):
            self.add_error("publication", OWN_STUDY)
        elif self.goes_elsewhere and cleaned.get("theory"):
            self.add_error("theory", ELSEWHERE)
        return cleaned

    @property
    def goes_elsewhere(self) -> bool:
        """Say whether the table goes into another study than the one at hand: printed words among a team's own."""
        return self.cleaned_data.get("origin") == "printed" and self.study.statements == StatementOrigin.OWN


@dataclass(frozen=True)
class GivenTable:
    """A table as it was given: its name, whose ending says what it is, and its bytes."""

    name: str
    content: bytes

    @property
    def held(self) -> str:
        """Return its bytes as a form holds them."""
        return base64.b64encode(self.content).decode()


def given_table(request: HttpRequest) -> GivenTable:
    """Return the table of a form: one that it holds already, a file, or what was pasted. Raises TableError."""
    if held := request.POST.get("held"):
        try:
            return GivenTable(request.POST.get("name", ""), base64.b64decode(held, validate=True))
        except (binascii.Error, ValueError) as error:
            raise TableError("The table did not come back whole. Give it again.") from error
    file = request.FILES.get("file")
    if file is not None:
        if (file.size or 0) > MOST_BYTES_HELD:
            raise TableError(f"{file.name} has {file.size:,} bytes; at most {MOST_BYTES_HELD:,} are taken. Divide it.")
        return GivenTable(str(file.name), file.read())
    html, text = request.POST.get("html", ""), request.POST.get("text", "")
    if "<table" in html.lower():
        return GivenTable(PASTED_PAGE, html.encode())
    if not text.strip():
        raise TableError("Give a file, or paste the table.")
    name = PASTED_PAGE if "<table" in text.lower() else PASTED_CELLS if "\t" in text else PASTED_LINES
    return GivenTable(name, text.encode())


def choices_for_table(request: HttpRequest) -> TableChoices:
    """Return what was chosen for columns and answered to questions."""
    chosen = TableChoices()
    for name, value in request.POST.items():
        kind, _, rest = name.partition(":")
        table, _, column = rest.partition("-")
        if kind == COLUMN and table.isdecimal() and column.isdecimal() and value in SLOTS and value:
            chosen.columns[int(table[:9]), int(column[:9])] = str(value)
        elif kind == SPAN and value in SLOTS and value:
            place = [int(part[:9]) for part in rest.split("-") if part.isdecimal()]
            if len(place) == len(SPAN_PLACE):
                in_table, row, column_of, at = place
                chosen.spans[in_table, row, column_of, at] = str(value)
        elif kind == ANSWER:
            chosen.answers[rest] = str(value)
    return chosen


@method_decorator(sensitive_post_parameters(), name="dispatch")  # a table may hold participants' words
class TakeInTableView(StudyDeskView):
    """A table that is pasted or given, looked at, and loaded when nothing is asked any more."""

    url_name = "desk-table"
    title = "Take in a table"
    role = TeamRole.CURATOR

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the form."""
        del request
        return self.give(GiveTableForm(self.study))

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Read the table, and show what would become of it; or load it."""
        form = GiveTableForm(self.study, request.POST, request.FILES)
        if not form.is_valid() or "back" in request.POST:
            return self.give(form, status=HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST)
        try:
            given = given_table(request)
            source = read_tables_in_limits(given.name, given.content)
        except TableError as error:
            form.add_error(None, str(error))
            return self.give(form, status=HTTPStatus.BAD_REQUEST)
        read = read_configurations(source, choices_for_table(request))
        if "load" not in request.POST:
            return self.look(form, given, self.made(form, read, source))
        return self.load(form, given, read, source)

    def give(self, form: GiveTableForm, status: int = HTTPStatus.OK) -> HttpResponse:
        """Return the page on which a table is given."""
        return self.show("desk/table/take_in.html", status=status, form=form)

    def made(self, form: GiveTableForm, read: ReadTables, source: TablesRead) -> TablePackage:
        """Return the package that the table becomes."""
        cleaned = form.cleaned_data
        study = self.study_of(form)
        origin = TableOrigin(
            study=study.slug if study else free_slug(Study, cleaned["publication"]),
            theory=cleaned["theory"],
            programme=self.study.programme.slug,
            publication=cleaned["publication"],
            licence=cleaned["licence"],
            own=cleaned["origin"] == "own",
            table=cleaned["table"],
            page=cleaned["page"],
            published_quotes=cleaned["published_quotes"],
        )
        return package_of_tables(read, origin, cleaned["table"] or source.called or self.study.title)

    def study_of(self, form: GiveTableForm) -> Study | None:
        """Return the study that a table goes into; None where one is to be made for its publication."""
        if not form.goes_elsewhere:
            return self.study
        printed = Study.objects.of_teams_of(self.user).filter(
            citation=form.cleaned_data["publication"], statements=StatementOrigin.PRINTED
        )
        found = (study for study in printed.order_by("pk") if may(role_in(study, self.user), self.role))
        return next(found, None)

    def look(
        self, form: GiveTableForm, given: GivenTable, made: TablePackage, told: list[str] | None = None
    ) -> HttpResponse:
        """Return the page on which the reading of a table is looked at."""
        account = made.read.account
        asked = [question.as_json() for question in account.questions.values()]
        answered = [(f"{ANSWER}:{key}", value) for key, value in account.choices.answers.items()]
        return self.show(
            "desk/table/take_in_look.html",
            status=HTTPStatus.CONFLICT if told else HTTPStatus.OK,
            form=form,
            given=given,
            told=told or [],
            report=made.report(),
            questions=[(f"{ANSWER}:{question['key']}", question, pieces_asked(made, question)) for question in asked],
            parts=[(slot, SLOTS[slot]) for slot in (*heads.PARTS, heads.NOT_PLACED)],
            answered=answered,
            tables=[shown_table(layout, made) for layout in made.read.layouts],
            slots=list(SLOTS.items()),
            may_load=bool(made.configurations) and not asked,
            changes=[asdict(change) for change in made.rows.changes],
            elsewhere=made.document["study"] if form.goes_elsewhere else None,
            is_there=self.study_of(form) is not None,
        )

    def load(self, form: GiveTableForm, given: GivenTable, read: ReadTables, source: TablesRead) -> HttpResponse:
        """Load the table in one act with its report, while nobody else changes the study; or say why not."""
        told = [STILL_ASKED] * bool(read.account.questions) + [NOTHING_FOUND] * (not read.configurations)
        if told:
            return self.look(form, given, self.made(form, read, source), told)
        try:
            with transaction.atomic():
                hold(self.study)
                made = self.made(form, read, source)
                new = None if self.study_of(form) else self.user
                read_package(canonical(made.document), reason=f"Taken in from {given.name}", lead=new)
                report = self.reported(made)
        except PackageError as error:
            return self.look(form, given, self.made(form, read, source), [str(problem) for problem in error.problems])
        return HttpResponseRedirect(reverse("desk-taken-in", args=[report.study.slug, report.pk]))

    def reported(self, made: TablePackage) -> ImportReport:
        """Keep what became of the table, without any word of it."""
        whole = made.report()
        left = [
            LeftOut(entry["why"], f"table {entry['table']}, row {entry['row']}, column {entry['column']}", "")
            for entry in whole["not_placed"]
        ]
        facts = {**whole["configurations"], "cells": whole["cells"]["filled"], "cells placed": whole["cells"]["placed"]}
        entry = {
            "record": made.document["theory"]["slug"],
            "facts": facts,
            "left_out": [asdict(kind) for kind in kinds_of(left)],
        }
        return ImportReport.objects.create(
            study=Study.objects.get(slug=made.document["study"]["slug"]),
            kind=UploadKind.TABLE,
            signed_by=signature(self.user),
            files=[entry],
        )


class TakenInView(StudyDeskView):
    """What became of a table, which stays."""

    url_name = "desk-table"
    title = "What was taken in"
    role = TeamRole.CURATOR

    def get(self, request: HttpRequest, report: int, **_: Any) -> HttpResponse:
        """Show one report of the study at hand."""
        del request
        found = ImportReport.objects.filter(pk=report, study=self.study, kind=UploadKind.TABLE).first()
        if found is None:
            raise Http404
        (entry,) = found.files
        theory = Theory.objects.filter(study=self.study, slug=entry["record"]).first()
        return self.show(
            "desk/table/taken_in.html",
            report=found,
            facts=entry["facts"],
            left_out=[str(LeftOutKind(**kind)) for kind in entry["left_out"]],
            theory=theory,
        )
