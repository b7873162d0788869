"""Every rule of the database, on both sides: the factory's row is accepted, the broken one is refused."""

import datetime as dt
import inspect

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tests.factories as made
from programmes.integrity.invariants import (
    PREFIX,
    Invariant,
    broken_rows,
    comparison_holds,
    field_triggers,
    follow,
    holds,
    install_triggers,
    installed_triggers,
    models_with_invariants,
    remove_triggers,
)
from programmes.models import CMOC, Evidence, Mechanism, Memo, Quote

DAY = dt.date(2026, 1, 2)
FACTORIES = {
    factory._meta.model: factory
    for _, factory in inspect.getmembers(made, inspect.isclass)
    if factory is not made.UserFactory
}
MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in {"programmes", "surveys"} and not model.__name__.startswith("Historical")
]
UNIQUE = [
    (model, rule) for model in MODELS for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)
]
CHECKS = [
    (model, rule) for model in MODELS for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint)
]
INVARIANTS = list(models_with_invariants())

OF_THEORIES = ("statements", "quotes", "caveats")  # of which a theory may say in which way there are none
# What breaks a rule that follows no pattern: values, or a function that makes them for a row.
BREAKS = {
    "quote_text_given": {"text": "", "shown_text": ""},
    "study_collection_ends_after_start": {
        "collection_start": "2021-03-02",
        "collection_end": "2021-03-01",
    },
    "service_location_agrees_with_reporting": {"location": "", "location_reporting": "reported"},
    "service_programme_text_agrees_with_reporting": {"programme_text_reporting": "not-loaded"},
    **{
        f"study_{name}_absence_fits": {"statements": "printed", f"{name}_absence": "not-yet"}
        for name in ("services", "documents", "participants")
    },
    **{
        f"theory_{name}_absence_fits": lambda _, name=name: {
            "study": made.StudyFactory(statements="printed"),
            f"{name}_absence": "not-yet",
        }
        for name in OF_THEORIES
    },
    "participant_role_agrees_with_reporting": {"role": "Nurse", "role_reporting": "not-stated"},
    "theory_not_its_own_predecessor": lambda row: {"predecessor": row},
    "mechanism_pair_only_on_reasoning": lambda row: {
        "resource": made.MechanismFactory(theory=row.theory, kind="resource"),
        "kind": "unspecified",
    },
    "mechanism_resource_is_a_resource": lambda row: {
        "resource": made.MechanismFactory(theory=row.theory),
        "kind": "reasoning",
    },
    "mechanism_resource_in_same_theory": lambda _: {
        "resource": made.MechanismFactory(kind="resource"),
        "kind": "reasoning",
    },
    "cmoc_statement_agrees_with_reporting": {"statement_reporting": "not-loaded"},
    "cmoc_absence_is_a_reason": {"outcome_absence": "reported"},
    "source_text_has_checksum": {"text": "Yes."},
    "source_reference_of_a_document": lambda row: {"reference": made.ReferenceFactory(study=row.study)},
    "quote_span_complete": {"start": 0},
    "quote_span_in_order": lambda row: {"start": 4, "end": 4, "source": made.SourceFactory(study=row.study)},
    "quote_place_given": {"locator": ""},
    "quote_public_is_checked": {"disclosure_checked_date": None},
    "quote_public_has_consent": {"consent": "unknown"},
    "quote_consent_of_a_participant": {"participant": None},
    "quote_span_in_source": lambda row: {
        "start": 1,
        "end": 17,
        "source": made.SourceFactory(study=row.study, text="They model hope. Yes.", sha256="0"),
    },
    "quote_public_within_consent": lambda row: {
        "participant": made.ParticipantFactory(study=row.study, consent_scope="team-only")
    },
    "quote_public_within_consent_of_all": {"visibility": "public"},
    "reading_fits_its_kind": {"kind": "resource-reasoning"},
    "caveat_on_one_thing": lambda row: {
        "cmoc": made.CMOCFactory(theory=row.theory),
        "outcome": made.OutcomeFactory(theory=row.theory),
    },
    "reportinganswer_item_known": {"item": 21},
    "caveat_not_refuting_itself": lambda row: {"refutes": row},
    "cmoclink_one_source": {"source_cmoc": None},
    "cmoclink_one_target": {"target_text": ""},
    "cmoclink_not_to_itself": lambda row: {"target_cmoc": row.source_cmoc, "target_text": ""},
    "cmoclink_source_outcome_in_same_theory": lambda _: {"source_cmoc": None, "source_outcome": made.OutcomeFactory()},
    "cmoclink_target_cmoc_in_same_theory": lambda _: {"target_cmoc": made.CMOCFactory(), "target_text": ""},
    "cmoclink_target_outcome_in_same_theory": lambda _: {"target_outcome": made.OutcomeFactory(), "target_text": ""},
    "cmoclink_target_context_in_same_theory": lambda _: {"target_context": made.ContextFactory(), "target_text": ""},
    "speaker_is_a_participant": {"kind": "participant"},
    "speaker_participant_in_same_study": lambda _: {"kind": "participant", "participant": made.ParticipantFactory()},
    "evidence_in_same_study": lambda _: {"quote": made.QuoteFactory()},
    "evidence_slot_known": {"slot": "zq"},
    "memo_about_one_thing": lambda row: {
        "service": made.ServiceFactory(study=row.study),
        "reference": made.ReferenceFactory(study=row.study),
    },
    "lineage_reverses_in_same_theory": lambda _: {"kind": "reverse", "reverses": made.LineageEventFactory()},
    "lineage_reverses_something": {"kind": "reverse"},
    "review_says_why": {"verdict": "disagree"},
    "review_verdict_known": {"verdict": "zq", "comment": "Why."},
    "secondcode_span_in_order": {"start": 6},
    "secondcode_within_source": {"end": 99},
    "substantivetheory_reference_in_same_study": lambda _: {"reference": made.ReferenceFactory()},
    "substantivetheory_link_in_same_theory": lambda _: {"cmoc": made.CMOCFactory()},
    "survey_dates_agree_with_reporting": {"opened_date": DAY, "dates_reporting": "not-stated"},
    "survey_closes_after_it_opens": {
        "dates_reporting": "reported",
        "opened_date": DAY,
        "closed_date": DAY - dt.timedelta(1),
    },
}


