"""Tables taken in by the command: what is printed of them, what is loaded, and what a second load changes."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from programmes.models import CMOC, Quote, Study, Theory

pytestmark = pytest.mark.django_db

TABLE = """No,Theme,Context,Actor,Mechanism (resource),Mechanism (reasoning),Outcome,Quotes for,Refs
1,Access,Rural wards,Mothers,Home visits,They trust the nurse (M),More calls,“I trust her.” (P1),12
2,Cost,Rural wards,Fathers,Free care,They fear no bill,Earlier care,“No bill came.” (P2),14
"""
LONG = "word " * 70


def taken_in(tmp_path, text=TABLE, *options, name="table.csv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    out = io.StringIO()
    call_command("import_table", str(file), "--study", "wards", *options, stdout=out)
    return out.getvalue()


def as_json(tmp_path, text=TABLE, *options):
    return json.loads(taken_in(tmp_path, text, *options, "--dry-run", "--json"))


def test_dry_run_prints_package_questions_and_report_and_saves_nothing(tmp_path):
    told = as_json(tmp_path)
    assert told["questions"] == []
    assert told["package"]["cmocs"][0] == {
        "number": 1,
        "label": "1",
        "group": 1,
        "contexts": [{"context": "rural-wards", "wording": "Rural wards"}],
        "actors": [{"population": "mothers", "wording": "Mothers"}],
        "mechanisms": [
            {"mechanism": "home-visits", "wording": "Home visits"},
            {"mechanism": "they-trust-the-nurse", "wording": "They trust the nurse"},
        ],
        "outcomes": [{"outcome": "more-calls", "wording": "More calls"}],
        "evidence": [{"quote": "wards-table-1-q1", "role": "supports"}],
    }
    assert told["package"]["mechanisms"][0] == {"key": "home-visits", "label": "Home visits", "kind": "resource"}
    assert told["package"]["contexts"] == [{"key": "rural-wards", "label": "Rural wards"}]
    assert told["report"]["cells"] == {"filled": 27, "placed": 25, "asked": 0, "not_placed": 2}
    assert [(cell["value"], cell["row"], cell["column"]) for cell in told["report"]["not_placed"]] == [
        ("12", 2, 9),
        ("14", 3, 9),
    ]
    assert not Study.objects.exists()


def test_load_makes_a_private_study_whose_statements_are_printed(tmp_path):
    shown = taken_in(
        tmp_path, TABLE, "--theory", "wards-t", "--publication", "Reyes 2024", "--licence", "CC BY 4.0", "--table",
        "Table 2", "--page", "7", "--published-quotes",
    )  # fmt: skip
    study, theory = Study.objects.get(), Theory.objects.get()
    assert (study.slug, study.statements, study.visibility, study.citation, study.licence) == (
        "wards",
        "printed",
        "private",
        "Reyes 2024",
        "CC BY 4.0",
    )
    assert (theory.slug, theory.visibility, theory.locator) == ("wards-t", "private", "Table 2, p. 7")
    assert list(Quote.objects.values_list("text", "label_as_printed", "visibility", "consent", "locator")) == [
        ("I trust her.", "P1", "private", "published", "Table 2, p. 7"),
        ("No bill came.", "P2", "private", "published", "Table 2, p. 7"),
    ]
    assert shown.splitlines()[-1] == "configurations: 2 new, 0 changed, 0 unchanged"


def test_second_load_updates_by_label_and_says_what_changed(tmp_path):
    taken_in(tmp_path, TABLE, "--theory", "wards-t", "--own")
    assert Study.objects.get().statements == "own"
    again = taken_in(tmp_path, TABLE, "--theory", "wards-t")
    assert again.splitlines()[-2:] == ["changed 0 rows", "configurations: 0 new, 0 changed, 2 unchanged"]
    other = TABLE.replace("2,Cost", "2,Money").replace("Earlier care", "Late care")
    changed = taken_in(tmp_path, other, "--theory", "wards-t")
    assert [line for line in changed.splitlines() if line.startswith("changed: ")] == [
        "changed: 2 group: 'Cost' → 'Money'",
        "changed: 2 outcomes: 'Earlier care' → 'Late care'",
    ]
    assert changed.splitlines()[-1] == "configurations: 0 new, 1 changed, 1 unchanged"
    assert CMOC.objects.count() == 2


def test_rows_without_labels_are_known_by_all_their_words(tmp_path):
    text = "Context,Mechanism,Outcome\nRural,Trust,Calls\nUrban,Fear,Silence\n"
    taken_in(tmp_path, text, "--theory", "wards-t")
    again = as_json(tmp_path, text.replace("Fear", "Doubt"), "--theory", "wards-t")
    assert again["report"]["configurations"] == {"new": 1, "changed": 0, "unchanged": 1}
    assert [row["number"] for row in again["package"]["cmocs"]] == [1, 2, 3]


def test_new_theory_of_a_study_that_is_there_gives_no_key_again(tmp_path):
    taken_in(tmp_path)
    taken_in(tmp_path)
    assert sorted(Theory.objects.values_list("slug", flat=True)) == ["wards-table", "wards-table-2"]
    assert Quote.objects.count() == 2


def test_programme_of_the_same_name_takes_the_study(tmp_path):
    taken_in(tmp_path)
    Study.objects.get().delete()
    taken_in(tmp_path)
    assert Study.objects.get().programme.slug == "wards"


def test_texts_longer_than_labels_stay_whole_in_wordings_and_groups(tmp_path):
    text = f"Theme,Title,Context,Mechanism,Outcome\n{LONG},{LONG},{LONG},Trust,信頼\n"
    told = as_json(tmp_path, text)
    row = told["package"]["cmocs"][0]
    assert row["contexts"][0]["wording"] == LONG.strip()
    assert len(told["package"]["contexts"][0]["label"]) <= 300
    assert told["package"]["outcomes"][0]["key"] == "outcomes"
    assert told["package"]["groups"][0]["text"] == LONG.strip()
    assert told["report"]["notes"] == [f"table 1, row 2: the title is cut to 300 letters: {LONG.strip()}"]


def test_questions_are_told_and_answered(tmp_path):
    text = "Label,Context,Mechanism,Outcome\n1,Alone; no car,Trust,Calls\n"
    assert taken_in(tmp_path, text, "--dry-run").splitlines()[0] == (
        "asked (1-list-1): table 1, row 2, column 2: These cells have several items. Is each a part of its own? "
        "'Alone; no car'. Choose: Each item is a part · One part, as printed"
    )
    told = as_json(tmp_path, text, "--answer", "1-list-1=one")
    assert told["questions"] == []
    assert [link["wording"] for link in told["package"]["cmocs"][0]["contexts"]] == ["Alone; no car"]


def test_lead_is_named(tmp_path, django_user_model):
    django_user_model.objects.create_user("ada")
    taken_in(tmp_path, TABLE, "--lead", "ada")
    assert Study.objects.get().memberships.get().user.username == "ada"
    with pytest.raises(CommandError, match="there is no active account 'bob'"):
        taken_in(tmp_path, TABLE, "--lead", "bob")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("table.pdf", "x", "give a file that ends in one of"),
        ("table.csv", "Name,Age\nAda,7\n", "has no configurations; see what was read with --dry-run --json"),
    ],
)
def test_what_cannot_be_taken_in_is_said(tmp_path, name, text, words):
    with pytest.raises(CommandError, match=words):
        taken_in(tmp_path, text, name=name)
    assert not Study.objects.exists()


def test_table_without_configurations_is_only_told(tmp_path):
    assert "cmocs" not in as_json(tmp_path, "Name,Age\nAda,7\n")["package"]


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"no\.csv cannot be read: No such file or directory"):
        call_command("import_table", str(tmp_path / "no.csv"), "--study", "wards")


def test_what_a_package_refuses_is_said_and_nothing_is_changed(tmp_path):
    with pytest.raises(CommandError, match="nothing was changed"):
        taken_in(tmp_path, TABLE, "--theory", "No slug")
    assert not Study.objects.exists()


def test_what_rows_share_is_there_once(tmp_path):
    text = (
        "No,Theme,Context,Mechanism,Outcome,Quotes\n"
        "1,Access,Rural!,Trust,Calls,“One.” (P1)\n2,Access,Rural?,Trust,Calls,“One.” (P1)\n"
    )
    package = as_json(tmp_path, text)["package"]
    assert [row["key"] for row in package["contexts"]] == ["rural", "rural-2"]
    assert {name: len(package[name]) for name in ("groups", "mechanisms", "outcomes", "quotes")} == {
        "groups": 1,
        "mechanisms": 1,
        "outcomes": 1,
        "quotes": 1,
    }


def test_several_quotes_of_a_row_get_keys_of_their_own(tmp_path):
    text = "No,Context,Outcome,Quotes\n1,Rural,Calls,“One.” (P1) “Two.” (P2)\n"
    assert [row["key"] for row in as_json(tmp_path, text)["package"]["quotes"]] == [
        "wards-table-1-q1",
        "wards-table-1-q2",
    ]


def test_statement_that_was_missing_is_there_now(tmp_path):
    text = "No,Programme theory\n1,If a then b.\n"
    taken_in(tmp_path, text, "--theory", "wards-t")
    CMOC.objects.update(statement="", statement_reporting="unclear")
    assert "changed: 1 statement: '' → 'If a then b.'" in taken_in(tmp_path, text, "--theory", "wards-t")
    assert CMOC.objects.get().statement_reporting == ""


def test_in_which_way_something_is_missing_is_kept(tmp_path):
    text = "No,Statement,Context,Mechanism,Outcome,Actor\n1,Not stated,Rural,Unclear in source,None,None\n"
    assert as_json(tmp_path, text)["package"]["cmocs"] == [
        {
            "number": 1,
            "label": "1",
            "contexts": [{"context": "rural", "wording": "Rural"}],
            "statement_reporting": "not-stated",
            "mechanism_absence": "unclear",
            "outcome_absence": "none",
        }
    ]


def test_what_is_not_placed_is_told_at_the_shell(tmp_path):
    told = taken_in(tmp_path, "No,Context,Outcome,Refs\n1,Rural,Calls,12\n", "--dry-run")
    assert told.splitlines()[0] == "not placed: table 1, row 2, column 4: its column is not taken: '12'"
