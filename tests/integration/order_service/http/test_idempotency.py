"""Requests with an Idempotency-Key at a real server: races, crashes and restarts."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import (
    Answer,
    RestClient,
    dying_role,
    http_role,
)
from tests.integration.order_service.peers import RecordingPayments, transaction_for

BASE = "/api/v1/orders"
BODY = {"user_uuid": str(uuid4()), "part_uuids": [str(uuid4())]}
CARD = {"payment_method": "CARD"}

ROUNDS = 100
AT_ONCE = 6


def create(client: RestClient, key: str) -> Answer:
    return client.call("POST", BASE, BODY, headers={"Idempotency-Key": key})


def pay(client: RestClient, order_uuid: str, key: str) -> Answer:
    return client.call("POST", f"{BASE}/{order_uuid}/pay", CARD, headers={"Idempotency-Key": key})


def assert_in_flight(answer: Answer) -> None:
    assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
    assert "in progress" in answer.body["message"]


def test_of_many_concurrent_creates_with_one_key_one_creates_the_order(
    environment: dict[str, str], database: OrderDatabase
) -> None:
    statuses: Counter[int] = Counter()
    with http_role(environment) as (_, client), ThreadPoolExecutor(AT_ONCE) as customers:
        for n in range(ROUNDS):
            together = Barrier(AT_ONCE)

            def ask(_: int, key: str = f"round-{n}", together: Barrier = together) -> Answer:
                together.wait()
                return create(client, key)

            answers = list(customers.map(ask, range(AT_ONCE)))
            created = {answer.text for answer in answers if answer.status == 201}
            statuses.update(answer.status for answer in answers)
            assert len(created) == 1
            assert {create(client, f"round-{n}").text} == created

    assert set(statuses) <= {201, 409}
    assert database.orders() == ROUNDS


def test_the_same_answer_comes_from_another_process(
    environment: dict[str, str], database: OrderDatabase
) -> None:
    with http_role(environment) as (_, client):
        first = create(client, "k")
    with http_role(environment) as (_, client):
        again = create(client, '"k"')

    assert (again.status, again.text) == (201, first.text)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_repeat_after_the_lease_creates_an_order_whose_process_died_before_it(
    environment: dict[str, str], database: OrderDatabase
) -> None:
    with dying_role(environment, "after_key_claim") as client:
        create(client, "k")
    assert database.orders() == 0

    with http_role(environment) as (_, client):
        assert_in_flight(create(client, "k"))
        database.age_keys()
        assert create(client, "k").status == 201

    assert database.orders() == 1


def test_a_repeat_is_answered_at_once_when_the_process_died_after_the_order(
    environment: dict[str, str], database: OrderDatabase
) -> None:
    with dying_role(environment, "after_create_commit") as client:
        create(client, "k")
    assert database.orders() == 1

    with http_role(environment) as (_, client):
        answer = create(client, "k")

    assert answer.status == 201
    assert answer.body["total_price"] == float(
        database.row(answer.body["order_uuid"])["total_price"]
    )
    assert answer.headers["Location"] == f"{BASE}/{answer.body['order_uuid']}"
    assert database.orders() == 1


@pytest.mark.parametrize(
    "label", ["after_key_claim", "after_claim", "after_charge", "after_paid_commit"]
)
def test_a_payment_whose_process_died_is_finished_by_its_key(
    environment: dict[str, str],
    database: OrderDatabase,
    payments: RecordingPayments,
    label: str,
) -> None:
    with dying_role(environment, label) as client:
        order_uuid = client.create()
        pay(client, order_uuid, "k")

    with http_role(environment) as (_, client):
        assert_in_flight(pay(client, order_uuid, "k"))
        database.age_keys()
        database.age_claims()
        answers = [pay(client, order_uuid, "k") for _ in range(2)]

    paid = {"transaction_uuid": transaction_for(order_uuid)}
    assert [(answer.status, answer.body) for answer in answers] == [(200, paid)] * 2
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(database.events(order_uuid)) == 1
    assert len(set(payments.ledger)) == 1


def test_many_concurrent_payments_with_one_key_get_the_same_answer(
    environment: dict[str, str], database: OrderDatabase, payments: RecordingPayments
) -> None:
    with http_role(environment) as (_, client), ThreadPoolExecutor(AT_ONCE) as customers:
        order_uuid = client.create()
        first = list(customers.map(lambda _: pay(client, order_uuid, "k"), range(AT_ONCE)))
        last = pay(client, order_uuid, "k")

    assert {answer.status for answer in first} <= {200, 409}
    assert last.status == 200
    assert {answer.text for answer in first if answer.status == 200} == {last.text}
    assert len(payments.ledger) == 1
