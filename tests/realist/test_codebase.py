"""What holds for the code as a whole, so that nobody has to remember it."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from programmes.management import data_model
from programmes.models import CuratedModel
from realist import curation

ROOT = Path(__file__).parents[2]
VOCABULARIES = [ROOT / room / "vocabulary.py" for room in ("programmes", "surveys")]
OWN_MODELS = [model for model in apps.get_models() if issubclass(model, CuratedModel)]


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.parent.name)
def test_every_term_is_explained(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    terms = [
        node
        for definition in ast.parse(text).body
        if isinstance(definition, ast.ClassDef)
        for node in definition.body
        if isinstance(node, ast.Assign)
    ]
    unexplained = [lines[node.lineno - 1].strip() for node in terms if "  # " not in lines[node.end_lineno - 1]]
    assert (unexplained, len(terms) > 0) == ([], True)


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model.__name__)
def test_order_ends_in_a_unique_key(model):
    assert model._meta.ordering[-1] == "pk"


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model.__name__)
def test_every_model_is_explained_and_has_a_history(model):
    assert not model.__doc__.startswith(f"{model.__name__}(")  # as Django explains a model that nobody has
    assert model.history.model._meta.model_name == f"historical{model._meta.model_name}"


def test_data_model_page_is_that_of_the_models():
    assert data_model.PAGE.read_text(encoding="utf-8") == data_model.data_model_page()


@pytest.mark.parametrize(
    ("command", "module", "attribute"),
    [
        ("write_data_model", "programmes.management.commands.write_data_model", "PAGE"),
        ("write_package_schema", "programmes.management.commands.write_package_schema", "SCHEMA_FILE"),
    ],
)
def test_generated_file_is_written_as_committed(monkeypatch, tmp_path, capsys, command, module, attribute):
    __import__(module)
    committed = getattr(__import__(module, fromlist=[attribute]), attribute)
    fresh = tmp_path / committed.name
    monkeypatch.setattr(f"{module}.{attribute}", fresh)

    call_command(command)

    assert fresh.read_bytes() == committed.read_bytes()
    assert capsys.readouterr().out == f"wrote {committed.name}\n"


def slow_tests():
    """Yield where each mark `slow` stands, and what it says."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "slow" and ast.unparse(node.value) == "pytest.mark":
                yield path, node
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.slow":
                yield path, node


@pytest.mark.untraced
def test_few_tests_are_slow_and_each_says_why():
    """A quick run leaves them out, so there must be few, and each is worth its seconds to somebody."""
    marks = [(path, node) for path, node in slow_tests() if isinstance(node, ast.Attribute)]
    said = {
        (path, node.func.lineno, node.func.col_offset): {
            word.arg: ast.literal_eval(word.value) for word in node.keywords
        }
        for path, node in slow_tests()
        if isinstance(node, ast.Call)
    }
    silent = [
        f"{path.name}:{node.lineno}"
        for path, node in marks
        for words in [said.get((path, node.lineno, node.col_offset), {})]
        if words.keys() != {"seconds", "reason"} or words["seconds"] < 3 or len(words["reason"]) < 20
    ]
    assert (silent, 0 < len(marks) <= 20) == ([], True)


def test_every_environment_variable_is_documented():
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in ("realist", "tools") for path in (ROOT / folder).glob("*.py")
    )
    readers = "text|integer|count|one_of|rate|boolean|words|path|secret"
    used = set(re.findall(rf"env\.(?:{readers})\(\s*\"([A-Z_]+)\"", code)) - {"CI", "ENGINE"}
    documented = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operators.md").read_text("utf-8"), re.MULTILINE)
    )
    assert used == documented


def test_every_kind_of_record_has_its_place_in_the_admin():
    from django.contrib import admin  # noqa: PLC0415  the site is ready only after start-up

    placed = {name for _, _, names in curation.GROUPS for name in names}
    assert {model.__name__ for model in admin.site._registry} == placed


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{path.name}: {target}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_documents_name_files_that_are_there():
    missing = [
        f"{path.name}: {name}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for name in re.findall(r"`((?:docs|programmes|surveys|realist|tools|tests)/[\w./-]+)`", path.read_text("utf-8"))
        if not (ROOT / name).exists()
    ]
    assert missing == []


PRODUCT = [
    path
    for room in ("realist", "programmes", "surveys")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
MOST_LINES = 400  # of a module
NAMED_BY_DJANGO = {"Command", "Migration", "Meta"}


@pytest.fixture(scope="module")
def trees():
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in PRODUCT}


def rewrites(tree):
    """Yield the lines on which something of a request is assigned that only a browser says."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in {"method", "GET", "POST"}:
                yield target.lineno


@pytest.mark.untraced
def test_no_request_is_rewritten(trees):
    planted = ast.parse("self.request.method = 'GET'\nrequest.GET = {}\nrequest.POST |= {}\nmethod = request.GET\n")
    assert list(rewrites(planted)) == [1, 2, 3]
    assert [f"{path}:{line}" for path, tree in trees.items() for line in rewrites(tree)] == []


def bases_of(trees):
    """Return the names of the bases of each class."""
    return {
        node.name: [ast.unparse(base).split("[")[0].rpartition(".")[2] for base in node.bases]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }


def unnamed_mixins(trees):
    """Return the classes that stand before the base of another class, have no base of a framework, and are not called
    mixins, and those that are called mixins and are never mixed in."""
    bases = bases_of(trees)

    def is_of_a_framework(name):
        return name not in bases or any(map(is_of_a_framework, bases[name]))

    mixed_in = {base for found in bases.values() for base in found[:-1] if not is_of_a_framework(base)}
    return mixed_in ^ {name for name in bases if name.endswith("Mixin")}


def test_what_is_only_mixed_in_is_called_a_mixin(trees):
    planted = (
        "class Walking: pass\nclass SwimsMixin: pass\nclass FliesMixin: pass\nclass Bird(View): pass\n"
        "class Goose(Bird): pass\nclass Duck(Walking, SwimsMixin, Goose): pass\nclass Swan(Goose, View): pass\n"
    )
    assert unnamed_mixins([ast.parse(planted)]) == {"Walking", "FliesMixin"}
    assert unnamed_mixins(trees.values()) == set()


def test_no_module_is_long():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in PRODUCT}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}
    assert max(lengths.values()) > MOST_LINES // 2  # the lines are counted


def shared_names(trees):
    """Return the names that two public classes or functions of modules share, with how many do."""
    names = Counter(
        node.name
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    )
    return {name: number for name, number in names.items() if number > 1 and name not in NAMED_BY_DJANGO}


def test_no_two_things_share_a_name(trees):
    planted = ["def find(): pass\nclass Cell: pass\nclass Command: pass\ndef _own(): pass\n", "class Cell: pass\n"]
    assert shared_names([ast.parse(text) for text in [*planted, *planted]]) == {"find": 2, "Cell": 4}
    assert shared_names(trees.values()) == {}
