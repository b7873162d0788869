"""The transcripts of a study: what is there and how far it is coded, and more of them from files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models.functions import Length
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from programmes.desk.at_study import StudyDeskView, bench_address
from programmes.desk.transcript_uploads import TranscriptFilesForm, TranscriptsToConfirmMixin, content_of_transcript
from programmes.desk.uploads import FIRST, keep_files
from programmes.models import Participant, Quote, Source, Upload
from programmes.vocabulary import TeamRole, UploadKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from programmes.models import ImportReport, Study


@dataclass(frozen=True)
class StudyTranscript:
    """A source of a study as its list shows it."""

    source: Source
    letters: int  # of its text; 0 where it is not held here
    coded: int  # of them, those in any quote
    quotes: int
    address: str  # where it is coded

    @property
    def percent(self) -> int:
        """Return how much of the text is in quotes, in whole hundredths; never all of it while something is not."""
        return 100 * self.coded // self.letters if self.letters else 0


def letters_covered(spans: Iterable[tuple[int, int]]) -> int:
    """Return how many letters are in any of the spans."""
    covered = end = 0
    for first, last in sorted(spans):
        covered += max(0, last - max(first, end))
        end = max(end, last)
    return covered


def transcripts_of(study: Study) -> list[StudyTranscript]:
    """Return the sources of a study, in the order in which they were collected; those without a date come last."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    quoted = Quote.objects.filter(study=study, source__isnull=False, start__isnull=False, end__isnull=False)
    for source, start, end in quoted.order_by().values_list("source", "start", "end"):
        spans[source].append((start or 0, end or 0))
    rows: Any = Source.objects.filter(study=study).annotate(letters=Length("text")).defer("text", "turns")
    in_order = sorted(rows, key=lambda row: (row.collected_date is None, row.collected_date, row.key))
    return [
        StudyTranscript(row, row.letters, letters_covered(spans[row.pk]), len(spans[row.pk]), bench_address(study, row))
        for row in in_order
    ]


def transcripts_waiting(view: StudyDeskView) -> list[Upload]:
    """Return the files of a study that its reader gave and has not confirmed yet."""
    Upload.objects.forget_old()
    waiting = Upload.objects.waiting_for(view.user).filter(kind=UploadKind.TRANSCRIPT, study=view.study)
    return list(waiting.select_related("study"))


@method_decorator(sensitive_post_parameters(), name="dispatch")
class StudyTranscriptsView(StudyDeskView):
    """The list, and the form in which files are given."""

    url_name = "desk-transcripts"
    title = "Transcripts"
    role = TeamRole.CURATOR

    def get(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Show the list."""
        del request
        return self.look(self.form())

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Read the files that were given, and lead to where they are looked at."""
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.look(form, status=400)
        read = keep_files(form, self.study, self.user, UploadKind.TRANSCRIPT, content_of_transcript)
        if form.errors:
            return self.look(form, status=400, read=read)
        return HttpResponseRedirect(reverse("desk-transcripts-look", args=[self.study.slug]))

    def form(self, *given: Any) -> TranscriptFilesForm:
        """Return the form for files, which belong to the study at hand."""
        form = TranscriptFilesForm(self.user, *given)
        del form.fields["study"]
        return form

    def look(self, form: TranscriptFilesForm, *, status: int = 200, read: Iterable[Upload] = ()) -> HttpResponse:
        """Return the page."""
        return self.show(
            "desk/transcripts.html",
            status=status,
            transcripts=transcripts_of(self.study),
            people=list(Participant.objects.filter(study=self.study).order_by("pseudonym", "pk")),
            waiting=transcripts_waiting(self),
            form=form,
            read=read,
        )


@method_decorator(sensitive_post_parameters(), name="dispatch")
class LookAtTranscriptsView(TranscriptsToConfirmMixin, StudyDeskView):
    """What was read, to be looked at and confirmed; then the first of the transcripts is open for coding."""

    url_name = "desk-transcripts"
    title = "Look at what was read"
    role = TeamRole.CURATOR
    template_name = "desk/transcripts_look.html"
    elsewhere: tuple[Upload, ...] = ()

    @property
    def waiting(self) -> list[Upload]:
        """Return the files of this study that wait."""
        return transcripts_waiting(self)

    def address_of_step(self, step: str) -> str:
        """Return where files are given, or looked at."""
        return reverse("desk-transcripts" if step == FIRST else "desk-transcripts-look", args=[self.study.slug])

    def after(self, report: ImportReport) -> str:
        """Return where the first of the new transcripts is coded; what was added is told there."""
        keys = [entry["record"] for entry in report.files]
        added = "1 transcript is here" if len(keys) == 1 else f"{len(keys)} transcripts are here"
        messages.success(self.request, f"{added}. Select words to code them.")
        first = Source.objects.filter(study=self.study, key=keys[0]).defer("text", "turns").first()
        return bench_address(self.study, first)
