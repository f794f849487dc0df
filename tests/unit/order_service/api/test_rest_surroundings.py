"""Probes, the OpenAPI document, the documentation page, and the edge of every request."""

import re

import pytest
import structlog
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from libs.errors import Unavailable
from libs.logging.trace import current_traceparent
from tests.unit.order_service.api.rest import ONE, RestApiOnFakes, all_is_well, json_of
from tests.unit.order_service.builders import an_order

TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"


def away() -> None:
    raise Unavailable("connection to 10.0.0.7 refused")


def test_readiness_is_a_line_per_dependency() -> None:
    answer = RestApiOnFakes(checks={"postgresql": all_is_well, "payment": all_is_well}).client.get(
        "/readyz"
    )

    assert (answer.status_code, answer.text) == (200, "postgresql: ready\npayment: ready\n")


def test_an_unavailable_dependency_is_named_and_its_reason_is_only_logged() -> None:
    with capture_logs() as lines:
        answer = RestApiOnFakes(checks={"postgresql": all_is_well, "payment": away}).client.get(
            "/readyz"
        )

    assert (answer.status_code, answer.text) == (503, "postgresql: ready\npayment: unavailable\n")
    assert [(line["dependency"], line["reason"]) for line in lines] == [
        ("payment", "connection to 10.0.0.7 refused")
    ]


def test_the_document_lists_every_call_with_its_answers() -> None:
    paths = json_of(RestApiOnFakes().client.get("/openapi.json"))["paths"]

    answers = {
        (method, path): set(operation["responses"]) - {"default"}
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    assert answers == {
        ("get", "/api/v1/orders"): {"200", "401", "422", "429", "503"},
        ("post", "/api/v1/orders"): {
            *("201", "400", "401", "409", "413", "415", "422", "429", "503", "504"),
        },
        ("get", "/api/v1/orders/{order_uuid}"): {"200", "401", "404", "429", "503"},
        ("post", "/api/v1/orders/{order_uuid}/pay"): {
            *("200", "400", "401", "404", "409", "413", "415", "422", "429", "503", "504"),
        },
        ("post", "/api/v1/orders/{order_uuid}/cancel"): {
            *("204", "401", "404", "409", "429", "503"),
        },
        ("get", "/api/v1/orders/{order_uuid}/timeline"): {"200", "401", "404", "429", "503"},
        ("get", "/api/v1/parts"): {"200", "401", "422", "429", "503", "504"},
    }


def test_the_document_begins_with_a_walk_through_its_own_calls() -> None:
    document = json_of(RestApiOnFakes().client.get("/openapi.json"))

    walk = document["info"]["description"]
    assert document["info"]["title"] == "Shipyard orders"
    for path in document["paths"]:
        if not path.endswith("/cancel"):
            assert f"SERVER{path.replace('{order_uuid}', 'ORDER')}" in walk


def test_the_documentation_page_needs_no_network_and_has_no_inline_script() -> None:
    client = RestApiOnFakes().client

    page = text_of(client, "/docs")

    parts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(parts) >= 4
    assert all(part.startswith("/docs/") for part in parts)
    assert all(text_of(client, part) for part in parts if not part.endswith(".png"))
    assert "/openapi.json" in text_of(client, "/docs/setup.js")
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) == ["", ""]
    assert "style=" not in page


def text_of(client: FlaskClient, path: str) -> str:
    with client.get(path) as answer:
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("sent", "seen"), [(TRACEPARENT, TRACEPARENT), ("nonsense", None), (None, None)]
)
def test_work_belongs_to_the_trace_of_the_request(sent: str | None, seen: str | None) -> None:
    api = RestApiOnFakes(an_order())
    traces: list[str | None] = []

    @api.application.get("/trace")
    def trace() -> str:
        traces.append(current_traceparent())
        return ""

    structlog.contextvars.bind_contextvars(traceparent="of an earlier request")
    api.client.get("/trace", headers={"traceparent": sent} if sent else {})

    assert traces == [seen]


def test_a_request_is_one_line_in_the_log() -> None:
    with capture_logs() as lines:
        RestApiOnFakes(an_order()).client.get(ONE)

    assert [(line["event"], line["endpoint"], line["status"]) for line in lines] == [
        ("request_answered", "orders.get_order", 200)
    ]


def test_probes_are_not_logged() -> None:
    with capture_logs() as lines:
        RestApiOnFakes().client.get("/livez")

    assert lines == []
