"""What machines ask: the OpenAPI document, health, metrics."""

import re

from openapi_spec_validator import validate

from tests.integration.gateway.college import College, done
from tests.platform import Platform


def test_the_openapi_document_is_valid_and_complete(platform: Platform):
    with platform.client() as client:
        spec = done(client.get("/api/openapi.json"))
    validate(spec)
    assert spec["openapi"].startswith("3.1")
    ids = set()
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            ids.add(operation["operationId"])
            if not path.startswith("/api/v1/"):
                continue
            told = [status for status in operation["responses"] if status < "300"]
            assert all(operation["responses"][status].get("content") for status in told), where
            assert "500" in operation["responses"], where
            public = path in ("/api/v1/tokens",) or "{serial}" in path
            assert bool(operation.get("security")) is not public, where
    assert len(ids) == sum(len(operations) for operations in spec["paths"].values())


def test_an_answer_is_of_its_schema(college: College):
    spec = done(college["g-1"].get("/api/openapi.json"))
    told = done(college["administrator"].get("/api/v1/members"))["rows"][0]
    assert told.keys() == spec["components"]["schemas"]["Member"]["properties"].keys()


def test_the_documents_fetch_nothing_from_elsewhere(platform: Platform):
    with platform.client() as client:
        page = client.get("/api/docs")
    assert page.status_code == 200
    assert "/api/v1/programs" in page.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)


def test_every_check_of_every_service_is_told(platform: Platform):
    with platform.client() as client:
        assert done(client.get("/healthz")) == {"alive": True}
        told = done(client.get("/readyz"))
    assert told["ready"] is True
    assert told["services"].keys() == {
        "archive",
        "assessment",
        "enrollment",
        "gateway",
        "learning",
    }
    for checks in told["services"].values():
        assert checks.keys() == {"started", "broker", "database", "migrations", "relay"}


def test_what_is_counted_can_be_scraped(platform: Platform):
    with platform.client() as client:
        answer = client.get("/metrics")
    assert "zhixing_rpc_seconds_count" in answer.text
