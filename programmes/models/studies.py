"""The named questions that pages, admin, API, search and exports ask. Who may see what is decided here alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Substr
from django.urls import reverse

from programmes.integrity.access import NOBODY, Access, AccessQuerySet, Row_co, studies_with_role

if TYPE_CHECKING:
    from programmes.integrity.access import Person

from programmes.integrity.constraints import choice_is_known, choice_or_nothing, not_blank
from programmes.integrity.known_dates import KnownDateField
from programmes.integrity.text import LinesField, LongTextField, ShortTextField
from programmes.models.absences import absence_fits_study, absence_of
from programmes.models.base import CuratedModel
from programmes.models.erasures import Erasure
from programmes.models.names import PersonName, person_name
from programmes.vocabulary import Missing, ReferenceKind, StatementOrigin, StudyKind, TeamRole, Visibility


@dataclass(frozen=True)
class StatementWords:
    """What the statements of a study are called: printed ones, a team's own, or those of which nobody said."""

    origin: str  # before the place where one stands
    one: str  # one of them, inside a sentence
    whose: str  # whose they are, inside a sentence and in the key to whose words something is
    counts: str  # before what counts as context


STATEMENT_WORDS = {
    "": StatementWords("Statement", "the statement", "the study’s", "What the authors count"),
    StatementOrigin.PRINTED: StatementWords(
        "Authors’ words as printed", "the authors’ statement", "the authors’", "What the authors count"
    ),
    StatementOrigin.OWN: StatementWords(
        "The team’s working statement",
        "the team’s working statement",
        "the team’s own",
        "What the team counts",
    ),
}


class ProgrammeQuerySet(AccessQuerySet[Row_co]):
    """Programmes have no study above them: they show through the studies below them."""

    def visible_to(self, user: Person) -> Self:
        """Return programmes with a study that this person may see, and, for those with an account, those without."""
        if user.is_authenticated and user.is_active and getattr(user, "is_superuser", False):
            return self.all()
        studies = apps.get_model("programmes", "Study")._default_manager
        shown = Q(pk__in=studies.visible_to(user).values("programme_id"))
        if user.is_authenticated and user.is_active:
            shown |= ~Q(pk__in=studies.values("programme_id"))
        return self.filter(shown)

    def seen_in_teams_of(self, user: Person) -> Self:
        """Return the programmes of this person's studies, and those without any study."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        studies = apps.get_model("programmes", "Study")._default_manager
        own = studies.of_teams_of(user).values("programme_id")
        return self.filter(Q(pk__in=own) | ~Q(pk__in=studies.values("programme_id")))

    def of_study(self, study: int) -> Self:
        """Return the programme of a study."""
        studies = apps.get_model("programmes", "Study")._default_manager
        return self.filter(pk__in=studies.filter(pk=study).values("programme_id"))

    def editable_by(self, user: Person) -> Self:
        """Return programmes all of whose studies this person curates."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if getattr(user, "is_superuser", False):
            return self.all()
        study_model = apps.get_model("programmes", "Study")
        others = study_model._default_manager.exclude(pk__in=studies_with_role(user, TeamRole.CURATOR))
        return self.exclude(pk__in=others.values("programme_id"))


class Programme(CuratedModel):
    """A family of interventions, such as peer support for children's mental health. Studies evaluate it."""

    slug = models.SlugField(max_length=80, help_text="Short name in addresses, such as peer-support.")
    name = ShortTextField(max_length=300)
    description = LongTextField(blank=True, help_text="What is done, in a sentence or two.")
    setting = LongTextField(blank=True, help_text="Where it is done.")
    reach = ShortTextField(max_length=300, blank=True, help_text="Whom it is for.")
    deliverers = LongTextField(blank=True, help_text="Who does it.")
    directions = LinesField(help_text="One on a line, such as one-directional or mutual.")
    locations = LinesField(help_text="One on a line.")
    synonyms = LinesField(
        help_text="Words that the search takes for the same, with commas between them, as in: young people, teenagers."
    )

    objects: ClassVar[AccessQuerySet[Self]] = ProgrammeQuerySet.as_manager()  # type: ignore[assignment]  # as above
    access = Access(study="studies")
    key_fields = ("slug",)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["slug"], name="programme_slug_unique"),
            not_blank("name", "programme_name_given"),
        )

    def __str__(self) -> str:
        return self.name


