"""The API called in every way that its OpenAPI document allows, and in ways that it forbids."""

import re

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings

from programmes.api.base import PAGING_PARAMETERS
from realist.wsgi import application
from tools.schema import OPENAPI  # which `make check` compares with the one that the site serves

PATHS = re.findall(r"^  (/api/\S*):$", OPENAPI.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def operations():
    """What can be asked, by its path; reading all of it takes seconds, which nobody waits for who runs other tests."""
    import schemathesis  # noqa: PLC0415  as above

    schema = schemathesis.openapi.from_path(OPENAPI)
    schema.app = application
    found = {result.ok().path: result.ok() for result in schema.get_all_operations()}
    assert list(found) == PATHS
    return found


@pytest.fixture
def unlimited(demo):
    """Lets the API be called on the connection that holds what the test has in the database."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow(seconds=14, reason="calls every address of the API in 12 ways")
@pytest.mark.parametrize("ways", [6, pytest.param(50, marks=pytest.mark.soak)])
@pytest.mark.parametrize("mode", [pytest.param("positive", marks=pytest.mark.once), "negative"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_documented(unlimited, operations, path, mode, ways):
    from schemathesis import GenerationMode  # noqa: PLC0415  as above

    @given(case=operations[path].as_strategy(generation_mode=GenerationMode(mode)))
    @settings(max_examples=ways, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def call(case):
        if mode == "positive":
            for name in ("cursor", "since"):  # the site alone can make one
                case.query.pop(name, None)
            if case.query.get("format", "json") != "json":  # which has no pages
                case.query = {name: value for name, value in case.query.items() if name not in PAGING_PARAMETERS}
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    call()
