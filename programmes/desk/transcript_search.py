"""The screen on which the team of a study looks for words in its transcripts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.http import urlencode

from programmes.desk.base import parse_id
from programmes.desk.blind_coding import BlindCodingView
from programmes.desk.coding import CodingView
from programmes.desk.screens import DeskView
from programmes.desk.study_at_hand import rows_at_hand
from programmes.models import SecondCoding, Source, Speaker, Study
from programmes.search.in_transcripts import TranscriptQuestion
from programmes.search.stems import terms_of
from programmes.transcripts.turns import turns_beside
from programmes.vocabulary import SpeakerKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from programmes.search.in_transcripts import SaidPassage

MOST_OF_EACH = 10  # places that are shown of one transcript beside others
MOST_OF_ONE = 500  # and of one that is searched alone
MOST_OF_ALL = 200  # and of all together
MOST_READ = 20_000_000  # letters that are read for one answer, after which a press goes on
AT_ONCE = 5  # transcripts that are in memory


class TranscriptSearchForm(forms.Form):
    """Words, and in the transcripts of which study, or in which one."""

    q = forms.CharField(
        label="Words",
        max_length=300,
        required=False,
        help_text="All of them, within one turn; “in quotation marks” as a phrase. Case, accents and endings of words "
        "make no difference.",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    study = forms.ModelChoiceField(Study.objects.none(), required=False, empty_label="Every study of yours")

    def __init__(self, user: User, among: QuerySet[Study, Study], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        studies = cast("forms.ModelChoiceField[Study]", self.fields["study"])
        studies.queryset = Study.objects.editable_by(user).filter(pk__in=among.values("pk")).order_by("title", "pk")


@dataclass
class SearchedTranscript:
    """A transcript that has the words."""

    source: Source
    address: str  # of the screen on which the person codes it
    alone: str  # of the search in it alone
    found: int
    passages: list[SaidPassage]

    @property
    def more(self) -> int:
        """Return how many of the places are not shown."""
        return self.found - len(self.passages)


@dataclass
class TranscriptResults:
    """What a search in transcripts found."""

    transcripts: list[SearchedTranscript] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)  # the number of places in each transcript of which none is shown
    read: int = 0  # how many transcripts were read
    before: int = 0  # how many were read for an answer before this one
    unread: int = 0

    @property
    def found(self) -> int:
        """Return how many turns and lines have the words."""
        return sum(each.found for each in self.transcripts) + sum(self.hidden)

    @property
    def holding(self) -> int:
        """Return how many transcripts have the words."""
        return len(self.transcripts) + len(self.hidden)

    @property
    def unshown(self) -> int:
        """Return how many places are in transcripts of which none is shown."""
        return sum(self.hidden)


class TranscriptSearchView(DeskView):
    """Where words are said in the transcripts that the person may read; codings of others are not shown."""

    path = "search/"
    url_name = "programmes_source_search"
    template_name = "admin/programmes/source/search.html"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form and what was found; the query string may name a source in which alone is searched."""
        if not self.admin.has_change_permission(request):
            raise PermissionDenied
        form = TranscriptSearchForm(self.user, rows_at_hand(request, Study), request.GET)
        given = form.cleaned_data if form.is_valid() else {}
        question = given.get("q") or ""
        rows = self.rows(given.get("study"))
        only = parse_id(request.GET.get("source", ""))
        alone = rows.filter(pk=only).first() if only else None
        results = self.results(question, rows.filter(pk=alone.pk) if alone else rows)
        following = {"q": question, "study": request.GET.get("study", ""), "after": results.before + results.read}
        return self.render_to_response(
            self.get_context_data(
                title="Search transcripts",
                form=form,
                question=question,
                alone=alone,
                everywhere=self.address(q=question, study=request.GET.get("study", "")),
                results=results,
                following=self.address(**following),
            )
        )

    def rows(self, study: Study | None) -> QuerySet[Source, Source]:
        """Return the transcripts of a study, or of all, that this person may read."""
        rows = cast("QuerySet[Source, Source]", self.admin.get_queryset(self.request))
        rows = rows.filter(study__in=Study.objects.editable_by(self.user)).exclude(text="")
        chosen = rows.filter(study=study) if study else rows
        return chosen.select_related("study").order_by("study__title", "study", "key", "pk")

    def results(self, question: str, rows: QuerySet[Source, Source]) -> TranscriptResults:
        """Read the transcripts, a few at a time, and return what was found in them."""
        asked = TranscriptQuestion(terms_of(question))
        if not asked.terms:
            return TranscriptResults()
        number = rows.count()
        results = TranscriptResults(before=min(number, parse_id(self.request.GET.get("after", "")) or 0))
        nobody = labels_of_nobody(rows)
        blind = set(
            SecondCoding.objects.visible_to(self.user)
            .filter(analyst=self.user, finished_date=None)
            .values_list("source", flat=True)
        )
        alone = number == 1
        room = MOST_OF_ONE if alone else MOST_OF_ALL
        for source in read_within(rows[results.before :].iterator(chunk_size=AT_ONCE)):
            results.read += 1
            if not asked.may_be_in(source.text):
                continue
            turns = turns_beside(source.text, source.turns, nobody[source.pk])
            found = asked.stretches_in(source.text, turns)
            shown = found[: min(room, MOST_OF_ONE if alone else MOST_OF_EACH)]
            room -= len(shown)
            if shown:
                screen = BlindCodingView if source.pk in blind else CodingView
                results.transcripts.append(
                    SearchedTranscript(
                        source=source,
                        address=reverse(f"admin:{screen.url_name}", args=[source.pk]),
                        alone=self.address(q=question, source=source.pk),
                        found=len(found),
                        passages=[asked.shown(source.text, each) for each in shown],
                    )
                )
            elif found:
                results.hidden.append(len(found))
        results.unread = number - results.before - results.read
        return results

    def address(self, **given: Any) -> str:
        """Return the address of a search."""
        return f"{reverse(f'admin:{self.url_name}')}?{urlencode({key: value for key, value in given.items() if value})}"


def read_within(sources: Iterator[Source]) -> Iterator[Source]:
    """Yield transcripts until so many letters were read as one answer takes; at least one."""
    letters = 0
    for source in sources:
        letters += len(source.text)
        yield source
        if letters > MOST_READ:
            return


def labels_of_nobody(rows: QuerySet[Source, Source]) -> defaultdict[int, set[str]]:
    """Return the labels of each source of which somebody said that they are words and no speakers."""
    labels: defaultdict[int, set[str]] = defaultdict(set)
    said = Speaker.objects.filter(source__in=rows.order_by().values("pk"), kind=SpeakerKind.NOBODY)
    for source, label in said.values_list("source_id", "label"):
        labels[source].add(label)
    return labels