class Study(CuratedModel):
    """One evaluation or review of a programme: how it was done, by whom, and under what licence it is shown."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="studies")
    slug = models.SlugField(max_length=80, help_text="Short name in addresses, such as thompson-2023.")
    title = ShortTextField(max_length=500)
    kind = models.CharField(max_length=20, choices=StudyKind, blank=True, help_text="If somebody says.")
    statements = models.CharField(
        max_length=10,
        choices=StatementOrigin,
        blank=True,
        help_text="Whose statements its CMOCs are: printed, or the team’s own; empty where nobody said.",
    )
    visibility = models.CharField(
        max_length=10,
        choices=Visibility,
        default=Visibility.PRIVATE,
        help_text="Private: only the team sees it. Public: everybody sees what is not private itself.",
    )
    setting = LongTextField(blank=True)
    aim = LongTextField(blank=True)
    design = LongTextField(blank=True)
    data_collection = LongTextField(blank=True)
    analysis = LongTextField(blank=True)
    analysis_steps = LinesField(help_text="In order, one on a line.")
    involvement = LongTextField(blank=True, help_text="Patient and public involvement.")
    reporting_standard = ShortTextField(max_length=300, blank=True)
    collection_start = KnownDateField()
    collection_end = KnownDateField()
    interviews = models.PositiveIntegerField(null=True, blank=True, help_text="How many; empty if not reported.")
    reviews_required = models.PositiveSmallIntegerField(
        default=1, help_text="How many reviewers other than its authors must agree with a CMOC."
    )
    ethics_body = ShortTextField(max_length=300, blank=True)
    ethics_reference = ShortTextField(max_length=100, blank=True)
    funding = LongTextField(blank=True)
    data_availability = LongTextField(blank=True)
    citation = LongTextField(blank=True, help_text="As it should be cited.")
    container_title = ShortTextField(max_length=300, blank=True, help_text="The journal or book.")
    volume = ShortTextField(max_length=20, blank=True)
    issue = ShortTextField(max_length=20, blank=True)
    page = ShortTextField(
        max_length=40, blank=True, help_text="Pages, as 12–19; an article number, as 18 or e1234; one page, as p. 18."
    )
    published_date = KnownDateField()
    doi = ShortTextField("DOI", max_length=200, blank=True)
    keywords = LinesField(help_text="One on a line.")
    licence = ShortTextField(max_length=100, blank=True, help_text="Of the source, such as CC BY 4.0.")
    licence_url = models.URLField("licence address", blank=True)
    licence_note = LongTextField(blank=True, help_text="What is shown here under it, and what was changed.")
    services_absence = absence_of("services")
    documents_absence = absence_of("documents as sources")
    participants_absence = absence_of("participants")

    _slug_read = ""

    access = Access(study="")
    key_fields = ("slug",)
    searched = ("title", "aim", "setting", "citation")

    class Meta:
        ordering = ("title", "pk")
        verbose_name_plural = "studies"
        constraints = (
            models.UniqueConstraint(fields=["slug"], name="study_slug_unique"),
            not_blank("title", "study_title_given"),
            choice_or_nothing("kind", StudyKind, "study_kind_known"),
            choice_is_known("visibility", Visibility, "study_visibility_known"),
            choice_or_nothing("services_absence", Missing, "study_services_absence_known"),
            choice_or_nothing("documents_absence", Missing, "study_documents_absence_known"),
            choice_or_nothing("participants_absence", Missing, "study_participants_absence_known"),
            choice_or_nothing("statements", StatementOrigin, "study_statements_known"),
            *absence_fits_study("services", "documents", "participants"),
            models.CheckConstraint(
                name="study_collection_ends_after_start",
                condition=Q(collection_start="")
                | Q(collection_end="")
                | Q(collection_end__gte=Substr("collection_start", 1, Length("collection_end"))),
                violation_error_message="Data collection cannot end before it starts.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Return a study as it is stored; its slug is kept to tell whether it changes."""
        study = super().from_db(*args, **kwargs)
        study._slug_read = study.__dict__.get("slug", "")  # noqa: SLF001  its own
        return study

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; what was erased from the study is known under its new slug too."""
        super().save(*args, **kwargs)
        if self._slug_read not in ("", self.slug):
            Erasure.follow_study(self._slug_read, self.slug)
        self._slug_read = self.slug

    @property
    def statement_words(self) -> StatementWords:
        """Return what its statements are called."""
        return STATEMENT_WORDS[self.statements]

    @property
    def is_published(self) -> bool:
        """Say whether it is known when or where the study was published."""
        return bool(self.published_date or self.container_title or self.doi)

    def get_absolute_url(self) -> str:
        """Return the page of the study."""
        return reverse("study", args=[self.slug])


class Author(CuratedModel):
    """A person or an organisation that wrote the publication of a study, in printed order."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="authors")
    position = models.PositiveSmallIntegerField()
    given = ShortTextField("given names", max_length=100, blank=True)
    family = ShortTextField(
        "family name",
        max_length=100,
        blank=True,
        help_text="With what belongs to it, such as van der; or the only name.",
    )
    suffix = ShortTextField(max_length=20, blank=True, help_text="Such as Jr. or III.")
    organisation = ShortTextField(
        max_length=300, blank=True, help_text="The name of an organisation that is the author, instead of a person’s."
    )
    affiliation = ShortTextField(max_length=300, blank=True)

    access = Access(study="study")
    key_fields = ("study__slug", "position")
    searched = ("family", "given", "organisation")

    class Meta:
        ordering = ("study", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "position"], name="author_position_unique"),
            models.CheckConstraint(
                name="author_person_or_organisation",
                condition=(~Q(family="") & Q(organisation=""))
                | (Q(family="", given="", suffix="") & ~Q(organisation="")),
                violation_error_message="An author is a person with a family name, or else an organisation.",
            ),
        )

    def __str__(self) -> str:
        return self.organisation or str(self.name)

    @property
    def name(self) -> PersonName:
        """Return the name of a person."""
        return person_name(self.given, self.family, self.suffix)


