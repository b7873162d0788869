"""What holds for every test: the settings that make tests quick, and the templates' undefined variables as errors."""

import sys
from pathlib import Path
from types import FrameType, SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db import connection, connections, transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.template import engines
from django.template.base import FilterExpression, Node

from programmes.integrity.groups import grant
from programmes.models import Membership, Study
from programmes.package.read import read_package
from programmes.vocabulary import TeamRole
from tests import theories
from tests.databases import database_of_this_process, forget_this_run
from tools.programs import find_chromium

TESTS = Path(__file__).resolve().parent
TEMPLATES_FOLDER = settings.BASE_DIR / "templates"


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
    engines["django"].engine.string_if_invalid = UndefinedVariable()


def pytest_unconfigure() -> None:
    """Leave nothing behind of a database that is not to be kept."""
    forget_this_run()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_keepdb, django_db_createdb):
    """The database, in place of pytest-django's own fixture, which would migrate for each process and at each start."""
    with django_db_blocker.unblock():
        own = database_of_this_process(keep=django_db_keepdb, anew=django_db_createdb)
        own.__enter__()
    yield
    with django_db_blocker.unblock():
        own.__exit__(None, None, None)


@receiver(post_migrate)
def restore_groups(using: str, **_: object) -> None:
    """Make the groups again where a test that empties the database took them, for tests that come after it.

    Migrations make them once; emptying the database runs no migration, but it gives this signal.
    """
    if not Permission.objects.using(using).exists() or Group.objects.using(using).exists():
        return
    for label in ("programmes", "surveys"):
        grant(label, apps, SimpleNamespace(connection=connections[using]))


# Folders whose tests ask no database.
PURE = {TESTS / "programmes" / name for name in ("diagrams", "transcripts")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that this machine or this engine cannot run; `make test` names what it left out."""
    absent = set()
    if find_chromium() is None:
        absent.add("browser")
    if "soak" not in config.getoption("markexpr"):
        absent.add("soak")
    absent.add("once" if connection.vendor == "postgresql" else "postgresql")
    for item in items:
        if not PURE.isdisjoint(item.path.parents):
            item.add_marker("once")
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in absent)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


DEMO = settings.BASE_DIR / "programmes" / "demo"


@pytest.fixture(scope="module")
def demo_in_database(django_db_setup, django_db_blocker):
    """The two demo theories, loaded once for a module: all tests of the module find them, whose own changes go."""
    with django_db_blocker.unblock(), transaction.atomic():
        for name in ("thompson-2023", "halsall-2022"):
            read_package((DEMO / f"{name}.json").read_bytes())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(demo_in_database, db):
    """The two demo theories; what the test changes is taken back."""


@pytest.fixture(scope="module")
def universe_in_database(django_db_setup, django_db_blocker):
    """The small universe of theories (tests/theories/README.md), loaded once for a module, as `demo_in_database` is."""
    with django_db_blocker.unblock(), transaction.atomic():
        theories.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def universe(universe_in_database, db):
    """Theories of different form; what the test changes is taken back."""


@pytest.fixture
def load_theory(db):
    """Loads single theories of the universe by name: `load_theory("discharge")`, or a large review."""
    return theories.load


@pytest.fixture
def accounts(universe):
    """An account for each role in the team of every study, and nobody, who has none."""
    people = {"nobody": AnonymousUser()}
    for role in TeamRole:
        people[role.value] = User.objects.create_user(role.value, is_staff=True)
        people[role.value].groups.add(Group.objects.get(name=role.value.capitalize()))
        for study in Study.objects.order_by("slug"):
            Membership.objects.create(study=study, user=people[role.value], role=role)
    return people
