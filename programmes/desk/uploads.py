"""Files in four steps, alike for whatever they become: they are read, looked at, confirmed in one act, and reported.

What was read waits as an Upload until whoever gave it confirms it or throws it away. Then it becomes records in one
transaction, and an ImportReport stays, which holds no word of the file.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from programmes.desk.screens import DeskFormView, DeskView
from programmes.desk.study_at_hand import rows_at_hand, study_at_hand
from programmes.integrity.holding import hold, hold_erased
from programmes.integrity.numbering import signature
from programmes.models import ImportReport, Study, Upload
from programmes.models.erasures import newest_erasure
from programmes.transcripts.reading import LeftOutKind, kinds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from programmes.transcripts.reading import LeftOut
    from programmes.vocabulary import UploadKind

    ReadFile = Callable[[UploadedFile[Any], dict[str, Any]], dict[str, Any]]

FIRST, LOOK = "first", "look"  # steps on the way
MOST_FILES = 20  # that are given at once
MOST_REPORTS = 10  # that are led to
GONE = "No file waits for you: each is kept for a day, and none when somebody withdraws from its study. Give it again."
ERASED = "erased"
ERASED_MEANWHILE = "While these files were read, words were erased for good. Nothing was kept: give the files again."
EMPTY = "is empty (0 bytes): look whether it was copied whole, and give it again."


class UnreadableFileError(ValueError):
    """A file cannot be read; the message names it, and says why and what to do."""


class ManyFilesInput(forms.ClearableFileInput):
    """The input of several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One file or several; its value is a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files that were given. Raises ValidationError where there are too many, or none."""
        given = data or [None]
        if len(given) > MOST_FILES:
            raise ValidationError(f"These are {len(given)} files; give at most {MOST_FILES} at once.", "many")
        return [super(ManyFilesField, self).clean(file, initial) for file in given]


class FilesForm(forms.Form):
    """The study, and the files that become part of it."""

    study = forms.ModelChoiceField(Study.objects.none(), empty_label="Choose a study")
    file = ManyFilesField(label="Files", allow_empty_file=True)  # an empty one is told by its name, like others

    def __init__(self, user: Any, *args: Any, at_hand: Study | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        studies = cast("forms.ModelChoiceField[Study]", self.fields["study"])
        studies.queryset = Study.objects.editable_by(user).order_by("title", "pk")
        if at_hand in studies.queryset:
            studies.queryset = studies.queryset.filter(pk=at_hand.pk)  # type: ignore[union-attr]  # it is among them
        if len(studies.queryset) == 1:
            studies.initial = studies.queryset[0]


class UploadedForm(forms.Form):
    """What becomes of one file that waits; each kind of file asks more."""

    include = forms.BooleanField(required=False, initial=True, label="Add it")

    def __init__(self, upload: Upload, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix=f"file{upload.pk}", **kwargs)
        self.upload = upload


@method_decorator(sensitive_post_parameters(), name="dispatch")  # as on every screen, nothing on the way may keep it
class UploadScreen(DeskView):
    """A step on the way of files, open to those who may add what the files become."""

    kind: ClassVar[UploadKind]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.admin.has_add_permission(request):
            raise PermissionDenied
        Upload.objects.forget_old()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def uploads(self) -> list[Upload]:
        """Return the person's files of this kind that wait, in the studies that they still curate."""
        studies = Study.objects.editable_by(self.user)
        rows = Upload.objects.waiting_for(self.user).filter(kind=self.kind, study__in=studies)
        return list(rows.select_related("study"))

    @property
    def waiting(self) -> list[Upload]:
        """Return those of one study, the one of the last file."""
        return [upload for upload in self.uploads if upload.study_id == self.uploads[-1].study_id]

    @property
    def elsewhere(self) -> list[Upload]:
        """Return those of other studies, which are looked at later."""
        return [upload for upload in self.uploads if upload.study_id != self.uploads[-1].study_id]