class Membership(CuratedModel):
    """Somebody's place in the team of a study."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=TeamRole)

    access = Access(study="study", public_if=NOBODY, private_role=TeamRole.LEAD)
    key_fields = ("study__slug", "user__username")

    class Meta:
        ordering = ("study", "user", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "user"], name="membership_unique"),
            choice_is_known("role", TeamRole, "membership_role_known"),
        )

    def __str__(self) -> str:
        return self.get_role_display()


class Reference(CuratedModel):
    """A work that a study cites, as printed in its numbered list and in the fields of a citation (CSL)."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="references")
    number = models.PositiveIntegerField()
    as_printed = LongTextField()
    kind = models.CharField(max_length=20, choices=ReferenceKind)
    authors = LongTextField(blank=True, help_text="As printed.")
    title = ShortTextField(max_length=500)
    container_title = ShortTextField(max_length=300, blank=True, help_text="The journal or book.")
    publisher = ShortTextField(max_length=300, blank=True)
    publisher_place = ShortTextField(max_length=100, blank=True)
    year = ShortTextField(max_length=20, blank=True)
    volume = ShortTextField(max_length=20, blank=True)
    issue = ShortTextField(max_length=20, blank=True)
    page = ShortTextField(max_length=40, blank=True)
    doi = ShortTextField("DOI", max_length=200, blank=True)
    url = models.URLField("address", max_length=500, blank=True)
    accessed = ShortTextField(max_length=40, blank=True, help_text="As printed.")

    access: ClassVar[Access] = Access(study="study")
    key_fields = ("study__slug", "number")
    searched = ("as_printed",)
    called = ("number",)

    class Meta:
        ordering = ("study", "number", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "number"], name="reference_number_unique"),
            models.CheckConstraint(name="reference_number_positive", condition=Q(number__gt=0)),
            not_blank("as_printed", "reference_as_printed_given"),
            choice_is_known("kind", ReferenceKind, "reference_kind_known"),
        )

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}"

    @property
    def name_in_credit(self) -> str:
        """Return the title with who wrote it and when, as it stands beside words of the work."""
        written = ", ".join(filter(None, (self.authors, self.year)))
        return f"{self.title} ({written})" if written else self.title