# A row to which a rule about uniqueness applies, where that is not every row.
FILLED = {
    "lineage_reversed_once": lambda: made.LineageEventFactory(
        kind="reverse", reverses=(event := made.LineageEventFactory()), theory=event.theory
    ),
    "secondcoding_one_at_a_time": lambda: made.SecondCodingFactory(analyst=made.UserFactory()),
}


def breaking(model, rule, row):
    """Return values that break a rule of a row and, as far as may be, nothing else."""
    if rule.name in BREAKS:
        values = BREAKS[rule.name]
        return values(row) if callable(values) else values
    if rule.name.endswith("_positive"):
        return {"number": 0}
    if "_in_same_" in rule.name or "_in_theory" in rule.name:
        relation = rule.guards[-1]
        return {relation: FACTORIES[model._meta.get_field(relation).related_model]()}
    (field, _), *_ = leaves(rule.condition)
    field = field.removesuffix("__in")
    return {field: "zq" if rule.name.endswith("_known") else ""}


def leaves(condition):
    for child in condition.children:
        yield from leaves(child) if isinstance(child, models.Q) else [child]


def named(entry):
    return entry[1].name


def good_row(model, rule):
    """Return a row to which the rule applies."""
    if rule.name == "quote_public_within_consent_of_all":
        row = made.QuoteFactory(visibility="private", participant=None, consent="published")
        row.also_by.add(made.ParticipantFactory(study=row.study, consent_scope="team-only"))
        return row
    row = FACTORIES[model](**({"kind": "document"} if rule.name == "source_reference_in_same_study" else {}))
    if model is Memo and rule.name.endswith("_in_theory"):
        row.theory = made.TheoryFactory(study=row.study)
        row.save()
    return row


