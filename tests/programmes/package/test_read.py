"""Reading packages: every fault is named with its place, value and remedy, and nothing is changed by it."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.models import (
    CMOC,
    Author,
    Caveat,
    Context,
    Membership,
    Programme,
    Quote,
    StaleVersionError,
    Study,
    Theory,
)
from programmes.package import writing
from programmes.package.problems import PackageError, Problem
from programmes.package.read import read_package
from programmes.package.rows_at_once import create_rows
from programmes.package.sections import SECTIONS, Section, add_section
from programmes.package.write import canonical, write_package
from programmes.search.did_you_mean import shown, suggestion
from surveys.models import Survey
from tests.factories import UserFactory
from tests.theories.minimal import minimal_package

DEMO = Path(__file__).parents[3] / "programmes" / "demo"
HALSALL = json.loads((DEMO / "halsall-2022.json").read_bytes())
THOMPSON = json.loads((DEMO / "thompson-2023.json").read_bytes())


def with_fault(document: dict, path: list, value: Any) -> bytes:
    """Return the document with one value set, or removed where the value is Ellipsis."""
    faulty = copy.deepcopy(document)
    place = faulty
    for part in path[:-1]:
        place = place[part]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return canonical(faulty)


def problems_of(data: bytes) -> list[str]:
    with pytest.raises(PackageError) as caught:
        read_package(data)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.django_db
def test_faulty_package_changes_nothing():
    assert problems_of(with_fault(HALSALL, ["study", "kind"], "x")) == [
        'study.kind: is not one of the terms (found "x"); known are focusing, evaluation, review'
    ]
    assert Study.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["programme", "study", "theory"])
def test_missing_head_is_one_problem(name):
    assert problems_of(with_fault(HALSALL, [name], ...)) == [f"{name}: is missing; add it: an object in braces"]


@pytest.mark.untraced
@pytest.mark.django_db
def test_row_may_point_at_a_later_row():
    document = copy.deepcopy(THOMPSON)
    document["caveats"][0]["refutes"] = 5

    read_package(canonical(document))

    assert Caveat.objects.get(number=1).refutes.number == 5


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    first = read_package(canonical(HALSALL))
    history = Study.history.count(), CMOC.history.count()

    second = read_package(canonical(HALSALL))

    assert (first.total("created"), first.total("unchanged")) == (56, 0)
    assert (second.total("created"), second.total("updated"), second.total("removed"), second.total("unchanged")) == (
        0,
        0,
        0,
        56,
    )
    assert second.changes == []
    assert (Study.history.count(), CMOC.history.count()) == history


@pytest.mark.django_db
def test_changed_package_updates_adds_removes_and_keeps():
    read_package(canonical(HALSALL))
    changed = copy.deepcopy(HALSALL)
    changed["study"]["aim"] = "To learn."
    changed["study"]["authors"].pop()
    changed["cmocs"][0]["outcomes"].pop(0)
    changed["cmocs"].pop()
    changed["contexts"].append({"key": "new", "label": "New"})

    report = read_package(canonical(changed), reason="Second round")

    assert sorted(report.changes) == [
        "created: context New",
        "kept, not in the package: CMOC CMOC 3",
        "removed: CMOC outcome 1 of CMOC 1",
        "removed: author K Matheson",
        "updated: CMOC outcome 1 of CMOC 1 (position)",
        "updated: CMOC outcome 2 of CMOC 1 (position)",
        "updated: study “You can kind of just feel the power behind what someone's saying”: a participatory-realist "
        "evaluation of peer support for young people coping with complex mental health and substance use challenges "
        "(aim)",
    ]
    assert report.lines()[1] == "study: 1 updated"
    assert Author.history.filter(history_type="-").get().history_change_reason == "Second round"
    assert CMOC.objects.count() == 3


@pytest.mark.django_db
def test_dry_run_changes_nothing_and_reports_the_same():
    preview = read_package(canonical(HALSALL), dry_run=True)

    assert Study.objects.count() == 0
    assert preview.counts == read_package(canonical(HALSALL)).counts


@pytest.mark.django_db
def test_faulty_nested_rows_remove_nothing():
    read_package(canonical(HALSALL))
    faulty = copy.deepcopy(HALSALL)
    faulty["cmocs"][0]["outcomes"] = [{"outcome": "hop"}]

    assert len(problems_of(canonical(faulty))) == 1
    assert CMOC.objects.get(number=1).outcome_links.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (
            DatabaseError("disk full"),
            "cmocs[0]: could not be written: the database is busy, or its disk is full; "
            "load it again; if that goes on, ask who looks after the database",
        ),
        (
            IntegrityError("UNIQUE constraint failed"),
            "cmocs[0]: was changed by somebody else while the package was loaded; load it again",
        ),
        (
            StaleVersionError("cmoc 1 was changed"),
            "cmocs[0]: was changed by somebody else while the package was loaded; load it again",
        ),
    ],
)
def test_refused_write_leaves_nothing_behind(monkeypatch, refusal, expected):
    def refuse(self):
        raise refusal

    def refuse_many(model, *arguments):
        if model is CMOC:
            raise refusal if type(refusal) is DatabaseError else IntegrityError("refused")
        create_rows(model, *arguments)

    monkeypatch.setattr(CMOC, "save", refuse)
    monkeypatch.setattr(writing, "create_rows", refuse_many)

    assert problems_of(canonical(HALSALL)) == [expected]
    assert Study.objects.count() == 0


@pytest.mark.django_db
def test_lead_who_cannot_be_written_is_told_and_nothing_is_left(monkeypatch):
    def refuse(self):
        raise DatabaseError("disk full")

    monkeypatch.setattr(Membership, "save", refuse)
    with pytest.raises(PackageError) as caught:
        read_package(canonical(HALSALL), lead=UserFactory())
    assert [problem.path for problem in caught.value.problems] == ["study"]
    assert Study.objects.count() == 0


@pytest.mark.untraced
@pytest.mark.django_db
def test_theory_with_a_predecessor_finds_it_in_the_database():
    read_package(canonical(HALSALL))
    later = copy.deepcopy(HALSALL)
    later["theory"] |= {"slug": "halsall-final", "stage": "final", "predecessor": "halsall-2022"}
    for memo in later["memos"]:
        memo |= {"theory": "halsall-final", "key": f"final-{memo['key']}"}

    read_package(canonical(later))

    theory = Theory.objects.select_related("study__programme").get(slug="halsall-final")
    assert theory.predecessor.slug == "halsall-2022"
    assert json.loads(write_package(theory)) == later | {"memos": sorted(later["memos"], key=lambda memo: memo["key"])}


@pytest.mark.untraced
@pytest.mark.django_db
def test_package_with_a_survey_is_read_whole():
    read_package(canonical(THOMPSON))

    assert Survey.objects.get().topic_groups.count() == 4


@pytest.mark.django_db
def test_load_package_command_reports(tmp_path, capsys):
    file = tmp_path / "halsall.json"
    file.write_bytes(canonical(HALSALL))

    call_command("load_package", str(file), "--dry-run")
    preview = capsys.readouterr().out.splitlines()
    call_command("load_package", str(file))
    loaded = capsys.readouterr().out.splitlines()

    assert preview[0].startswith("created: programme ")
    assert preview[-1] == "would change 56 rows"
    assert loaded[0] == "programme: 1 created"
    assert loaded[-1] == "changed 56 rows"
    assert Study.history.get().history_change_reason == "Loaded from halsall.json"


def test_load_package_command_names_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CommandError, match=r"none\.json cannot be read: No such file or directory"):
        call_command("load_package", str(tmp_path / "none.json"))


def lines_of(*arguments):
    found = io.StringIO()
    call_command("load_package", *arguments, stdout=found)
    return found.getvalue().splitlines()


NO_LEAD = (
    "study.slug: halsall-2022 has no lead, so only an administrator can change it; "
    "name one with: manage.py load_package FILE --lead USERNAME"
)


@pytest.mark.django_db
def test_study_gets_the_lead_that_is_named(tmp_path):
    file = tmp_path / "halsall.json"
    file.write_bytes(canonical(HALSALL))
    ada = UserFactory(username="ada", is_staff=True)
    ada.groups.add(Group.objects.get(name="Lead"))

    without = lines_of(str(file))
    preview = lines_of(str(file), "--lead", "ada", "--dry-run")
    before = Membership.objects.count()
    named = lines_of(str(file), "--lead", "ada")
    again = lines_of(str(file), "--lead", "ada")
    afterwards = lines_of(str(file))

    assert without[-2:] == [NO_LEAD, "changed 56 rows"]
    assert preview[-2:] == ["study.slug: ada leads halsall-2022", "would change 0 rows"]
    assert named[-2:] == ["study.slug: ada leads halsall-2022", "changed 0 rows"]
    assert before == 0
    assert [line for line in again + afterwards if line.startswith("study.slug")] == []
    assert list(Membership.objects.values_list("study__slug", "user", "role")) == [("halsall-2022", ada.pk, "lead")]
    assert Membership.history.get().history_change_reason == "Loaded from halsall.json"
    assert ada.memberships.get().study in Study.objects.editable_by(ada)


@pytest.mark.django_db
def test_new_study_gets_its_lead_at_once(tmp_path):
    file = tmp_path / "halsall.json"
    file.write_bytes(canonical(HALSALL))
    UserFactory(username="ada")

    preview = lines_of(str(file), "--dry-run", "--lead", "ada")
    lines_of(str(file), "--lead", "ada")

    assert preview[-2] == "study.slug: ada leads halsall-2022"
    assert Membership.objects.get().role == "lead"


@pytest.mark.django_db
def test_reader_becomes_the_lead_who_is_named(tmp_path):
    file = tmp_path / "halsall.json"
    file.write_bytes(canonical(HALSALL))
    read_package(file.read_bytes())
    Membership(study=Study.objects.get(), user=UserFactory(username="ada"), role="reader").save()

    lines_of(str(file), "--lead", "ada")

    assert Membership.objects.get().role == "lead"


@pytest.mark.django_db
def test_lead_must_have_an_account(tmp_path):
    UserFactory(username="left", is_active=False)

    for name in ("nobody", "left"):
        with pytest.raises(CommandError, match=f"no active account '{name}'; make one in the admin under Users"):
            call_command("load_package", str(tmp_path / "none.json"), "--lead", name)


def of_the_same_programme(**fields):
    """Return a package of another study of Halsall's programme."""
    other = minimal_package()
    other["programme"] = {"slug": HALSALL["programme"]["slug"], **fields}
    return canonical(other)


