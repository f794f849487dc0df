"""The failure rows of the REST contract."""

import json

import pytest

from libs.errors import AppError
from libs.postgres.engine import DatabaseUnavailable
from order_service.model.errors import (
    InventoryTimedOut,
    InventoryUnavailable,
    PaymentDeclined,
    PaymentInvalid,
    PaymentTimedOut,
    PaymentUnavailable,
)
from order_service.model.order import Order, OrderStatus
from tests.unit.order_service.api.rest import (
    BASE,
    CANCEL,
    CARD,
    GOOD,
    ONE,
    PAY,
    RestApiOnFakes,
    assert_failed,
)
from tests.unit.order_service.builders import (
    ENGINE,
    NOON,
    ORDER,
    USER,
    a_claim,
    a_paid_order,
    an_order,
)

JSON = "application/json"
OTHER_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/x+json",
    "application/json-seq",
    "application/vnd.api+json; charset=utf-8",
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 50_000,
        b'{"user_uuid": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(body: bytes) -> None:
    answer = RestApiOnFakes().client.post(BASE, data=body, content_type=JSON)

    assert_failed(answer, 400, "Bad Request")


def test_every_part_that_does_not_exist_is_named_once() -> None:
    ghosts = [str(USER), str(ORDER)]

    answer = RestApiOnFakes().client.post(
        BASE, json={**GOOD, "part_uuids": [*ghosts, str(ENGINE), *ghosts]}
    )

    message = assert_failed(answer, 400, "Bad Request")["message"]
    assert [message.count(each) for each in (*ghosts, str(ENGINE))] == [1, 1, 0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"part_uuids": [str(ENGINE)]}, "user_uuid"),
        ({**GOOD, "user_uuid": None}, "user_uuid"),
        ({**GOOD, "user_uuid": 5}, "user_uuid"),
        ({**GOOD, "user_uuid": USER.hex}, "user_uuid"),
        ({**GOOD, "user_uuid": f"{{{USER}}}"}, "user_uuid"),
        ({**GOOD, "part_uuids": []}, "part_uuids"),
        ({**GOOD, "part_uuids": [str(ENGINE)] * 101}, "part_uuids"),
        ({**GOOD, "part_uuids": str(ENGINE)}, "part_uuids"),
        ({**GOOD, "part_uuids": ["x"]}, "part_uuids"),
        ({**GOOD, "discount": 5}, "discount"),
        ([], "_schema"),
        ("order", "_schema"),
        (None, "_schema"),
    ],
)
def test_a_body_that_breaks_the_schema_names_the_field(body: object, field: str) -> None:
    answer = RestApiOnFakes().client.post(BASE, data=json.dumps(body), content_type=JSON)

    errors = assert_failed(answer, 422, "Unprocessable Entity")["errors"]
    assert list(errors) == [field]
    assert all(isinstance(told, str) and told for told in errors[field])


@pytest.mark.parametrize("url", [BASE, PAY])
@pytest.mark.parametrize("content_type", [*OTHER_TYPES, None])
def test_a_body_of_another_type_is_refused_unread(url: str, content_type: str | None) -> None:
    answer = RestApiOnFakes(an_order()).client.post(url, data=b"{", content_type=content_type)

    assert_failed(answer, 415, "Unsupported Media Type")


def test_a_charset_in_the_content_type_is_accepted() -> None:
    answer = RestApiOnFakes().client.post(
        BASE, data=json.dumps(GOOD), content_type="application/json; charset=utf-8"
    )

    assert answer.status_code == 201


@pytest.mark.parametrize("length_is_told", [True, False])
def test_a_body_above_64_kib_is_too_large(*, length_is_told: bool) -> None:
    body = json.dumps(GOOD).encode().ljust(64 * 1024 + 1)
    told = {} if length_is_told else {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}

    answer = RestApiOnFakes().client.post(
        BASE, data=body, content_type=JSON, environ_overrides=told
    )

    assert_failed(answer, 413, "Content Too Large")


def test_a_body_of_64_kib_is_read() -> None:
    body = json.dumps(GOOD).encode().ljust(64 * 1024)

    assert RestApiOnFakes().client.post(BASE, data=body, content_type=JSON).status_code == 201


@pytest.mark.parametrize(
    ("failure", "status", "phrase"),
    [
        (InventoryUnavailable(), 503, "Service Unavailable"),
        (InventoryTimedOut(), 504, "Gateway Timeout"),
    ],
)
def test_an_absent_inventory_is_503_or_504(failure: AppError, status: int, phrase: str) -> None:
    api = RestApiOnFakes()
    api.inventory.failure = failure

    assert_failed(api.client.post(BASE, json=GOOD), status, phrase)


@pytest.mark.parametrize(
    ("method", "path", "port"),
    [
        ("POST", "", "add"),
        ("GET", "", "newest"),
        ("GET", f"/{ORDER}", "get"),
        ("POST", f"/{ORDER}/cancel", "cancel"),
    ],
)
def test_an_answer_hides_the_address_of_the_database(method: str, path: str, port: str) -> None:
    api = RestApiOnFakes(an_order())
    api.orders.failing_at[port] = DatabaseUnavailable("connection to 10.0.0.7 refused")
    body = GOOD if path == "" and method == "POST" else None

    answer = api.client.open(f"{BASE}{path}", method=method, json=body)

    assert "10.0.0.7" not in assert_failed(answer, 503, "Service Unavailable")["message"]