class GiveFilesView(UploadScreen, DeskFormView):
    """The first step: files are given and read."""

    next_step: ClassVar[str]  # the name of the URL on which they are looked at
    last_step: ClassVar[str]  # and that of a report

    def get_form(self, form_class: Any = None) -> forms.Form:
        given = {**self.get_form_kwargs(), "at_hand": study_at_hand(self.request)}
        return cast("forms.Form", (form_class or self.get_form_class())(self.user, **given))

    def read(self, file: UploadedFile[Any], cleaned: dict[str, Any]) -> dict[str, Any]:
        """Return what a file holds, as JSON has it. Raises UnreadableFileError."""
        raise NotImplementedError  # pragma: no cover  each kind of file has its own

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Lead to the files that wait already, and to the last reports."""
        own = Study.objects.editable_by(self.user).filter(pk__in=rows_at_hand(self.request, Study).values("pk"))
        reports = ImportReport.objects.filter(kind=self.kind, study__in=own)
        shown = {
            "waiting": self.waiting,
            "looking": reverse(self.next_step),
            "reports": [
                (report, reverse(self.last_step, args=[report.pk]))
                for report in reports.select_related("study")[:MOST_REPORTS]
            ],
        }
        return super().get_context_data(**shown, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Read the files, keep what could be read, and say which could not."""
        read = keep_files(form, form.cleaned_data["study"], self.user, self.kind, self.read)
        if form.errors:
            status = 409 if form.has_error("file", ERASED) else 400
            return self.render_to_response(self.get_context_data(form=form, read=read), status=status)
        return HttpResponseRedirect(reverse(self.next_step))


def keep_files(form: Any, study: Study, user: User, kind: UploadKind, read: ReadFile) -> list[Upload]:
    """Read the files of a form and let them wait; return them, and say in the form which could not be read."""
    kept: list[Upload] = []
    erased = newest_erasure()
    for file in form.cleaned_data["file"]:
        try:
            if not file.size:
                raise UnreadableFileError(f"{file.name} {EMPTY}")  # noqa: TRY301  told as any other
            content = read(file, form.cleaned_data)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        else:
            kept.append(Upload(uploader=user, study=study, kind=kind, name=file.name, content=content))
    with transaction.atomic():
        hold_erased(erases=False)
        if newest_erasure() == erased:
            Upload.objects.bulk_create(kept)
        else:
            form.add_error("file", ValidationError(ERASED_MEANWHILE, ERASED))
            kept.clear()
    return kept


