"""The API called in every way that its OpenAPI document allows, and in ways that it forbids."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from rest_framework.throttling import SimpleRateThrottle
from schemathesis import GenerationMode

from realist.wsgi import application
from tools.schema import OPENAPI

SCHEMA = schemathesis.openapi.from_path(OPENAPI)  # which `make check` compares with the one that the site serves
SCHEMA.app = application
OPERATIONS = {result.ok().path: result.ok() for result in SCHEMA.get_all_operations()}


@pytest.fixture
def unlimited(demo, monkeypatch):
    """Lets the API be called often, on the connection that holds what the test has in the database."""
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *_: True)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow(seconds=24, reason="calls every address of the API in 30 ways")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
@pytest.mark.parametrize("path", OPERATIONS)
def test_every_answer_is_as_documented(unlimited, path, mode):
    @given(case=OPERATIONS[path].as_strategy(generation_mode=mode))
    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def call(case):
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    call()
