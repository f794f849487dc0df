"""API keys of the REST API."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from order_service.api.http.application import Gate
from order_service.api.http.guards.callers import ApiKeys
from order_service.api.http.guards.key_ids import key_id
from order_service.app.roles.http import say_who_may_call
from tests.unit.order_service.api.rest import BASE, GOOD, RestApiOnFakes, assert_failed, json_of
from tests.unit.order_service.builders import ORDER, an_order

KEYS = ("a-key-of-some-length", "another-key-of-some-length")


def guarded_shop() -> RestApiOnFakes:
    return RestApiOnFakes(an_order(), gate=Gate(keys=ApiKeys(KEYS)))


@pytest.mark.parametrize("key", KEYS)
def test_every_configured_key_is_accepted(key: str) -> None:
    answer = guarded_shop().client.get(BASE, headers={"X-API-Key": key})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "wrong"},
        {"X-API-Key": KEYS[0][:-1]},
        {"X-API-Key": f"{KEYS[0]}x"},
        {"X-API-Key": ",".join(KEYS)},
        {"X-API-Key": "\xff"},
        {"Authorization": f"Bearer {KEYS[0]}"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "", GOOD),
        ("GET", f"/{ORDER}", None),
        ("POST", f"/{ORDER}/pay", {"payment_method": "CARD"}),
        ("POST", f"/{ORDER}/cancel", None),
        ("OPTIONS", "", None),
    ],
)
def test_an_unknown_caller_is_refused_and_nothing_is_done(
    headers: dict[str, str], method: str, path: str, body: Any
) -> None:
    api = guarded_shop()

    answer = api.client.open(f"{BASE}{path}", method=method, json=body, headers=headers)

    assert "X-API-Key" in assert_failed(answer, 401, "Unauthorized")["message"]
    assert answer.headers["WWW-Authenticate"].startswith("Apikey ")
    assert (api.orders.only, api.payments.calls) == (an_order(), [])


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/openapi.json", "/docs", "/docs/setup.js"])
def test_health_and_the_document_need_no_key(path: str) -> None:
    with guarded_shop().client.get(path) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("key", [KEYS[0], "wrong"])
def test_an_unknown_path_is_404_without_a_key(key: str) -> None:
    answer = guarded_shop().client.get("/nothing", headers={"X-API-Key": key})

    assert answer.status_code == 404


def test_without_configured_keys_every_caller_is_accepted() -> None:
    assert RestApiOnFakes().client.get(BASE, headers={"X-API-Key": "any"}).status_code == 200


@pytest.mark.parametrize(("keys", "required"), [(KEYS, [{"ApiKey": []}]), ((), [])])
def test_the_document_says_how_a_key_is_sent_and_whether_it_is_required(
    keys: tuple[str, ...], required: list[dict[str, list[str]]]
) -> None:
    document = json_of(RestApiOnFakes(gate=Gate(keys=ApiKeys(keys))).client.get("/openapi.json"))

    scheme = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
    assert document["components"]["securitySchemes"] == {"ApiKey": scheme}
    assert document["security"] == required


def test_every_known_key_is_compared_even_if_an_earlier_one_matches() -> None:
    assert [ApiKeys([*KEYS, KEYS[0]]).caller(key) for key in (*KEYS, "wrong")] == [
        key_id(KEYS[0]),
        key_id(KEYS[1]),
        None,
    ]


def test_the_log_has_the_id_of_a_key_and_not_the_key() -> None:
    with capture_logs() as lines:
        say_who_may_call([KEYS[0], "short"])
        guarded_shop().client.get(BASE, headers={"X-API-Key": KEYS[0]})

    assert [line["event"] for line in lines] == [
        *("api_keys_required", "api_key_short", "request_answered")
    ]
    assert lines[0]["keys"] == [key_id(KEYS[0]), key_id("short")]
    assert KEYS[0] not in str(lines)
    assert "'short'" not in str(lines)


def test_an_open_api_is_logged_at_the_start() -> None:
    with capture_logs() as lines:
        say_who_may_call([])

    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("api_open_to_everybody", "warning")
    ]