@pytest.mark.untraced
@pytest.mark.django_db
def test_programme_of_others_is_used_and_not_overwritten():
    read_package(canonical(HALSALL))
    before = Programme.objects.values().get()

    report = read_package(of_the_same_programme(name="Hijacked", setting=HALSALL["programme"]["setting"]))

    assert Programme.objects.values().get() == before
    assert Programme.objects.get().studies.count() == 2
    assert report.lines()[0] == "programme: 1 unchanged"
    assert report.notes[0] == (
        f"programme.name: kept as it is, {shown(HALSALL['programme']['name'])}, because the programme was here before "
        'this study (the package has "Hijacked"); to change it, edit the programme'
    )
    again = read_package(canonical(HALSALL | {"programme": HALSALL["programme"] | {"name": "Mine again"}}))
    assert [note.partition(":")[0] for note in again.notes] == ["programme.name", "study.slug"]
    assert Programme.objects.values().get() == before


@pytest.mark.django_db
def test_equal_or_left_out_fields_of_a_programme_need_no_word():
    read_package(canonical(HALSALL))

    report = read_package(of_the_same_programme(name=HALSALL["programme"]["name"]))

    assert [note.partition(":")[0] for note in report.notes] == ["study.slug"]


@pytest.mark.django_db
def test_programme_that_somebody_prepared_is_used_too():
    Programme(slug="x", name="Prepared", reach="everybody").save()

    read_package(canonical(minimal_package()))

    assert Programme.objects.values_list("name", "reach").get() == ("Prepared", "everybody")


