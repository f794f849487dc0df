"""A notification service that takes calls and never answers holds up nobody."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from order_service.client.notification import LEFT_ALONE_S
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import Answer, RestClient, http_role
from tests.integration.order_service.peers import SilentNotifications, served_notifications

PAYERS = 8
WATCHERS = 24
TIMELINES = 400

AT_ONCE_S = 2.0
"""Far above a busy machine's delays, far below what the timelines would wait for in line."""

THREADS = 16
"""Of the lane of timelines: so many may ask before the first of them has given up."""


@pytest.fixture
def notifications() -> SilentNotifications:
    return SilentNotifications()


@pytest.fixture
def client(
    environment: dict[str, str], database: OrderDatabase, notifications: SilentNotifications
) -> Iterator[RestClient]:
    with served_notifications(notifications) as port:
        host = {"NOTIFICATION_GRPC_HOST": "127.0.0.1", "NOTIFICATION_GRPC_PORT": str(port)}
        with http_role({**environment, **host}) as (_, client):
            yield client


def timeline(client: RestClient, order_uuid: str) -> Answer:
    return client.call("GET", f"/api/v1/orders/{order_uuid}/timeline")


def timed_pay(client: RestClient, order_uuid: str) -> float:
    began_s = time.monotonic()
    assert client.pay(order_uuid).status == 200
    return time.monotonic() - began_s


def test_a_timeline_is_shown_without_deliveries_and_the_role_is_ready(client: RestClient) -> None:
    answer = timeline(client, client.create())

    assert (answer.status, answer.body["unknown"]) == (200, ["deliveries"])
    assert [step["step"] for step in answer.body["steps"]] == ["created"]
    assert client.call("GET", "/readyz").status == 200


def test_many_timelines_make_no_pay_slow(
    client: RestClient, notifications: SilentNotifications
) -> None:
    orders = [client.create() for _ in range(10 * PAYERS)]
    began_s = time.monotonic()

    with ThreadPoolExecutor(WATCHERS) as watchers, ThreadPoolExecutor(PAYERS) as payers:
        watched = [orders[number % len(orders)] for number in range(TIMELINES)]
        shown = watchers.map(partial(timeline, client), watched)
        paid_s = list(payers.map(partial(timed_pay, client), orders))
        answers = list(shown)

    assert max(paid_s) < AT_ONCE_S
    assert {answer.status for answer in answers} == {200}
    probes = (time.monotonic() - began_s) / LEFT_ALONE_S + 1
    assert notifications.calls <= THREADS + probes
