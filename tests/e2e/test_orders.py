import os
import signal

import httpx
import pytest

from deploy.local.configuration.programs import Stack
from deploy.local.configuration.roles import ROLES
from deploy.local.demo.journey import Journey
from deploy.local.demo.shop import Customer
from deploy.local.engines.engine import LOOPBACK
from tests.e2e.observing import chat_of, flush_redis, listening_addresses, pid_of, unfinished
from tests.e2e.secrets import finds, private_files
from tests.e2e.telegram_trouble import make_trouble
from tests.support.eventually import eventually

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

ALL_ROLES = [f"{service}-{role}" for service, roles in ROLES.items() for role in roles]


def times_sent(messages: list[str], journey: Journey) -> int:
    return sum(message.count(str(journey.order_uuid)) for message in messages)


def test_a_paid_order_is_paid_at_once_then_assembled_and_the_chat_gets_both_events(
    stack: Stack, customer: Customer, api_url: str
) -> None:
    chat = chat_of(stack)
    [journey] = customer.order_ships(1)

    customer.pay_all([journey])

    order = httpx.get(f"{api_url}/api/v1/orders/{journey.order_uuid}", trust_env=False).json()
    assert order["status"] in {"PAID", "ASSEMBLED"}
    assert unfinished(stack, customer, [journey]) == []
    told = [text for text in chat.new_messages() if str(journey.order_uuid) in text]
    assert any(order["transaction_uuid"] in text and "SBP" in text for text in told)
    assert any(f" {journey.build_time_s} s" in text for text in told)


def test_a_hundred_orders_paid_at_once_are_all_assembled_and_each_event_is_sent_once(
    stack: Stack, customer: Customer
) -> None:
    chat = chat_of(stack)
    placed = customer.order_ships(100)

    customer.pay_all(placed)

    assert unfinished(stack, customer, placed) == []
    messages = chat.new_messages()
    assert {times_sent(messages, journey) for journey in placed} == {2}


def test_a_wiped_redis_costs_no_order_and_no_message(stack: Stack, customer: Customer) -> None:
    placed = customer.order_ships(20)
    customer.pay_all(placed)

    flush_redis(stack)

    assert unfinished(stack, customer, placed) == []


def test_killing_every_role_costs_no_order_and_no_message(stack: Stack, customer: Customer) -> None:
    placed = customer.order_ships(20)
    customer.pay_all(placed)

    for name in ALL_ROLES:
        os.kill(pid_of(stack, name), signal.SIGKILL)

    def api_is_back() -> bool:
        try:
            return bool(customer.statuses())
        except httpx.HTTPError:
            return False

    eventually(api_is_back, within_s=60)
    assert unfinished(stack, customer, placed) == []


def test_no_process_listens_on_an_address_that_other_machines_reach(stack: Stack) -> None:
    assert listening_addresses(stack.folders) == {LOOPBACK}


def test_after_all_faults_secrets_are_only_where_they_must_be(
    stack: Stack, customer: Customer
) -> None:
    customer.pay_all(customer.order_ships(8))

    make_trouble(stack)

    assert finds(stack) == set()
    assert {path.stat().st_mode & 0o777 for path in private_files(stack.folders)} == {0o600}
    assert stack.folders.local.stat().st_mode & 0o077 == 0