@pytest.mark.django_db
def test_programme_of_this_study_alone_follows_the_package():
    read_package(canonical(HALSALL))

    report = read_package(canonical(HALSALL | {"programme": HALSALL["programme"] | {"name": "Renamed"}}))

    assert Programme.objects.get().name == "Renamed"
    assert report.changes == ["updated: programme Renamed (name)"]


@pytest.mark.django_db
def test_load_package_command_lists_problems(tmp_path):
    file = tmp_path / "bad.json"
    file.write_bytes(with_fault(HALSALL, ["study", "title"], ...))

    with pytest.raises(CommandError) as caught:
        call_command("load_package", str(file))

    assert str(caught.value).splitlines() == [
        f"{file}: 1 problem in the package; nothing was changed",
        "  study.title: is missing; add it: a text in quotation marks",
    ]


@pytest.mark.django_db
def test_dump_package_command_names_an_unknown_theory():
    read_package(canonical(HALSALL))

    with pytest.raises(CommandError, match="no theory 'halsall': did you mean \"halsall-2022\""):
        call_command("dump_package", "halsall")


@pytest.mark.django_db
def test_dump_package_command_writes_the_package(capsys):
    read_package(canonical(HALSALL))

    call_command("dump_package", "halsall-2022")

    assert capsys.readouterr().out.encode() == canonical(HALSALL)


