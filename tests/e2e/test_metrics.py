"""The metrics of the whole stack, found as a Prometheus finds them."""

import json
from collections.abc import Iterable, Mapping

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.configuration.programs import Stack
from deploy.local.configuration.roles import ROLES
from deploy.local.demo.shop import Customer
from libs.metrics.declared import deliveries, kafka, orders, outbox, process, requests, tasks
from libs.metrics.declared.every import EVERY
from libs.metrics.declared.kinds import Declared
from tests.e2e.observing import unfinished
from tests.support.eventually import eventually

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

MOVED_BY_AN_ORDER: Iterable[Declared] = (
    requests.HTTP_REQUEST,
    requests.GRPC_CALL,
    requests.CHARGE,
    orders.ORDER_MOVES,
    orders.REVENUE,
    orders.BUILD_TIME,
    orders.LATENESS,
    orders.PAID_TO_ASSEMBLED,
    outbox.BATCH,
    outbox.PUBLISHED,
    outbox.DELAY,
    kafka.BATCH,
    kafka.HAND_OFF,
    kafka.COMMITTED,
    kafka.LAST_COMMIT,
    tasks.TASKS,
    tasks.TASK_LATENESS,
    tasks.REDIS_SINCE,
    tasks.REDIS_TAKES_WRITES,
    deliveries.ADDED,
    deliveries.SETTLED,
    deliveries.SEND,
    deliveries.BOT_POLLS,
    process.STORE_UP,
    process.STORE_LOOK,
    process.PROCESS_THREADS,
)

ONLY_SOMETIMES: Iterable[Declared] = (
    tasks.QUEUE_NEXT_DUE,
    orders.ESTIMATED,
    deliveries.ESTIMATED,
)
"""Absent without a countdown, and without statistics."""


def targets_of(stack: Stack) -> Mapping[tuple[str, str], str]:
    """Return the address of each role."""
    listed = json.loads(stack.folders.prometheus_targets.read_text(encoding="utf-8"))
    return {
        (each["labels"]["service"], each["labels"]["role"]): each["targets"][0] for each in listed
    }


def served_by(address: str) -> dict[str, float]:
    """Return the sum of all samples of each metric; of a histogram, the number of its values."""
    text = httpx.get(f"http://{address}/metrics", trust_env=False, timeout=10).text
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if not sample.name.endswith(("_bucket", "_sum")):
                name = sample.name.removesuffix("_count")
                found[name] = found.get(name, 0.0) + sample.value
    return found


def served(stack: Stack) -> dict[str, float]:
    found: dict[str, float] = {}
    for address in targets_of(stack).values():
        for name, value in served_by(address).items():
            found[name] = found.get(name, 0.0) + value
    return found


def test_every_role_and_flower_is_found_and_says_when_it_was_started(stack: Stack) -> None:
    targets = targets_of(stack)

    roles = {(service, role) for service, roles in ROLES.items() for role in roles}
    assert set(targets) == {*roles, ("flower", "flower")}
    for address in targets.values():
        assert served_by(address)["process_start_time_seconds"] > 0


def test_each_metric_is_served_and_moves_when_an_order_goes_through(
    stack: Stack, customer: Customer
) -> None:
    served(stack)
    placed = customer.order_ships(3)
    customer.pay_all(placed)
    assert unfinished(stack, customer, placed) == []

    def still() -> set[str]:
        found = served(stack)
        return {metric.name for metric in MOVED_BY_AN_ORDER if not found.get(metric.name)}

    eventually(lambda: not still(), within_s=40, every_s=2)

    declared = {metric.name for page in EVERY.values() for metric in page}
    assert declared - {metric.name for metric in ONLY_SOMETIMES} <= served(stack).keys()


def test_the_way_of_an_order_can_be_counted(stack: Stack, customer: Customer) -> None:
    before = served(stack)
    placed = customer.order_ships(5)
    customer.pay_all(placed)
    assert unfinished(stack, customer, placed) == []

    def moved(metric: Declared) -> float:
        return served(stack)[metric.name] - before.get(metric.name, 0.0)

    eventually(lambda: moved(deliveries.SETTLED) == 10, within_s=30, every_s=1)
    assert moved(orders.ORDER_MOVES) == 15
    assert moved(orders.PAID_TO_ASSEMBLED) == 5
    assert moved(outbox.DELAY) == 5
    assert moved(orders.REVENUE) > 0
