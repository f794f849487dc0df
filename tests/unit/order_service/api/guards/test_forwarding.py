"""Callers behind the proxy are counted separately; other callers cannot forge addresses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from order_service.api.http.application import Gate
from order_service.api.http.guards.callers import ApiKeys
from order_service.api.http.guards.forwarding import LOOKED_UP_EVERY_S, TrustedProxy
from order_service.api.http.guards.rate_limits import RateLimit
from tests.unit.order_service.api.guards.test_rate_limits import FakeCounter
from tests.unit.order_service.api.rest import BASE, RestApiOnFakes

PROXY, STRANGER = "10.0.0.9", "10.0.0.7"


class Names:
    def __init__(self) -> None:
        self.address = PROXY
        self.asked = 0
        self.now_s = 0.0
        self.hold: Callable[[], object] = lambda: None
        self.proxy = TrustedProxy("order-proxy", resolve=self.resolve, monotonic=lambda: self.now_s)

    def resolve(self, _host: str) -> frozenset[str]:
        self.asked += 1
        self.hold()
        return frozenset({self.address})


@pytest.mark.parametrize(
    ("peer", "told", "customer"),
    [
        (PROXY, "203.0.113.5", "203.0.113.5"),
        (PROXY, "2001:db8::1", "2001:db8::1"),
        (PROXY, "1.1.1.1, 203.0.113.5", "203.0.113.5"),
        (PROXY, "nonsense", PROXY),
        (PROXY, "", PROXY),
        (PROXY, None, PROXY),
        (STRANGER, "203.0.113.5", STRANGER),
    ],
)
def test_only_the_address_that_the_proxy_itself_added_is_trusted(
    peer: str, told: str | None, customer: str
) -> None:
    assert Names().proxy.customer(peer, told) == customer


def test_a_replaced_proxy_is_recognised_soon() -> None:
    names = Names()
    proxy = names.proxy
    assert [proxy.customer(PROXY, "203.0.113.5") for _ in range(9)] == ["203.0.113.5"] * 9
    assert names.asked == 1
    names.address = "10.0.0.10"
    names.now_s += LOOKED_UP_EVERY_S + 0.1

    assert proxy.customer("10.0.0.10", "203.0.113.5") == "203.0.113.5"
    assert proxy.customer(PROXY, "203.0.113.5") == PROXY


def test_no_request_waits_while_another_one_resolves_the_name() -> None:
    names = Names()
    proxy = names.proxy
    assert proxy.customer(PROXY, "203.0.113.5") == "203.0.113.5"
    names.now_s += LOOKED_UP_EVERY_S + 0.1
    is_held, go_on = Event(), Event()

    def hold() -> None:
        is_held.set()
        go_on.wait(10)

    names.hold = hold

    with ThreadPoolExecutor(1) as first:
        looking = first.submit(proxy.customer, PROXY, "203.0.113.5")
        assert is_held.wait(5)
        meanwhile = {proxy.customer(PROXY, "203.0.113.6") for _ in range(16)}
        go_on.set()

        assert (meanwhile, looking.result(timeout=5)) == ({"203.0.113.6"}, "203.0.113.5")
    assert names.asked == 2


def test_customers_behind_the_proxy_are_counted_separately() -> None:
    counter = FakeCounter()
    limit = RateLimit(rule="3/minute", counter=counter, proxy=Names().proxy)
    client = RestApiOnFakes(gate=Gate(keys=ApiKeys([]), limit=limit)).client

    for peer, told in ((PROXY, "203.0.113.5"), (PROXY, "203.0.113.6"), (STRANGER, "203.0.113.5")):
        client.get(
            BASE,
            headers={"X-Forwarded-For": told},
            environ_base={"REMOTE_ADDR": peer},
        )

    assert {name.split("/")[1] for name in counter.calls} == {
        f"address:{address}" for address in ("203.0.113.5", "203.0.113.6", STRANGER)
    }
