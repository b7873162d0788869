"""What holds for the documents: each decision is complete and in the index, and each command they name exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted(DECISIONS.glob("[0-9]*.md"))
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LONGEST = 40  # lines of a decision


def test_decisions_are_numbered_without_a_gap():
    assert [page.name[:4] for page in PAGES] == [f"{number:04}" for number in range(1, len(PAGES) + 1)]


def test_every_decision_is_in_the_index_once_and_in_order():
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d{4}) \| \[.+?\]\((.+?)\) \| .+\.[ ]\|$", index, re.MULTILINE) == [
        (page.name[:4], page.name) for page in PAGES
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_is_short_and_has_its_four_headings(page):
    text = page.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+)\n\n((?:(?!^## ).*\n)+)", text, re.MULTILINE))
    assert text.startswith(f"# {page.name[:4]}. ")
    assert list(sections) == ["Context", "Choice", "Cost", "Command"]
    assert all(body.strip() for body in sections.values())
    assert re.match(r"```\n\S[^\n]+\n```\n", sections["Command"])
    assert len(text.splitlines()) < LONGEST


def test_make_has_every_target_that_a_document_names():
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        (path.name, target)
        for path in DOCUMENTS
        for target in re.findall(r"(?:^|`|[A-Z]+=\S+ )make ([a-z][a-z-]*)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert named != set()
    assert {entry for entry in named if entry[1] not in targets} == set()


def test_the_commands_of_decisions_name_tests_that_are_there():
    named = {
        (page.name, path)
        for page in PAGES
        for path in re.findall(r"ARGS=\"?(tests/[\w./-]+)", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 1
    assert {entry for entry in named if not (ROOT / entry[1]).exists()} == set()


def test_a_policy_on_changes_is_named_by_the_changelog():
    assert "docs/api.md#what-may-change" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## What may change" in (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
