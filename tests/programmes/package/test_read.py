"""Reading packages: every fault is named with its place, value and remedy, and nothing is changed by it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.models import CMOC, Author, Caveat, Context, Quote, Study, Theory
from programmes.package.problems import PackageError, Problem
from programmes.package.read import read_package
from programmes.package.sections import SECTIONS, Section, add_section
from programmes.package.structure import parse
from programmes.package.write import canonical, write_package
from programmes.search.did_you_mean import shown, suggestion
from surveys.models import Survey

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
@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            ["cmocs", 0, "contexts", 0, "context"],
            "similar-jurney",
            'cmocs[0].contexts[0].context: no context "similar-jurney" (found "similar-jurney"); '
            'did you mean "similar-journey"?',
        ),
        (["study", "title"], ..., "study.title: is missing; add it"),
        (["study", "title"], "", 'study.title: must not be empty (found ""); give a text, or leave the row out'),
        (["study", "titel"], "x", 'study.titel: is not a field here (found "x"); did you mean "title"?'),
        (
            ["study", "kind"],
            "evaluatoin",
            'study.kind: is not one of the terms (found "evaluatoin"); did you mean "evaluation"?',
        ),
        (
            ["study", "kind"],
            7,
            "study.kind: must be a text in quotation marks (found 7); write a text in quotation marks",
        ),
        (
            ["study", "interviews"],
            "10",
            'study.interviews: must be a whole number without quotation marks (found "10"); '
            "write a whole number without quotation marks",
        ),
        (["study", "interviews"], -1, "study.interviews: must be at least 0 (found -1); give a larger number"),
        (
            ["study", "interviews"],
            2**31,
            "study.interviews: must be at most 2147483647 (found 2147483648); give a smaller number",
        ),
        (
            ["study", "collection_start"],
            "2022-02-30",
            'study.collection_start: is not a date of the calendar (found "2022-02-30"); '
            "write it as YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known",
        ),
        (
            ["study", "collection_start"],
            "20220228",
            'study.collection_start: is not a date of the calendar (found "20220228"); '
            "write it as YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known",
        ),
        (
            ["memos", 0, "signed_date"],
            "2022-02-30",
            'memos[0].signed_date: is not a date of the calendar (found "2022-02-30"); write it as YYYY-MM-DD',
        ),
        (
            ["theory", "slug"],
            "two words",
            'theory.slug: does not have the right form (found "two words"); '
            "use letters, digits, hyphens and underscores only",
        ),
        (
            ["theory", "predecessor"],
            "none-such",
            'theory.predecessor: no theory "none-such" in the database (found "none-such"); '
            "there is none to choose from",
        ),
        (["version"], 3, "version: must be 2 (found 3); write 2"),
        (
            ["study", "volume"],
            "x" * 21,
            f'study.volume: has 21 letters; at most 20 are kept (found "{"x" * 21}"); shorten it',
        ),
        (
            ["study", "aim"],
            "a\0b",
            'study.aim: has U+0000 (NULL) in line 1, column 2 (found "a\\u0000b"); delete it there',
        ),
        (["cmocs"], {}, "cmocs: must be a list in square brackets (found {}); write a list in square brackets"),
        (["cmocs", 1], None, "cmocs[1]: must be an object in braces (found null); write an object in braces"),
        (
            ["cmocs", 1, "contexts", 0],
            3,
            "cmocs[1].contexts[0]: must be an object in braces (found 3); write an object in braces",
        ),
        (
            ["cmocs", 1, "readings", 0, "signed_by"],
            ...,
            "cmocs[1].readings[0].signed_by: is missing; add it",
        ),
        (
            ["cmocs", 1, "number"],
            1,
            "cmocs[1].number: is already given at cmocs[0] (found 1); give each row its own, or remove one",
        ),
        (
            ["cmocs", 0, "readings", 0, "resource"],
            "What peers bring",
            "cmocs[0].readings[0]: a plain summary has a text and no resource or reasoning; a resource and reasoning "
            'have both and no text (found {"kind": "plain-summary", "text": "Peers with a similar pas…); '
            "change it so that this holds",
        ),
        (
            ["cmocs", 0, "statement"],
            "Words",
            "cmocs[0]: reported text must be given; text that is not stated or not loaded must be empty "
            '(found {"number": 1, "statement_reporting": "not-loaded", "locator…); change it so that this holds',
        ),
        (
            ["study", "licence_url"],
            "no address",
            'study.licence_url: enter a valid URL (found "no address"); change it so that this holds',
        ),
    ],
)
def test_fault_is_named_and_changes_nothing(path, value, expected):
    problems = problems_of(with_fault(HALSALL, path, value))

    assert problems[0] == expected
    assert Study.objects.count() == 0


@pytest.mark.django_db
def test_all_faults_are_listed_at_once():
    faulty = copy.deepcopy(HALSALL)
    faulty["study"]["kind"] = "x"
    faulty["mechanisms"][1]["resource"] = "valuing-advice"
    faulty["cmocs"][0]["readings"][0]["resource"] = "What peers bring"
    faulty["cmocs"][2]["outcomes"][0]["outcome"] = "wellbeeing"
    faulty["memos"][0]["signed_date"] = "yesterday"

    paths = [problem.split(":")[0] for problem in problems_of(canonical(faulty))]

    assert paths == [
        "study.kind",
        "memos[0].signed_date",
        "cmocs[2].outcomes[0].outcome",
    ]

    faulty["study"]["kind"] = "evaluation"
    paths = [problem.split(":")[0] for problem in problems_of(canonical(faulty))]

    assert paths == [
        "memos[0].signed_date",
        "cmocs[2].outcomes[0].outcome",
        "mechanisms[1]",
        "cmocs[0].readings[0]",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff", "byte 0: is not UTF-8; save the file with the encoding UTF-8"),
        (
            b"{",
            "line 1 column 2: is not JSON: Expecting property name enclosed in double quotes; correct the file there",
        ),
        (b"[]", "the document: must be an object in braces (found []); start it with {"),
        (b'{"a": 1, "a": 2}', "a: is given twice in one object; keep one of the two"),
    ],
)
def test_file_that_is_no_json_object_is_refused(data, expected):
    assert problems_of(data) == [expected]


def test_file_that_is_nested_too_deeply_is_refused():
    [problem] = problems_of(b"[" * 100_000)

    assert problem.startswith("the document: is not usable JSON: ")


def test_number_of_too_many_digits_is_refused():
    [problem] = problems_of(b'{"version": ' + b"1" * 5000 + b"}")

    assert problem.startswith("the document: is not usable JSON: Exceeds the limit")


def test_byte_order_mark_is_accepted():
    assert parse(b"\xef\xbb\xbf{}") == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["programme", "study", "theory"])
def test_missing_head_is_one_problem(name):
    assert problems_of(with_fault(HALSALL, [name], ...)) == [f"{name}: is missing; add it"]


@pytest.mark.django_db
def test_rows_that_depend_on_a_faulty_row_add_no_problem():
    assert problems_of(with_fault(HALSALL, ["programme", "name"], 5)) == [
        "programme.name: must be a text in quotation marks (found 5); write a text in quotation marks"
    ]


@pytest.mark.django_db
def test_rows_in_a_circle_are_refused():
    faulty = copy.deepcopy(HALSALL)
    faulty["caveats"] = [
        {"number": 1, "kind": "scope", "text": "Only here.", "refutes": 2},
        {"number": 2, "kind": "scope", "text": "Only now.", "refutes": 1},
        {"number": 3, "kind": "scope", "text": "Not for them.", "refutes": 1},
        {"number": 4, "kind": "scope", "text": "Not at night."},
    ]

    assert problems_of(canonical(faulty)) == [
        "caveats[0].refutes: is part of a circle (found 2); let one of the rows point at none",
        "caveats[1].refutes: is part of a circle (found 1); let one of the rows point at none",
        "caveats[2].refutes: is part of a circle (found 1); let one of the rows point at none",
    ]


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
    faulty["cmocs"][0]["outcomes"] = ["x"]

    assert problems_of(canonical(faulty)) == [
        'cmocs[0].outcomes[0]: must be an object in braces (found "x"); write an object in braces'
    ]
    assert CMOC.objects.get(number=1).outcome_links.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("taken_away", "left"), [([], 3), (["row"], 3), (["transaction"], 3), (["row", "transaction"], 0)]
)
def test_rows_of_a_faulty_package_are_kept_twice(monkeypatch, taken_away, left):
    """Beside a faulty row none is removed, and the transaction is taken back: the one holds where the other fails."""
    read_package(canonical(HALSALL))
    faulty = copy.deepcopy(HALSALL)
    faulty["cmocs"][0]["outcomes"] = [{"outcome": "hop"}]

    with monkeypatch.context() as patch:
        if "row" in taken_away:
            patch.setattr("programmes.package.read._Loader.is_wrong", lambda *_: False)
        if "transaction" in taken_away:
            patch.setattr("programmes.package.read.transaction.set_rollback", lambda _: None)
        problems_of(canonical(faulty))

    assert CMOC.objects.get(number=1).outcome_links.count() == left


@pytest.mark.django_db
def test_refused_write_leaves_nothing_behind(monkeypatch):
    def refuse(self):
        raise DatabaseError("disk full")

    monkeypatch.setattr(CMOC, "save", refuse)

    assert problems_of(canonical(HALSALL)) == ["cmocs[0]: the database refuses it: disk full; correct the row"]
    assert Study.objects.count() == 0


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


@pytest.mark.django_db
def test_load_package_command_lists_problems(tmp_path):
    file = tmp_path / "bad.json"
    file.write_bytes(with_fault(HALSALL, ["study", "title"], ...))

    with pytest.raises(CommandError) as caught:
        call_command("load_package", str(file))

    assert str(caught.value).splitlines() == [
        f"{file}: 1 problem in the package; nothing was changed",
        "  study.title: is missing; add it",
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
    ],
)
def test_suggestion_names_what_is_known(word, known, remedy):
    assert suggestion(word, known) == remedy


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