def test_section_is_registered_once():
    before = list(SECTIONS)

    add_section(Section("surveys", Survey, "study", "slug"))

    assert before == SECTIONS


@pytest.mark.parametrize(
    ("word", "known", "remedy"),
    [
        ("hop", ["hope", "trust"], 'did you mean "hope"?'),
        ("zzz", ["hope", "trust"], "known are hope, trust"),
        ("zzz", range(20, 40), "known are 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 …"),
        ("zzz", [], "there is none to choose from"),
        (77, [1, 7], "did you mean 7?"),
    ],
)
def test_suggestion_names_what_is_known(word, known, remedy):
    assert suggestion(word, known) == remedy


def test_letters_that_no_file_can_hold_are_shown_as_numbers():
    assert shown("a\ud800") == '"a\\ud800"'


def test_long_values_are_shortened():
    assert shown("x" * 100) == '"' + "x" * 58 + "…"


def test_problem_without_a_value_is_a_sentence():
    assert str(Problem("study", "", "is missing", "add it")) == "study: is missing; add it"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda children: st.lists(children, max_size=2) | st.dictionaries(st.text(max_size=5), children, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """Return the path of every value inside a document."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, item in below for place in [(*path, name), *places(item, (*path, name))]]


ONE_FAULT = given(place=st.sampled_from(places(HALSALL)), value=ANYTHING)
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def assert_accepted_or_named(place, value):
    problems = []
    try:
        read_package(with_fault(HALSALL, list(place), value), dry_run=True)
    except PackageError as error:
        problems = error.problems
    assert [problem for problem in problems if not (problem.path and problem.message and problem.remedy)] == []
    assert not Context.objects.exists()
    assert not Quote.objects.exists()


@pytest.mark.django_db
@pytest.mark.slow(seconds=5, reason="reads a theory in 25 mutilated forms")
@settings(max_examples=25, **PATIENT)
@ONE_FAULT
def test_any_one_fault_is_either_accepted_or_named(place, value):
    assert_accepted_or_named(place, value)


@pytest.mark.django_db
@pytest.mark.soak
@settings(max_examples=1000, **PATIENT)
@ONE_FAULT
def test_many_a_fault_is_either_accepted_or_named(place, value):
    assert_accepted_or_named(place, value)


@pytest.mark.django_db
def test_configurations_that_are_called_the_same_are_told():
    cmocs = [{"number": number, "label": label} for number, label in enumerate(["1a", "", "2", "1a", "1a", "x"], 1)]
    empty = {name: [] for name in ("contexts", "mechanisms", "outcomes", "caveats", "cmoc_links", "quotes", "memos")}

    report = read_package(canonical(HALSALL | empty | {"cmocs": cmocs, "substantive_theories": []}))

    remedy = "a label such as “Case B, 1” tells them apart"
    assert report.notes[:2] == [
        f'cmocs: 1, 4 and 5 are all called "CMOC 1a"; {remedy}',
        f'cmocs: 2 and 3 are all called "CMOC 2"; {remedy}',
    ]
