"""The Idempotency-Key header on create and pay."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from libs.errors import AppError
from libs.postgres.engine import DatabaseUnavailable
from order_service.api.http.application import Gate
from order_service.api.http.guards.callers import ApiKeys
from order_service.model.errors import (
    InventoryUnavailable,
    PaymentDeclined,
    PaymentTimedOut,
    PaymentUnavailable,
)
from order_service.model.events import order_paid
from order_service.model.order import OrderStatus
from order_service.service.orders.ports import OrderFilter
from tests.unit.order_service.api.rest import BASE, CARD, GOOD, PAY, RestApiOnFakes, json_of
from tests.unit.order_service.builders import (
    ENGINE,
    NOON,
    ORDER,
    USER,
    WING,
    a_claim,
    a_paid_order,
    an_order,
)
from tests.unit.order_service.fakes import transaction_of


def post(client: FlaskClient, path: str, body: Any, key: str = "k", **headers: str) -> TestResponse:
    return client.post(path, json=body, headers={"Idempotency-Key": key, **headers})


def seen(answer: TestResponse) -> tuple[int, bytes, str | None, str | None]:
    headers = answer.headers
    return (
        answer.status_code,
        answer.data,
        headers.get("Location"),
        headers.get("Idempotency-Replayed"),
    )


def orders_of(api: RestApiOnFakes) -> int:
    return len(api.orders.newest(OrderFilter(), limit=100))


def finish_by_itself(api: RestApiOnFakes) -> None:
    """Finish an unfinished payment as the reconciler does."""
    claim = api.orders.only.claim
    assert claim is not None
    transaction = transaction_of(ORDER)
    api.orders.mark_paid(claim, transaction, announce=order_paid(claim, transaction, at=NOON))


def test_a_repeated_create_makes_one_order_and_gets_the_same_answer() -> None:
    api = RestApiOnFakes()

    first, second = (post(api.client, BASE, GOOD) for _ in range(2))

    status, body, location, _ = seen(first)
    assert (status, location) == (201, f"{BASE}/{json_of(first)['order_uuid']}")
    assert seen(first)[3] is None
    assert seen(second) == (status, body, location, "true")
    assert orders_of(api) == 1


def test_a_repeated_pay_charges_once_and_gets_the_same_answer() -> None:
    api = RestApiOnFakes(an_order())

    first, second = (post(api.client, PAY, CARD) for _ in range(2))

    assert seen(first) == (200, first.data, None, None)
    assert seen(second) == (200, first.data, None, "true")
    assert len(api.payments.calls) == 1


def test_without_a_key_each_create_is_an_order() -> None:
    api = RestApiOnFakes()
    for _ in range(2):
        api.client.post(BASE, json=GOOD)

    assert orders_of(api) == 2


@pytest.mark.parametrize(
    ("sent", "again"),
    [
        ("8e03978e-40d5-43e8-bc93-6894a57f9324", '"8e03978e-40d5-43e8-bc93-6894a57f9324"'),
        ('"with space"', '"with space"'),
        (r'"a\"b\\c"', r'"a\"b\\c"'),
        (r"a\b", r'"a\\b"'),
        ("k" * 255, f'"{"k" * 255}"'),
        ("k", "  k  "),
    ],
)
def test_a_quoted_key_equals_the_bare_one(sent: str, again: str) -> None:
    api = RestApiOnFakes()

    answers = [post(api.client, BASE, GOOD, key) for key in (sent, again)]

    assert [seen(answer)[3] for answer in answers] == [None, "true"]


@pytest.mark.parametrize(
    "key", ["", '""', "k" * 256, f'"{"k" * 256}"', '"open', "two words", 'a"b', "\xe9", '"\xe9"']
)
def test_a_malformed_key_is_a_bad_request(key: str) -> None:
    api = RestApiOnFakes()

    answer = post(api.client, BASE, GOOD, key)

    assert (answer.status_code, json_of(answer)["status"]) == (400, "Bad Request")
    assert orders_of(api) == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (BASE, {**GOOD, "part_uuids": [str(ENGINE)] * 2}),
        (PAY, CARD),
    ],
)
def test_a_key_belongs_to_one_request(path: str, body: Any) -> None:
    api = RestApiOnFakes(an_order())
    post(api.client, BASE, GOOD)

    answer = post(api.client, path, body)

    assert answer.status_code == 422
    assert "a different request" in json_of(answer)["message"]


def test_the_order_of_fields_does_not_matter() -> None:
    api = RestApiOnFakes()
    post(api.client, BASE, GOOD)

    answer = post(api.client, BASE, dict(reversed(GOOD.items())))

    assert seen(answer)[3] == "true"


def test_each_api_key_has_its_own_idempotency_keys() -> None:
    api = RestApiOnFakes(gate=Gate(keys=ApiKeys(["one", "two"])))
    for key in ("one", "two", "two"):
        post(api.client, BASE, GOOD, "k", **{"X-API-Key": key})

    assert orders_of(api) == 2


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (BASE, {**GOOD, "part_uuids": [str(USER)]}, 400),
        (BASE, {**GOOD, "part_uuids": [str(WING)] * 2}, 422),
        (f"{BASE}/{USER}/pay", CARD, 404),
        (PAY, CARD, 409),
    ],
)
def test_a_final_refusal_is_repeated(path: str, body: Any, status: int) -> None:
    api = RestApiOnFakes(an_order(status=OrderStatus.CANCELLED))

    first, second = (post(api.client, path, body) for _ in range(2))

    assert seen(first) == (status, first.data, None, None)
    assert seen(second) == (status, first.data, None, "true")


def test_a_declined_payment_is_not_retried_by_a_repeat() -> None:
    api = RestApiOnFakes(an_order())
    api.payments.failure = PaymentDeclined(ORDER, "no money")
    post(api.client, PAY, CARD)
    api.payments.failure = None

    answer = post(api.client, PAY, CARD)

    assert (answer.status_code, seen(answer)[3]) == (409, "true")
    assert api.payments.charged == {}


def test_a_refusal_before_the_work_is_not_stored() -> None:
    api = RestApiOnFakes()
    assert post(api.client, BASE, {}).status_code == 422
    assert api.client.post(BASE, headers={"Idempotency-Key": "k"}).status_code == 415

    assert post(api.client, BASE, GOOD).status_code == 201


def test_a_failed_create_is_retried() -> None:
    api = RestApiOnFakes()
    api.inventory.failure = InventoryUnavailable()
    assert post(api.client, BASE, GOOD).status_code == 503
    api.inventory.failure = None

    assert post(api.client, BASE, GOOD).status_code == 201
    assert orders_of(api) == 1


def test_a_bug_is_not_stored() -> None:
    api = RestApiOnFakes()
    api.orders.failing_at["add"] = ZeroDivisionError("a bug")  # type: ignore[assignment]
    assert post(api.client, BASE, GOOD).status_code == 500
    api.orders.failing_at.clear()

    assert post(api.client, BASE, GOOD).status_code == 201


def test_a_payment_in_flight_is_not_stored() -> None:
    api = RestApiOnFakes(an_order(claim=a_claim()))
    assert post(api.client, PAY, CARD).headers["Retry-After"] == "1"
    api.clock.pass_s(11)

    assert post(api.client, PAY, CARD).status_code == 200


@pytest.mark.parametrize("failure", [PaymentUnavailable(ORDER), PaymentTimedOut(ORDER)])
def test_a_payment_that_the_reconciler_finished_is_a_success_of_its_key(failure: AppError) -> None:
    api = RestApiOnFakes(an_order())
    api.payments.failure_after_charging = failure
    assert post(api.client, PAY, CARD).status_code in (503, 504)
    finish_by_itself(api)

    answer = post(api.client, PAY, CARD)

    assert (answer.status_code, json_of(answer)) == (
        200,
        {"transaction_uuid": str(transaction_of(ORDER))},
    )


def test_a_new_key_does_not_take_a_payment_for_its_own() -> None:
    api = RestApiOnFakes(a_paid_order())

    assert post(api.client, PAY, CARD).status_code == 409


def test_a_repeat_does_not_take_a_payment_by_another_method_for_its_own() -> None:
    api = RestApiOnFakes(an_order(claim=a_claim()))
    assert post(api.client, PAY, {"payment_method": "SBP"}).status_code == 409
    finish_by_itself(api)

    assert post(api.client, PAY, {"payment_method": "SBP"}).status_code == 409


def test_an_answer_that_cannot_be_kept_is_given_all_the_same() -> None:
    api = RestApiOnFakes(an_order())
    api.orders.keys.failing_at["finish"] = DatabaseUnavailable("away")
    first = post(api.client, PAY, CARD)
    api.orders.keys.failing_at.clear()
    assert post(api.client, PAY, CARD).status_code == 409
    api.clock.pass_s(16)

    second = post(api.client, PAY, CARD)

    assert (second.status_code, second.data) == (200, first.data)
    assert len(api.payments.calls) == 1


def test_without_the_store_of_keys_nothing_is_done() -> None:
    api = RestApiOnFakes()
    api.orders.keys.failing_at["begin"] = DatabaseUnavailable("away")

    assert post(api.client, BASE, GOOD).status_code == 503
    assert orders_of(api) == 0
