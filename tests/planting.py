"""One small study in which every field of every curated record holds a value that can be told from all others.

A text holds a word of its own, a date a year of its own, a number a number of its own. Terms, relations and places in
an order have no value of their own: `other_values` gives what they can be changed to, to see what changes with it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse

from programmes.integrity.known_dates import KnownDateField
from programmes.integrity.text import LinesField
from programmes.models import Quote, Source, Speaker
from programmes.models.configuration import CONFIGURATION, ELEMENTS
from programmes.models.field_table import fields_of
from programmes.transcripts.read import checksum
from tests import factories as make

if TYPE_CHECKING:
    from programmes.models import CuratedModel
    from programmes.models.configuration import PartKind
    from programmes.models.field_table import Entry, Model

LETTERS = "bcdfghjkmnprtvwx"  # no stemmer finds an ending in them


class Mark(str):
    """A value that can be told from all others: a year or number stands alone, a word may stand in others."""

    __slots__ = ()

    def is_in(self, text: str) -> bool:
        """Say whether a text has the mark."""
        return self in text and (not self.isdigit() or bool(re.search(rf"(?<!\d){self}(?!\d)", text)))


@dataclass
class Planted:
    """A field of a record, and the mark by which it is found; terms, relations and places have none."""

    row: Any
    mark: Mark | None


class Planting:
    """The study, and where each field was planted."""

    def __init__(self) -> None:
        self.planted: dict[tuple[Model, str], Planted] = {}
        self.marks: dict[tuple[Model, int], list[Mark]] = {}
        self.words = ("zq" + "".join(letters) for letters in itertools.product(LETTERS, repeat=4))
        self.numbers = itertools.count(7001)
        self.years = itertools.count(1401)
        self.plant_study()
        self.plant_evidence()
        self.plant_theory()
        self.plant_notes()
        self.plant_survey()

    def mark_for(self, entry: Entry) -> tuple[str, Any]:
        """Return a mark, and the value of a field that holds it; no mark where it can hold none."""
        if entry.choices or entry.is_relation or isinstance(entry, models.BooleanField):
            return "", None
        if isinstance(entry, models.DateField):
            year = next(self.years)
            return str(year), dt.date(year, 1, 2)
        if isinstance(entry, KnownDateField):
            year = str(next(self.years))
            return year, f"{year}-01"
        if isinstance(entry, models.IntegerField):
            number = next(self.numbers)
            return str(number), number
        word = next(self.words)
        if isinstance(entry, LinesField):
            word = str(next(self.numbers)) if entry.name == "cmoc_order" else word
            return word, [f"0 1 - - {word}" if entry.name == "turns" else word]
        return word, f"https://{word}.example/" if isinstance(entry, models.URLField) else word

    def plant(self, factory: Any, only: str = "", **given: Any) -> Any:
        """Make a record with a mark in every field, or in some; values that are given stay as they are."""
        model = factory._meta.model
        marks = {}
        for entry in fields_of(model):
            mark, value = self.mark_for(entry) if entry.name not in given else ("", None)
            marks[entry.name] = mark
            if mark:
                given[entry.name] = value
        row = factory(**given)
        self.marks[model, row.pk] = [Mark(mark) for mark in marks.values() if mark]
        for name, mark in marks.items():
            if name in only.split() or (not only and (model, name) not in self.planted):
                self.planted[model, name] = Planted(row, Mark(mark) if mark else None)
        return row

    def plant_study(self) -> None:
        """Plant a study with its team, services, people and references."""
        self.programme = self.plant(make.ProgrammeFactory)
        self.study = self.plant(make.StudyFactory, programme=self.programme)
        self.plant(make.AuthorFactory, study=self.study, organisation="")
        nameless = {"given": "", "family": "", "suffix": ""}
        self.plant(make.AuthorFactory, "organisation", study=self.study, position=2, **nameless)
        self.plant(make.MembershipFactory, study=self.study)
        self.service = self.plant(make.ServiceFactory, study=self.study)
        silent = {"location": "", "programme_text": ""}
        silent |= {"location_reporting": "none", "programme_text_reporting": "none", "sector_reporting": "unclear"}
        missing = "location_reporting programme_text_reporting sector_reporting"
        self.plant(make.ServiceFactory, missing, study=self.study, **silent)
        modes, sectors, places, kinds = (
            [self.plant(factory, study=self.study), factory(study=self.study)]
            for factory in (
                make.DeliveryModeFactory,
                make.SectorFactory,
                make.ServicePlaceFactory,
                make.PersonKindFactory,
            )
        )
        self.plant(make.DeliveryFactory, service=self.service, mode=modes[0])
        self.plant(make.ServiceSectorFactory, service=self.service, sector=sectors[0])
        make.ServiceSectorFactory(service=self.service, sector=make.SectorFactory(study=self.study), position=2)
        self.plant(make.ServiceLocationFactory, service=self.service, place=places[0])
        make.ServiceLocationFactory(service=self.service, place=make.ServicePlaceFactory(study=self.study), position=2)
        self.population = self.plant(make.PopulationFactory, study=self.study, kind=kinds[0])
        self.reference = self.plant(make.ReferenceFactory, study=self.study)

    def plant_evidence(self) -> None:
        """Plant who spoke, a transcript, and a quote of it; its words stand there twice, so that it can move."""
        known = {"study": self.study, "service": self.service}
        self.participant = self.plant(make.ParticipantFactory, **known, withdrawn_date=None)
        without = "withdrawn_date role_reporting consent_scope"
        self.plant(make.ParticipantFactory, without, **known, role="", consent_scope="unknown")
        words = [next(self.words) for _ in range(4)]
        quoted = f"{words[1]} {words[2]}"  # the second word with a mask
        text = f"{words[0]} {quoted} {quoted}"
        of = {"study": self.study, "participant": self.participant}
        self.source = self.plant(make.SourceFactory, **of, text=text, sha256=checksum(text))
        said = self.source.turns[0].split()[-1]  # a speaker is shown where the turns name one
        who = {"source": self.source, "kind": "participant", "participant": self.participant}
        self.plant(make.SpeakerFactory, **who, label=said)
        self.planted[Speaker, "label"].mark = Mark(said)
        self.planted[Source, "sha256"].mark = Mark(self.source.sha256)
        printed = {"kind": "document", "reference": self.reference, "text": "", "sha256": ""}
        document = self.plant(make.SourceFactory, "reference", study=self.study, **printed)
        self.document_quote = make.QuoteFactory(
            study=self.study, source=document, participant=None, consent="not-required"
        )
        self.planted[Source, "text"].mark = Mark(words[0])
        start = len(words[0]) + 1
        span = {"source": self.source, "text": quoted, "start": start, "end": start + len(quoted), "pieces": []}
        masks = [f"{len(words[1]) + 1} {len(quoted)}"]
        self.quote = self.plant(make.QuoteFactory, **of, **span, masks=masks, consent="published")
        self.planted[Quote, "text"].mark = Mark(words[2])
        self.planted[Quote, "shown_text"].mark = Mark(words[1])
        self.plant(make.EditorialMarkFactory, quote=self.quote)
        make.EditorialMarkFactory(quote=self.quote, position=2, text="gloss")
        self.another_quote = make.QuoteFactory(study=self.study, consent="published", text_as_printed=words[3])
        self.planted[Quote, "shown_as_printed"] = Planted(self.another_quote, Mark(words[3]))

    def plant_theory(self) -> None:
        """Plant a theory with its CMOCs, one of them without parts, and what became of them."""
        earlier = make.TheoryFactory()
        self.theory = self.plant(make.TheoryFactory, study=self.study, predecessor=earlier)
        of = {"theory": self.theory}
        self.context = self.plant(make.ContextFactory, **of)
        resource = make.MechanismFactory(**of, kind="resource")
        make.MechanismFactory(**of, kind="resource", key="another-resource")
        self.mechanism = self.plant(make.MechanismFactory, **of, kind="reasoning", resource=resource)
        single = self.plant(make.MechanismFactory, "kind", **of)
        self.outcome = self.plant(make.OutcomeFactory, **of)
        for factory in (make.ContextFactory, make.MechanismFactory, make.OutcomeFactory, make.SubstantiveTheoryFactory):
            factory(**of)  # to which a relation can be changed
        make.ServiceFactory(study=self.study)
        make.PopulationFactory(study=self.study)
        make.ReferenceFactory(study=self.study)
        make.CMOCGroupFactory(**of)
        self.cmoc = self.plant(make.CMOCFactory, **of, group=self.plant(make.CMOCGroupFactory, **of))
        bare = (
            "statement_reporting context_absence mechanism_absence outcome_absence services_reporting people_reporting"
        )
        self.plant(
            make.CMOCFactory,
            bare,
            **of,
            statement="",
            statement_reporting="none",
            services_reporting="none",
            people_reporting="none",
            services_as_extracted="",
            people_as_extracted="",
        )
        self.another_cmoc = make.CMOCFactory(**of)
        make.CMOCContextFactory(cmoc=self.another_cmoc, context=self.context, wording="")  # so they are neighbours
        siblings = {make.CMOCMechanismFactory: {"mechanism": single}}
        for kind in CONFIGURATION:
            factory = getattr(make, f"{kind.link.__name__}Factory")
            self.plant(factory, cmoc=self.cmoc, **{kind.relation: self.part(kind)})
            factory(cmoc=self.cmoc, position=2, **siblings.get(factory, {}))
        self.plant(make.EvidenceFactory, cmoc=self.cmoc, quote=self.quote)
        make.EvidenceFactory(cmoc=self.cmoc, position=2, quote=self.another_quote)
        make.EvidenceFactory(cmoc=self.cmoc, position=3, quote=self.document_quote)
        self.plant(make.ReadingFactory, cmoc=self.cmoc, resource="", reasoning="")
        self.plant(
            make.ReadingFactory, "resource reasoning", cmoc=self.another_cmoc, kind="resource-reasoning", text=""
        )
        self.plant(make.ReviewFactory, cmoc=self.cmoc, reviewer=make.UserFactory())
        self.plant_lineage()

    def part(self, kind: PartKind) -> CuratedModel:
        """Return a planted record that a CMOC has as its part; an element that nothing else plants is planted here."""
        if not hasattr(self, kind.relation):
            factory = getattr(make, f"{kind.model.__name__}Factory")
            setattr(self, kind.relation, self.plant(factory, theory=self.theory))
            factory(theory=self.theory)  # to which a relation can be changed
        return getattr(self, kind.relation)

    def plant_lineage(self) -> None:
        """Plant decisions, and a second coding."""
        of = {"theory": self.theory}
        event = self.plant(make.LineageEventFactory, **of, kind="merge", reverses=None)
        retirements = [make.LineageStepFactory(event=make.LineageEventFactory(**of)).event for _ in range(2)]
        renaming = self.plant(make.LineageEventFactory, "title_before title_after", **of, kind="rename", reverses=None)
        make.LineageStepFactory(event=renaming, before=self.cmoc, after=self.cmoc)
        undone = self.plant(make.LineageEventFactory, "reverses", **of, kind="reverse", reverses=retirements[0])
        make.LineageStepFactory(event=undone, status_before="retired")
        self.plant(make.LineageStepFactory, event=event, before=self.another_cmoc, after=self.cmoc)
        make.LineageStepFactory(event=event, position=2)
        self.plant(make.LineageMoveFactory, event=event, quote=self.quote)
        make.LineageMoveFactory(event=event, position=2)
        coding = self.plant(make.SecondCodingFactory, source=self.source, analyst=make.UserFactory())
        self.plant(make.SecondCodeFactory, coding=coding, cmoc=self.cmoc, start=0, end=6)

    def plant_notes(self) -> None:
        """Plant what stands beside the CMOCs."""
        of = {"theory": self.theory}
        refuted = make.CaveatFactory(**of)
        self.plant(make.CaveatFactory, **of, cmoc=self.cmoc, refutes=refuted)
        self.plant(make.CaveatFactory, "outcome", **of, outcome=self.outcome)
        self.plant(make.ReportingAnswerFactory, **of, item=7)
        self.plant(make.CMOCLinkFactory, **of, source_cmoc=self.cmoc, target_cmoc=self.another_cmoc, target_text="")
        ends = {"source_cmoc": None, "source_outcome": self.outcome}
        self.plant(make.CMOCLinkFactory, "source_outcome target_text", **of, **ends)
        ends |= {"target_outcome": make.OutcomeFactory(**of), "target_text": ""}
        self.plant(make.CMOCLinkFactory, "target_outcome", **of, **ends)
        ends |= {"target_outcome": None, "target_context": self.context}
        self.plant(make.CMOCLinkFactory, "target_context", **of, **ends)
        drawn_on = self.plant(make.SubstantiveTheoryFactory, **of)
        self.plant(make.SubstantiveTheoryReferenceFactory, substantive_theory=drawn_on, reference=self.reference)
        make.SubstantiveTheoryReferenceFactory(substantive_theory=drawn_on, position=2)
        self.plant(make.SubstantiveTheoryLinkFactory, substantive_theory=drawn_on, cmoc=self.cmoc)
        targets = {"context": self.context, "mechanism": self.mechanism, "outcome": self.outcome}
        targets |= {"substantive_theory": drawn_on, "quote": self.quote, "source": self.source}
        targets |= {"service": self.service, "reference": self.reference}
        self.plant(make.MemoFactory, study=self.study, **of, cmoc=self.cmoc, kind="source-note", origin="printed")
        for name, target in targets.items():
            of_theory = of if hasattr(target, "theory_id") else {}
            self.plant(make.MemoFactory, name, study=self.study, **of_theory, **{name: target})

    def plant_survey(self) -> None:
        """Plant a survey."""
        survey = self.plant(make.SurveyFactory, study=self.study, dates_reporting="reported")
        self.plant(make.SurveyFactory, "dates_reporting", study=self.study, opened_date=None, closed_date=None)
        for factory in (make.TopicGroupFactory, make.QuestionFormFactory, make.RespondentRoleFactory):
            self.plant(factory, survey=survey)


def page_addresses(planting):
    """Return the address of every page on which something of the study is read, and of the screens of its team."""
    study, theory = planting.study, planting.theory
    found = [reverse(name) for name in ("home", "cite", "all_services")]
    found += [reverse(name, args=[theory.slug]) for name in ("theory", "lineage", "setting", "evidence", "matrix")]
    found += [f"{theory.get_absolute_url()}?view={view}" for view in ("picture", "table", "sources")]
    found += [reverse(name, args=[study.slug]) for name in ("study", "services", "memos")]
    found += [reverse("survey", args=[row.slug]) for row in study.surveys.all()]
    found += [row.get_absolute_url() for name in ("services", "quotes", "memos") for row in getattr(study, name).all()]
    elements = ("cmocs", *(kind.plural for kind in ELEMENTS))
    found += [row.get_absolute_url() for name in elements for row in getattr(theory, name).all()]
    found += [reverse("cite_cmoc", args=[theory.slug, planting.cmoc.number])]
    screens = {"source": ("code", "speakers", "blind", "agreement"), "cmoc": ("review",), "theory": ("matrix",)}
    for kind, names in screens.items():
        pk = getattr(planting, kind).pk
        found += [reverse(f"admin:programmes_{kind}_{name}", args=[pk]) for name in names]
    return [*dict.fromkeys(found), reverse("admin:index")]


def other_place(quote, name):
    """Return where a quote may stand instead, or the same place as one of several turns."""
    if name == "pieces":
        return {"pieces": [f"{quote.start} {quote.end}"]}
    length = quote.end - quote.start
    return {"start": quote.start + length + 1, "end": quote.end + length + 1}


def other_values(row, entry):
    """Yield values that a field may have instead, with what has to change with it."""
    value = getattr(row, entry.name)
    if entry.name in {"start", "end", "pieces"} and row._meta.model_name == "quote":
        yield other_place(row, entry.name)
    elif entry.name == "kind" and row._meta.model_name == "reading":
        yield {"kind": "resource-reasoning", "text": "", "resource": row.text, "reasoning": row.text}
    elif entry.name == "position":
        yield {"position": 1}
    elif entry.choices:
        yield from ({entry.name: term} for term, _ in entry.flatchoices if term not in {value, "", "retired"})
    elif entry.is_relation:
        others = entry.related_model._base_manager.exclude(pk=value.pk).order_by("-pk")
        yield from ({entry.name: other} for other in others)
    elif isinstance(entry, models.BooleanField):
        yield {entry.name: not value}
    elif isinstance(entry, models.DateField):
        yield {entry.name: value.replace(month=3)}
    elif isinstance(entry, KnownDateField):
        yield {entry.name: value.replace("-01", "-03")}
    elif isinstance(entry, models.IntegerField):
        yield {entry.name: value + 1}
    else:
        yield {entry.name: ["zzother"] if isinstance(value, list) else "zzother"}