def refused(rule, action):
    """Assert that the database refuses an action, and names the rule."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        action()
    return rule.name in str(error.value)


def message_of(rule):
    """Return the sentence with which forms refuse a row that breaks a rule."""
    return rule.message if isinstance(rule, Invariant) else rule.get_violation_error_message()


@pytest.mark.untraced
def test_every_model_has_a_factory(db):
    assert set(FACTORIES) == set(MODELS)
    for factory in FACTORIES.values():
        factory().full_clean()


@pytest.mark.parametrize("entry", UNIQUE, ids=named)
def test_unique(db, entry):
    model, rule = entry
    row = FILLED.get(rule.name, FACTORIES[model])()
    values = {name: getattr(row, name) for name in rule.fields}

    with pytest.raises(IntegrityError), transaction.atomic():
        FACTORIES[model](**values)

    copy = FACTORIES[model].build(**values)
    with pytest.raises(ValidationError):
        copy.validate_constraints()


@pytest.mark.parametrize("entry", CHECKS + INVARIANTS, ids=named)
@pytest.mark.untraced
def test_broken_row_is_refused(db, entry):
    model, rule = entry
    row = good_row(model, rule)
    row.full_clean()
    values = breaking(model, rule, row)

    assert refused(rule, lambda: model.objects.filter(pk=row.pk).update(**values))

    for name, value in values.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    own = message_of(rule) in error.value.messages
    fields = set(error.value.message_dict)
    # A field may say by itself that it is empty or holds no term; Django asks no rule about a field that is refused.
    assert own or fields <= set(values)
    with pytest.raises(ValidationError) as by_rule:
        rule.check(row) if isinstance(rule, Invariant) else rule.validate(model, row)
    assert by_rule.value.messages == [message_of(rule)]


# A change of a related row, and how it breaks the rule of the row that points at it.
GUARD_BREAKS = {
    ("mechanism_resource_is_a_resource", "resource"): {"kind": "unspecified"},
    ("quote_span_in_source", "source"): {"text": "Something else, long enough."},
    **{(f"theory_{name}_absence_fits", "study"): {"statements": "printed"} for name in OF_THEORIES},
    ("quote_public_within_consent", "participant"): {"withdrawn_date": DAY},
    ("quote_public_within_consent_of_all", "also_by"): {"consent_scope": "team-only"},
    ("secondcode_within_source", "coding"): lambda row: {"source": made.SourceFactory(study=row.coding.source.study)},
    ("secondcode_in_same_study", "coding"): lambda _: {"source": made.SourceFactory(text="Hope, hope.", sha256="0")},
}


def public_quote_of_two():
    quote = made.QuoteFactory(participant=None, consent="published")
    quote.also_by.set([made.ParticipantFactory(study=quote.study) for _ in range(2)])
    return quote


POINTING = {
    "quote_public_within_consent_of_all": public_quote_of_two,
    **{
        f"theory_{name}_absence_fits": lambda name=name: made.TheoryFactory(
            study__statements="own", **{f"{name}_absence": "not-yet"}
        )
        for name in OF_THEORIES
    },
    "lineage_reverses_in_same_theory": lambda: made.LineageEventFactory(
        kind="reverse", reverses=(event := made.LineageEventFactory()), theory=event.theory
    ),
    "lineage_step_in_same_theory": lambda: made.LineageStepFactory(
        event=(event := made.LineageEventFactory()), after=made.CMOCFactory(theory=event.theory)
    ),
    "speaker_participant_in_same_study": lambda: made.SpeakerFactory(
        source=(source := made.SourceFactory()),
        kind="participant",
        participant=made.ParticipantFactory(study=source.study),
    ),
    "mechanism_resource_is_a_resource": lambda: made.MechanismFactory(
        kind="reasoning",
        resource=made.MechanismFactory(theory=(theory := made.TheoryFactory()), kind="resource"),
        theory=theory,
    ),
    "quote_span_in_source": lambda: made.QuoteFactory(
        study=(study := made.StudyFactory()),
        source=made.SourceFactory(study=study, text="They model hope. Yes.", sha256="0"),
        start=0,
        end=16,
    ),
}
POINTING["mechanism_resource_in_same_theory"] = POINTING["mechanism_resource_is_a_resource"]
GUARDED = [(model, rule, guard) for model, rule in INVARIANTS for guard in rule.guards]


def pointing(model, rule, guard):
    """Return a row that keeps the rule and points at a row by the guard."""
    if rule.name in POINTING:
        return POINTING[rule.name]()
    row = good_row(model, rule)
    if getattr(row, guard) is None:
        related = model._meta.get_field(guard).related_model
        home = {"theory": row.theory} if hasattr(related, "theory") and hasattr(row, "theory") else {"study": row.study}
        values = {guard: FACTORIES[related](**home)}
        if model.__name__ == "CMOCLink":
            side = guard.partition("_")[0]
            values = {f"{side}_cmoc": None, f"{side}_outcome": None, **values}
            if side == "target":
                values["target_text"] = ""
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return row


@pytest.mark.untraced
@pytest.mark.parametrize("entry", GUARDED, ids=lambda entry: f"{entry[1].name}-{entry[2]}")
def test_change_of_a_related_row_is_refused(db, entry):
    model, rule, guard = entry
    row = pointing(model, rule, guard)
    related = getattr(row, guard)
    related = related.last() if hasattr(related, "last") else related  # one of several
    values = GUARD_BREAKS.get((rule.name, guard)) or (
        {"theory": made.TheoryFactory()} if hasattr(related, "theory_id") else {"study": made.StudyFactory()}
    )
    values = values(row) if callable(values) else values

    assert refused(rule, lambda: type(related).objects.filter(pk=related.pk).update(**values))

    for name, value in values.items():
        setattr(related, name, value)
    with pytest.raises(ValidationError) as error:
        related.full_clean()
    assert rule.message in error.value.messages


def test_public_quote_takes_in_nobody_who_did_not_agree(db):
    quote = public_quote_of_two()
    unwilling = made.ParticipantFactory(study=quote.study, consent_scope="unknown")

    with pytest.raises(IntegrityError, match="quote_public_within_consent_of_all"), transaction.atomic():
        quote.also_by.add(unwilling)


def test_public_quote_without_participant_needs_none(db):
    quote = made.QuoteFactory(participant=None, consent="published")
    quote.full_clean()
    assert Quote.objects.get() == quote


def test_span_counts_code_points(db):
    study = made.StudyFactory()
    source = made.SourceFactory(study=study, text="“Ja 👩‍👧 so”", sha256="0")
    text = "👩‍👧 so"
    quote = made.QuoteFactory(study=study, source=source, text=text, start=4, end=4 + len(text))
    quote.full_clean()
    assert source.text[quote.start : quote.end] == text


@pytest.mark.parametrize("end", [None, 4, 99])
def test_span_that_ends_elsewhere_is_refused_although_its_words_stand_there(db, end):
    study = made.StudyFactory()
    source = made.SourceFactory(study=study, text="Yes.", sha256="0")
    quote = made.QuoteFactory(study=study, source=source, text="es.", start=1, end=4)
    quote.full_clean()

    quote.start, quote.end = (0, end) if end == 4 else (1, end)
    with pytest.raises(ValidationError) as error:
        quote.full_clean()
    assert "The words do not stand at this place of the source." in error.value.messages
    with pytest.raises(IntegrityError), transaction.atomic():
        quote.save()


def test_passage_without_an_end_is_refused_by_its_field(db):
    code = made.SecondCodeFactory()
    code.end = None
    with pytest.raises(ValidationError) as error:
        code.full_clean()
    assert error.value.message_dict == {"end": ["This field cannot be null."]}


def test_a_row_with_an_empty_relation_is_refused_by_its_field():
    with pytest.raises(ValidationError) as error:
        CMOC(number=1, statement="x").full_clean(validate_unique=False, validate_constraints=False)
    assert error.value.message_dict == {"theory": ["This field cannot be null."]}


def test_paths_that_break_off_lead_to_nothing():
    mechanism = Mechanism(kind="reasoning")
    assert follow(mechanism, "resource__kind") is None
    assert comparison_holds("resource__isnull", expected=True, row=mechanism)


def test_triggers_are_removed_for_a_migration_and_put_back(db):
    before = installed_triggers()
    with_rules = [model for model in MODELS if list(field_triggers(model, connection))]
    lists = sum(model._meta.get_field(guard).many_to_many for model, _, guard in GUARDED)  # which are watched too
    assert len(before) == sum(2 + len(rule.guards) for _, rule in INVARIANTS) + lists + 2 * len(with_rules)
    assert all(name.startswith(PREFIX) for name in before)

    remove_triggers()
    assert installed_triggers() == set()

    install_triggers()
    assert installed_triggers() == before


def test_missing_relation_is_named_by_its_field(db):
    with pytest.raises(ValidationError) as error:
        Evidence(cmoc=made.CMOCFactory(), role="supports").full_clean()
    assert error.value.message_dict == {"quote": ["This field cannot be null."]}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_empty_row_is_refused_with_sentences(db, model):
    with pytest.raises(ValidationError):
        model().full_clean()


def test_fault_in_an_invariant_is_not_taken_for_an_empty_relation(db, monkeypatch):
    def read_what_is_not_there(row):
        return row.theory.zq

    cmoc = made.CMOCFactory()
    rule = Invariant("zq", Q(), "No.", in_python=read_what_is_not_there)
    monkeypatch.setattr(CMOC, "invariants", (rule,))
    with pytest.raises(AttributeError, match="zq"):
        cmoc.full_clean()


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (Q(number__lt=3), "uses the lookup lt in number__lt"),
        (Q(theory=None) | ~Q(Q(title__icontains="x") & Q(number=1)), "uses the lookup icontains in title__icontains"),
        (Q(number=Length("title")), "compares number with Length(F(title))"),
        (Q(number=F("number") + 1), "compares number with <CombinedExpression: F(number) + Value(1)>"),
        (Q(models.Exists(CMOC.objects.none())), "asks <django.db.models.expressions.Exists"),
        (Q(number=1) ^ Q(number=2), "joins by XOR"),
    ],
)
def test_condition_that_python_cannot_ask_is_refused_when_it_is_declared(condition, fault):
    with pytest.raises(ImproperlyConfigured) as error:
        Invariant("zq_rule", condition, "No.")
    assert str(error.value).startswith(f"The condition of the invariant zq_rule {fault}")
    assert str(error.value).endswith(
        "which cannot be asked in Python: compare with values or F by exact, in, isnull, join by & and |, "
        "or give in_python."
    )
    assert Invariant("zq_rule", condition, "No.", in_python=bool).condition == condition


TEXTS, NUMBERS, RELATIONS = (
    [
        "text",
        "visibility",
        "participant__pseudonym",
        "participant__service__location",
        "source__participant__pseudonym",
    ],
    ["start", "end", "participant__service__version", "participant__version", "version"],
    ["study", "participant__service__study", "participant__study", "source__study", "source__participant__study"],
)


def leaf():
    """Return a strategy of comparisons, whose columns may be empty, of texts, of numbers and of relations."""
    kinds = [(TEXTS, ["zqa", "zqb", "private"]), (NUMBERS, [1, 2]), (RELATIONS, [])]
    strategies = []
    for paths, values in kinds:
        path = st.sampled_from(paths)
        expected = [st.none(), st.sampled_from(paths).map(F), *([st.sampled_from(values)] if values else [])]
        strategies += [
            st.builds(lambda path, value: Q((path, value)), path, st.one_of(expected)),
            st.builds(lambda path, value: Q((f"{path}__isnull", value)), path, st.booleans()),
        ]
        if values:
            some = st.lists(st.sampled_from(values), min_size=1)
            strategies.append(st.builds(lambda path, value: Q((f"{path}__in", value)), path, some))
    return st.one_of(strategies)


CONDITIONS = st.recursive(
    leaf(),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=6,
)


@pytest.fixture
def quotes(db):
    """Quotes that have everything, and quotes that lack each of what they may lack."""
    study = made.StudyFactory()
    service = made.ServiceFactory(study=study, location="zqa", number="1")
    speakers = [
        made.ParticipantFactory(study=study, service=service, pseudonym="zqa"),
        made.ParticipantFactory(study=study, service=None, pseudonym="zqb"),
        None,
    ]
    for number, speaker in enumerate(speakers):
        for participant in {speaker, None}:
            source = made.SourceFactory(study=study, participant=speaker, text="zqa zqb", sha256=f"{number}")
            span = {"participant": participant, "study": study, "consent": "published"}
            made.QuoteFactory(**span, source=source, text="qa", start=1, end=3)
            made.QuoteFactory(**span, source=source, text="zqb")
            made.QuoteFactory(**span, source=None, text="zqa")
    return list(Quote.objects.order_by("pk"))


@pytest.mark.untraced
def test_python_and_the_database_agree_on_every_condition(quotes):
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(CONDITIONS)
    def agree(condition):
        broken = set(broken_rows(Quote, condition).values_list("pk", flat=True))
        assert {quote.pk for quote in quotes if not holds(condition, quote)} == broken

    agree()


def test_a_row_may_point_at_itself(db):
    caveat, other = made.CaveatFactory(), made.CaveatFactory()
    to_itself = Q(refutes=F("pk"))
    assert [holds(to_itself, caveat), holds(~to_itself, caveat)] == [False, True]
    caveat.refutes = other
    assert holds(to_itself, caveat) is False
    caveat.refutes = caveat
    assert holds(to_itself, caveat) is True
