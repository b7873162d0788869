"""What holds for every test: the settings that make tests quick, and the templates' undefined variables as errors."""

import contextlib
import os
import sys
from collections.abc import Generator
from pathlib import Path
from types import FrameType

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.template import engines
from django.template.base import FilterExpression, Node
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from programmes.integrity import compaction
from programmes.models import Membership, Study
from programmes.vocabulary import TeamRole
from realist.kept_answers import KEPT
from tests import theories
from tests.databases import CONTENTS, EMPTY, ProcessDatabase, forget_run
from tests.tracing import untraced
from tools.programs import find_chromium

TEMPLATES_FOLDER = settings.BASE_DIR / "templates"

hypothesis_settings.register_profile("house", deadline=None)  # a slow machine makes no test fail
hypothesis_settings.load_profile("house")


class UndefinedVariableError(Exception):
    """One of our templates names a variable that its view does not give."""


class UndefinedVariable(str):
    """Django's string for undefined variables: empty in the templates of others, an error in our own.

    Django asks for its truth exactly when a variable is undefined. Django's own templates count on undefined
    variables being empty, so the truth depends on the file that the asking node came from.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        asking = sys._getframe(1)
        if asking.f_code is FilterExpression.resolve.__code__:
            origin = origin_of_node(asking)
            if origin and TEMPLATES_FOLDER in Path(origin).parents:
                variable = asking.f_locals["self"].var
                raise UndefinedVariableError(f"{origin} uses {variable}, which is not defined")
        return False


def origin_of_node(frame: FrameType | None) -> str:
    """Return the template file of the innermost node that is being rendered."""
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return node.origin.name
        frame = frame.f_back
    return ""


def pytest_configure() -> None:
    """Use settings that differ only in speed, before anything reads them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The hashed names of production need collectstatic; a test of its own runs that.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    if connection.vendor == "postgresql":
        settings.DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 30  # a busy machine is no fault
    engines["django"].engine.string_if_invalid = UndefinedVariable()


def pytest_unconfigure() -> None:
    """Leave nothing behind of a database that is not to be kept."""
    forget_run()


@pytest.fixture(autouse=True)
def erasures_file() -> Generator[None]:
    """Let each test begin without a file of what was erased."""
    settings.ERASURES_FILE = path = settings.LOCAL_DIR / f"erasures-{os.getpid()}.jsonl"
    yield
    path.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def no_kept_answers() -> None:
    """Let each test begin without an answer that could be given again."""
    KEPT.forget()


@pytest.fixture(scope="session", autouse=True)
def patient_compaction() -> Generator[None]:
    """Let what was deleted be compacted in spite of the other processes' tests.

    PostgreSQL keeps deleted rows while anybody writes in a transaction that began before, in whichever database of the
    cluster, and some tests write for seconds.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "TRIES", 240)
        patch.setattr(compaction, "TRIES_WHILE_SERVING", 240)
        yield


@pytest.fixture(scope="session")
def process_database(django_test_environment, django_db_blocker, django_db_keepdb, django_db_createdb):
    """The database of this process; after a test that commits it is copied anew, where Django would empty tables."""
    with django_db_blocker.unblock():
        database = ProcessDatabase(keep=django_db_keepdb, anew=django_db_createdb)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: database.discard())
            yield database
        database.remove()


@pytest.fixture(scope="session")
def django_db_setup(process_database):
    """Stand in for pytest-django's fixture, which migrates in each process and at each start."""


# What a test asks for, by itself or through its fixtures, if it asks the database.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "process_database", "django_db_setup"}


def asks_the_database(item: pytest.Item) -> bool:
    """Return whether it matters to a test which database there is."""
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgresql")
    return marked is not None or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


# Where the product does something of its own on PostgreSQL. All else of it is traced on SQLite.
DIFFERENT_ON_POSTGRESQL = (
    "tests/programmes/api/test_files.py",
    "tests/programmes/api/test_rows.py",
    "tests/programmes/integrity/",
    "tests/programmes/package/test_loads_beside_work.py",
    "tests/programmes/search/",
    "tests/programmes/test_checks.py",
    "tests/programmes/upkeep/",
    "tests/realist/test_kept_answers.py",
)


def is_traced(item: pytest.Item) -> bool:
    """Return whether coverage is measured while a test runs, which makes it last twice as long.

    Quick tests reach every branch, so neither need slow ones be traced, nor those in a browser, nor those of some
    seconds whose branches other tests reach too (marked `untraced`;
    pytest-cov's own mark `no_cover` would begin to measure again in xdist's processes).
    """
    if any(item.get_closest_marker(name) for name in ("slow", "browser", "untraced")):
        return False
    return connection.vendor == "sqlite" or item.nodeid.startswith(DIFFERENT_ON_POSTGRESQL)


def seconds_of(item: pytest.Item) -> int:
    """Return how long a test may last, as far as its marks tell."""
    if slow := item.get_closest_marker("slow"):
        return slow.kwargs["seconds"]
    return 20 if item.get_closest_marker("browser") else 10 if item.get_closest_marker("untraced") else 0


def order_of_run(items: list[pytest.Item]) -> None:
    """Put what is not traced last, so that it fills no cache before a test that is; of that, long files first.

    The tests of a file stay together, for they share what is made for them. Of what is traced, tests without a
    database come first: one process runs them while another makes the database.
    """
    longest: dict[Path, int] = {}
    for item in items:
        longest[item.path] = max(longest.get(item.path, 0), seconds_of(item))

    def place(item: pytest.Item) -> tuple[bool, bool, int, Path]:
        traced = is_traced(item)
        return not traced, traced and asks_the_database(item), -longest[item.path] * (not traced), item.path

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace only where it tells something."""
    with contextlib.nullcontext() if is_traced(item) else untraced():
        return (yield)


def parameters_of(item: pytest.Item) -> list[str]:
    """Return the words among the parameters of a test."""
    callspec = getattr(item, "callspec", None)
    return [value for value in callspec.params.values() if isinstance(value, str)] if callspec else []


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> None:
    """Let each test find the content that it names, or none, whatever ran before it."""
    if fixturedef.argname == "_django_db_helper":  # where pytest-django begins what it will take back
        # A test that is run with several contents has their names among its parameters.
        named = {*request.fixturenames, *parameters_of(request.node)}
        database, blocker = map(request.getfixturevalue, ("process_database", "django_db_blocker"))
        with blocker.unblock():
            database.switch_to(next((name for name in CONTENTS if name in named), EMPTY))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that this machine or this engine cannot run; `make test` names what it left out."""
    absent = set()
    if find_chromium() is None:
        absent.add("browser")
    if "soak" not in config.getoption("markexpr"):
        absent.add("soak")
    absent.add("once" if connection.vendor == "postgresql" else "postgresql")
    for item in items:
        if not asks_the_database(item):
            item.add_marker("once")
    order_of_run(items)
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in absent)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture
def demo(db):
    """The two demo theories; what the test changes is taken back."""


@pytest.fixture
def universe(db):
    """Theories of different form (tests/theories/README.md); what the test changes is taken back."""


@pytest.fixture
def load_theory(db):
    """Loads single theories of the universe by name: `load_theory("discharge")`, or a large review."""
    return theories.load


@pytest.fixture
def accounts(universe):
    """An account for each role in the team of every study, and nobody, who has none."""
    people = {"nobody": AnonymousUser()}
    for role in TeamRole:
        people[role.value] = User.objects.create_user(role.value)
        for study in Study.objects.order_by("slug"):
            Membership.objects.create(study=study, user=people[role.value], role=role)
    return people
