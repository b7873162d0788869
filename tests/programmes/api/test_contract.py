"""The OpenAPI document as a contract: what the site answers is what it says."""

import jsonschema
import pytest

from programmes.vocabulary import CMOCStatus
from realist.api import INNER_LISTS, RESOURCES, published_schema


def faults_of(answer, address, code="200", kind="application/json"):
    """Return in which ways an answer is not as the document says of an address."""
    document = published_schema()
    shape = document["paths"][address]["get"]["responses"][code]["content"][kind]["schema"]
    validator = jsonschema.Draft202012Validator({**shape, "components": document["components"]})
    return [f"{address} {error.json_path}: {error.message}" for error in validator.iter_errors(answer)]


@pytest.mark.django_db
def test_every_answer_is_of_the_shape_that_is_published(universe, client):
    faults = []
    for name in RESOURCES:
        address = f"/api/v1/{name}/"
        rows = client.get(address).json()
        faults += faults_of(rows, address)
        faults += faults_of(client.get(f"{address}?page_size=1&count=true").json(), address)
        for row in rows["results"][:1]:
            faults += faults_of(client.get(f"{address}{row['id']}/").json(), f"{address}{{id}}/")
        problem = client.get(f"{address}?none=1").json()
        faults += faults_of(problem, address, "400", "application/problem+json")
    for name in INNER_LISTS:
        faults += faults_of(client.get(f"/api/v1/{name}/").json(), f"/api/v1/{name}/")
    changes = client.get("/api/v1/changes/?rows=true&page_size=1000").json()
    faults += faults_of(changes, "/api/v1/changes/")
    assert (faults, len(changes["results"]) > 100) == ([], True)


def test_everything_in_the_document_is_said_in_words_and_terms():
    document = published_schema()
    operations = {path: operation for path, given in document["paths"].items() for operation in given.values()}
    silent = [path for path, operation in operations.items() if not (operation.get("summary") and operation["tags"])]
    silent += [
        f"{path} {parameter['name']}"
        for path, operation in operations.items()
        for parameter in operation["parameters"]
        if not parameter.get("description")
    ]
    shapes = document["components"]["schemas"]

    assert silent == []
    assert shapes["CMOC"]["properties"]["status"]["enum"] == [*CMOCStatus.values, ""]
    assert "" in shapes["Study"]["properties"]["kind"]["enum"]
    assert None in shapes["Quote"]["properties"]["service_basis"]["enum"]