class FilesToConfirmMixin:
    """The second step and the third: what was read is looked at, and confirmed or thrown away."""

    form_class: ClassVar[type[UploadedForm]]
    template_name: Any
    kind: ClassVar[UploadKind]
    request: HttpRequest
    user: User
    waiting: Any
    elsewhere: Any
    show: Any

    def address_of_step(self, step: str) -> str:
        """Return where files are given (“first”), or looked at (“look”)."""
        raise NotImplementedError  # pragma: no cover  each way has its own

    def after(self, report: ImportReport) -> str:
        """Return where it goes on when files have become records."""
        raise NotImplementedError  # pragma: no cover  each way has its own

    def carry_out(self, form: Any) -> dict[str, Any]:
        """Make of a file what the form says. Return for the report: record, facts and left_out.

        A ValidationError means that it cannot be; then nothing at all is written.
        """
        raise NotImplementedError  # pragma: no cover  each kind of file has its own

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        del request
        if not (waiting := self.waiting):
            return HttpResponseRedirect(self.address_of_step(FIRST))
        return self.look(self.proposed(waiting))

    def proposed(self, waiting: list[Upload]) -> list[Any]:
        """Return a form for each file, with what is proposed of what becomes of it."""
        return [self.form_class(upload) for upload in waiting]

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Confirm the files that are ticked, or throw away the one whose button was pressed."""
        if not (waiting := self.waiting):
            messages.error(request, GONE)
            return HttpResponseRedirect(self.address_of_step(FIRST))
        if thrown := request.POST.get("throw"):
            gone = [upload for upload in waiting if str(upload.pk) == thrown]
            for upload in gone:
                upload.delete()
                messages.success(request, f"Thrown away: {upload}. Nothing of it is kept.")
            if not gone or len(gone) == len(waiting):
                return HttpResponseRedirect(self.address_of_step(FIRST if gone else LOOK))
            return self.look(self.as_entered([upload for upload in waiting if upload not in gone]))
        given = [self.form_class(upload, request.POST) for upload in waiting]
        chosen = [form for form in given if form["include"].value()]
        if not chosen:
            messages.error(request, "Nothing was added: tick the files that are right.")
            return self.look(given, status=400)
        valid = [form.is_valid() for form in chosen]  # each says what is wrong with it
        if not all(valid) or (report := self.confirm(chosen)) is None:
            return self.look(given, status=400)
        return HttpResponseRedirect(self.after(report))

    def as_entered(self, waiting: list[Upload]) -> list[Any]:
        """Return the forms of files with what was entered in them so far, which nobody has sent yet."""
        forms = self.proposed(waiting)
        for form in forms:
            sent = self.form_class(form.upload, self.request.POST)
            form.initial |= {name: sent[name].value() for name in form.fields}
        return forms

    def confirm(self, chosen: list[Any]) -> ImportReport | None:
        """Carry out all that was chosen in one transaction and keep a report, or say in the forms why not."""
        form = chosen[0]
        try:
            with transaction.atomic():
                files = []
                hold(form.upload.study)  # two who add the same wait for each other
                for form in chosen:
                    files.append(self.carry_out(form))
                    form.upload.delete()
                study = form.upload.study
                report = ImportReport(study=study, kind=self.kind, signed_by=signature(self.user), files=files)
                report.save()
                return report
        except ValidationError as error:
            form.add_error(None, error.messages)
        except IntegrityError:
            form.add_error(None, "Somebody else has added the same in the meantime. Look at it again.")
        return None

    def look(self, given: list[Any], *, status: int = 200) -> HttpResponse:
        wrong = [form for form in given if form.is_bound and form["include"].value() and form.errors]
        shown: HttpResponse = self.show(
            self.template_name, status=status, forms=given, wrong=wrong, elsewhere=self.elsewhere
        )
        return shown


class ConfirmFilesView(FilesToConfirmMixin, UploadScreen):
    """The same in the admin, which ends at the report."""

    first_step: ClassVar[str]  # the name of the URL on which files are given
    last_step: ClassVar[str]  # and that of the report

    def address_of_step(self, step: str) -> str:
        """Return where files are given, or looked at."""
        return reverse(self.first_step if step == FIRST else f"admin:{self.url_name}")

    def after(self, report: ImportReport) -> str:
        """Return the address of the report."""
        return reverse(self.last_step, args=[report.pk])


class ImportReportView(DeskView):
    """The last step: what became of the files, which stays."""

    def get(self, request: HttpRequest, report: int) -> HttpResponse:
        """Show a report to those who curate its study."""
        del request
        studies = Study.objects.editable_by(self.user)
        found = ImportReport.objects.filter(pk=report, study__in=studies).select_related("study").first()
        if found is None:
            raise Http404
        files = [{**file, "left_out": [LeftOutKind(**kind) for kind in file["left_out"]]} for file in found.files]
        return self.show(
            cast("str", self.template_name), report=found, files=[self.shown(found, file) for file in files]
        )

    def shown(self, report: ImportReport, file: dict[str, Any]) -> dict[str, Any]:
        """Return what is shown of one file; what it became may have an address."""
        raise NotImplementedError  # pragma: no cover  each kind of file has its own


def told_without_words(left_out: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """Return what was left out of a file by kind, with places and counts, as a report keeps it."""
    return [asdict(kind) for kind in kinds_of(left_out)]
