"""Probes, the OpenAPI document, the documentation page, and the edge of every request."""

import re

import pytest
import structlog
from structlog.testing import capture_logs

from libs.errors import Unavailable
from libs.logging.trace import current_traceparent
from tests.unit.order_service.builders import ORDER, an_order
from tests.unit.order_service.rest import RestShop, all_is_well, json_of

TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"


def away() -> None:
    raise Unavailable("connection refused")


def test_a_living_process_says_so() -> None:
    assert RestShop().client.get("/livez").status_code == 200


def test_readiness_is_a_line_per_dependency() -> None:
    answer = RestShop(checks={"postgresql": all_is_well, "payment": all_is_well}).client.get(
        "/readyz"
    )

    assert (answer.status_code, answer.text) == (200, "postgresql: ready\npayment: ready\n")


def test_one_missing_dependency_is_not_ready_and_named() -> None:
    answer = RestShop(checks={"postgresql": all_is_well, "payment": away}).client.get("/readyz")

    assert (answer.status_code, answer.text) == (
        503,
        "postgresql: ready\npayment: connection refused\n",
    )


def test_doubled_slashes_are_led_to_the_right_path() -> None:
    answer = RestShop().client.get("/api//v1/orders")

    assert (answer.status_code, answer.headers["Location"]) == (
        308,
        "http://localhost/api/v1/orders",
    )


def test_the_document_lists_every_call_with_its_answers() -> None:
    paths = json_of(RestShop().client.get("/openapi.json"))["paths"]

    answers = {
        (method, path): set(operation["responses"]) - {"default"}
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    assert answers == {
        ("get", "/api/v1/orders"): {"200", "422", "503"},
        ("post", "/api/v1/orders"): {"201", "400", "413", "415", "422", "503", "504"},
        ("get", "/api/v1/orders/{order_uuid}"): {"200", "404", "503"},
        ("post", "/api/v1/orders/{order_uuid}/pay"): {
            *("200", "400", "404", "409", "413", "415", "422", "503", "504"),
        },
        ("post", "/api/v1/orders/{order_uuid}/cancel"): {"204", "404", "409", "503"},
    }


def test_the_documentation_page_needs_no_network() -> None:
    client = RestShop().client

    page = client.get("/docs").text

    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(assets) >= 3
    assert all(asset.startswith("/docs/assets/") for asset in assets)
    for asset in assets:
        with client.get(asset) as answer:
            assert answer.status_code == 200
    assert "/openapi.json" in page


@pytest.mark.parametrize(
    ("sent", "seen"), [(TRACEPARENT, TRACEPARENT), ("nonsense", None), (None, None)]
)
def test_work_belongs_to_the_trace_that_the_request_named(
    sent: str | None, seen: str | None
) -> None:
    shop = RestShop(an_order())
    traces: list[str | None] = []

    @shop.application.get("/trace")
    def trace() -> str:
        traces.append(current_traceparent())
        return ""

    structlog.contextvars.bind_contextvars(traceparent="of an earlier request")
    shop.client.get("/trace", headers={"traceparent": sent} if sent else {})

    assert traces == [seen]


def test_a_request_is_one_line_in_the_log() -> None:
    with capture_logs() as lines:
        RestShop(an_order()).client.get(f"/api/v1/orders/{ORDER}")

    assert [(line["event"], line["endpoint"], line["status"]) for line in lines] == [
        ("request_answered", "orders.get_order", 200)
    ]


def test_probes_are_not_logged() -> None:
    with capture_logs() as lines:
        RestShop().client.get("/livez")

    assert lines == []
