"""What curators write about their own decisions, and about oddities of the source."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from programmes.integrity.access import Access
from programmes.integrity.constraints import choice_is_known, not_blank
from programmes.integrity.dates import ActDateField
from programmes.integrity.invariants import Invariant
from programmes.integrity.text import LongTextField, ShortTextField
from programmes.models.base import CuratedModel
from programmes.models.evidence import Quote
from programmes.models.open_quotes import quote_is_open
from programmes.models.services import Service
from programmes.models.short_names import memo_name, name_of_target
from programmes.models.sources import Source
from programmes.models.studies import Reference, Study
from programmes.models.theory import CMOC, Context, Mechanism, Outcome, Theory
from programmes.models.theory_notes import SubstantiveTheory
from programmes.vocabulary import MemoAbout, MemoKind, MemoOrigin, TeamRole, Visibility
from programmes.words import Sentence

STUDY_TARGETS = ("theory", "service", "reference", "quote", "source")
THEORY_TARGETS = ("context", "mechanism", "outcome", "cmoc", "substantive_theory")


def is_about(kind: str) -> Q:
    """Return the condition that a memo is about a record of this kind.

    A memo about a part of a theory names the theory too, and every memo its study.
    """
    kinds = MemoAbout.values
    wider = kinds.index(kind) >= kinds.index(MemoAbout.THEORY)
    return ~Q(**{kind: None}) & Q(**dict.fromkeys(kinds[: kinds.index(kind)] if wider else ()))


def target_in_same_study(target: str) -> Invariant:
    """Return the rule that what a memo is about, if it is a record of the study, belongs to the memo's study."""
    return Invariant(
        name=f"memo_{target}_in_same_study",
        condition=Q(**{target: None}) | Q(**{f"{target}__study": F("study")}),
        message=f"The {target} belongs to another study than the memo.",
        guards=(target,),
    )


def target_in_theory(target: str) -> Invariant:
    """Return the rule that what a memo is about, if it is a record of a theory, belongs to the memo's theory."""
    return Invariant(
        name=f"memo_{target}_in_theory",
        condition=Q(**{target: None}) | Q(**{f"{target}__theory": F("theory")}),
        message=f"The {target.replace('_', ' ')} belongs to another theory than the memo.",
        guards=(target,),
    )


def at_most_one_of(*relations: str) -> Q:
    """Return the condition that at most one of these relations is set."""
    condition = Q(**dict.fromkeys(relations))
    for kept in relations:
        condition |= Q(**{relation: None for relation in relations if relation != kept})
    return condition


class Memo(CuratedModel):
    """A note of a curator on a record: a decision, a definition, a question, or an oddity of the printed source.

    A memo about a part of a theory names the theory too. With no target at all it is about the study.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="memos")
    key = models.SlugField(max_length=80)
    kind = models.CharField(max_length=20, choices=MemoKind)
    origin = models.CharField(
        max_length=20,
        choices=MemoOrigin,
        blank=True,
        default=MemoOrigin.NOT_APPLICABLE,
        help_text="For a note on the source: where the oddity comes from.",
    )
    text = LongTextField()
    signed_by = ShortTextField(max_length=150)
    signed_date = ActDateField()
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    theory = models.ForeignKey(Theory, models.CASCADE, null=True, blank=True, related_name="memos")
    cmoc = models.ForeignKey(CMOC, models.CASCADE, null=True, blank=True, related_name="memos")
    context = models.ForeignKey(Context, models.CASCADE, null=True, blank=True, related_name="memos")
    mechanism = models.ForeignKey(Mechanism, models.CASCADE, null=True, blank=True, related_name="memos")
    outcome = models.ForeignKey(Outcome, models.CASCADE, null=True, blank=True, related_name="memos")
    substantive_theory = models.ForeignKey(
        SubstantiveTheory, models.CASCADE, null=True, blank=True, related_name="memos"
    )
    quote = models.ForeignKey(Quote, models.CASCADE, null=True, blank=True, related_name="memos")
    source = models.ForeignKey(Source, models.CASCADE, null=True, blank=True, related_name="memos")
    service = models.ForeignKey(Service, models.CASCADE, null=True, blank=True, related_name="memos")
    reference = models.ForeignKey(Reference, models.CASCADE, null=True, blank=True, related_name="memos")

    access = Access(
        study="study",
        theory="theory",
        theory_optional=True,
        public_if=Q(visibility=Visibility.PUBLIC, source=None) & (Q(quote=None) | quote_is_open("quote")),
        private_role=TeamRole.REVIEWER,
    )
    key_fields = ("study__slug", "key")
    searched = ("text",)
    called = ("key",)
    invariants = (
        *(target_in_same_study(target) for target in STUDY_TARGETS),
        *(target_in_theory(target) for target in THEORY_TARGETS),
    )

    class Meta:
        ordering = ("study", "key", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "key"], name="memo_key_unique"),
            not_blank("text", "memo_text_given"),
            not_blank("signed_by", "memo_signed"),
            choice_is_known("kind", MemoKind, "memo_kind_known"),
            choice_is_known("visibility", Visibility, "memo_visibility_known"),
            choice_is_known("origin", MemoOrigin, "memo_origin_known"),
            models.CheckConstraint(
                name="memo_about_one_thing",
                condition=at_most_one_of(*THEORY_TARGETS, *(target for target in STUDY_TARGETS if target != "theory")),
                violation_error_message="A memo is about one record.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"

    @property
    def short_name(self) -> Sentence:
        """Return what sort of note it is, on what, and its key; CMOC and service must be loaded with it."""
        cmoc, service = (self.cmoc.name if self.cmoc else ""), (self.service.number if self.service else "")
        return memo_name(self.kind, name_of_target(self.about.label, cmoc, service), self.key)

    def get_absolute_url(self) -> str:
        """Return the permalink of the memo; the study must be loaded with it."""
        return reverse("memo", args=[self.study.slug, self.key])

    @property
    def about(self) -> MemoAbout:
        """Return the kind of record that the memo is about."""
        return next(kind for kind in MemoAbout if getattr(self, f"{kind}_id"))

    @property
    def record(self) -> CuratedModel:
        """Return what the memo is about: a part of a theory, a theory, or another record; else the study."""
        found: CuratedModel = getattr(self, self.about)
        return found