@pytest.mark.parametrize("order_uuid", [USER, "17", f"{ORDER}0", "not-a-uuid"])
@pytest.mark.parametrize(("method", "call"), [("GET", ""), ("POST", "/pay"), ("POST", "/cancel")])
def test_an_unknown_order_is_not_found(order_uuid: object, method: str, call: str) -> None:
    api = RestApiOnFakes(an_order())
    body = CARD if call == "/pay" else None

    answer = api.client.open(f"{BASE}/{order_uuid}{call}", method=method, json=body)

    assert_failed(answer, 404, "Not Found")
    assert api.payments.calls == []


@pytest.mark.parametrize("method", ["UNKNOWN", "PAYMENT_METHOD_UNKNOWN", "card", "", None, 1, []])
def test_an_unknown_method_is_unprocessable(method: object) -> None:
    api = RestApiOnFakes(an_order())

    answer = api.client.post(PAY, json={"payment_method": method})

    assert "payment_method" in assert_failed(answer, 422, "Unprocessable Entity")["errors"]
    assert api.payments.calls == []


@pytest.mark.parametrize(
    ("order", "path"),
    [
        (a_paid_order(), PAY),
        (a_paid_order(status=OrderStatus.ASSEMBLED, assembled_at=NOON, build_time_s=3), PAY),
        (an_order(status=OrderStatus.CANCELLED), PAY),
        (a_paid_order(), CANCEL),
    ],
)
def test_a_forbidden_move_is_a_conflict_without_retry_after(order: Order, path: str) -> None:
    api = RestApiOnFakes(order)

    answer = api.client.post(path, json=CARD)

    assert_failed(answer, 409, "Conflict")
    assert "Retry-After" not in answer.headers
    assert (api.orders.only, api.payments.calls) == (order, [])


@pytest.mark.parametrize("path", [PAY, CANCEL])
def test_a_payment_in_flight_is_a_conflict_with_a_retry_after_of_a_second(path: str) -> None:
    api = RestApiOnFakes(an_order(claim=a_claim()))

    answer = api.client.post(path, json=CARD)

    assert_failed(answer, 409, "Conflict")
    assert answer.headers["Retry-After"] == "1"
    assert api.payments.calls == []


@pytest.mark.parametrize(
    ("failure", "status"), [(PaymentUnavailable(ORDER), 503), (PaymentTimedOut(ORDER), 504)]
)
def test_an_unanswered_payment_keeps_its_claim_and_will_be_finished_by_itself(
    failure: AppError, status: int
) -> None:
    api = RestApiOnFakes(an_order())
    api.payments.failure_after_charging = failure

    answer = api.client.post(PAY, json=CARD)

    assert answer.status_code == status
    assert "will be finished by itself" in answer.get_json()["message"]
    assert api.orders.only.claim is not None
    assert_failed(api.client.post(CANCEL), 409, "Conflict")


@pytest.mark.parametrize(
    ("failure", "status"),
    [(PaymentInvalid(ORDER, "no such method"), 422), (PaymentDeclined(ORDER, "no money"), 409)],
)
def test_a_refused_payment_releases_the_order_and_is_not_announced_as_unfinished(
    failure: AppError, status: int
) -> None:
    api = RestApiOnFakes(an_order())
    api.payments.failure = failure

    answer = api.client.post(PAY, json=CARD)

    assert answer.status_code == status
    assert "by itself" not in answer.get_json()["message"]
    assert api.orders.only == an_order()


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1_0",
        "limit=",
        "status=LOST",
        "status=",
        "user_uuid=x",
        "cursor=x",
        f"cursor={'z' * 46}",
        f"cursor={'f' * 47}",
        f"cursor={'f' * 46}%0A",
        "colour=red",
    ],
)
def test_a_query_that_breaks_the_schema_is_unprocessable(query: str) -> None:
    answer = RestApiOnFakes().client.get(f"{BASE}?{query}")

    assert_failed(answer, 422, "Unprocessable Entity")


def test_an_unknown_method_gets_the_list_of_allowed_ones() -> None:
    answer = RestApiOnFakes().client.delete(BASE)

    assert_failed(answer, 405, "Method Not Allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/nothing", "//", "///", "/api//v1/orders", "/api/v1/orders/", "*"]
)
def test_an_unknown_path_is_not_found(path: str) -> None:
    answer = RestApiOnFakes().client.open(path="/", environ_overrides={"PATH_INFO": path})

    assert_failed(answer, 404, "Not Found")


def test_a_bug_shows_nothing_of_itself() -> None:
    api = RestApiOnFakes(an_order())
    api.orders.failing_at["get"] = ZeroDivisionError("secret")  # type: ignore[assignment]  # a bug

    answer = api.client.get(ONE)

    assert assert_failed(answer, 500, "Internal Server Error")["message"] == "internal server error"
