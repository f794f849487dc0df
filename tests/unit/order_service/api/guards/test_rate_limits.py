"""Rate limits of the REST API."""

import pytest

from order_service.api.http.application import Gate
from order_service.api.http.guards.callers import ApiKeys
from order_service.api.http.guards.key_ids import key_id
from order_service.api.http.guards.rate_limits import RateLimit
from order_service.service.orders.edge_ports import CallCounter, Window
from tests.unit.order_service.api.rest import BASE, CANCEL, ONE, RestApiOnFakes, assert_failed
from tests.unit.order_service.builders import a_claim, an_order

KEYS = ("a-key-of-some-length", "another-key-of-some-length")
LEFT_S = 41.3


class FakeCounter(CallCounter):
    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.windows_s: set[int] = set()
        self.is_away = False
        self.ends_in_s = LEFT_S

    def count(self, caller: str, *, window_s: int) -> Window | None:
        if self.is_away:
            return None
        self.windows_s.add(window_s)
        self.calls[caller] = self.calls.get(caller, 0) + 1
        return Window(calls=self.calls[caller], ends_in_s=self.ends_in_s)


@pytest.fixture
def counter() -> FakeCounter:
    return FakeCounter()


def limited_shop(counter: FakeCounter, *, keys: tuple[str, ...] = ()) -> RestApiOnFakes:
    limit = RateLimit(rule="3/minute", counter=counter)
    return RestApiOnFakes(an_order(claim=a_claim()), gate=Gate(keys=ApiKeys(keys), limit=limit))


def test_every_answer_has_the_remaining_seconds_and_calls(counter: FakeCounter) -> None:
    client = limited_shop(counter).client

    seen = [client.get(BASE).headers for _ in range(2)]

    assert counter.windows_s == {60}
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")
    assert [[headers.get(name) for name in names] for headers in seen] == [
        ["3", "2", "42", None],
        ["3", "1", "42", None],
    ]


def test_above_the_limit_every_call_is_refused_until_the_window_ends(counter: FakeCounter) -> None:
    client = limited_shop(counter).client
    for _ in range(3):
        assert client.get(BASE).status_code == 200

    answer = client.get(ONE)

    assert assert_failed(answer, 429, "Too Many Requests")["message"] == "more than 3/minute"
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert answer.headers["Retry-After"] == "42"


@pytest.mark.parametrize("ends_in_s", [0.0, -0.001, 0.0004])
def test_retry_after_is_never_zero(counter: FakeCounter, ends_in_s: float) -> None:
    counter.ends_in_s = ends_in_s
    client = limited_shop(counter).client

    answers = [client.get(BASE) for _ in range(4)]

    assert (answers[3].status_code, answers[3].headers["Retry-After"]) == (429, "1")


def test_another_retry_after_keeps_its_own_time(counter: FakeCounter) -> None:
    answer = limited_shop(counter).client.post(CANCEL)

    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")


def test_keys_are_counted_separately_from_any_address(counter: FakeCounter) -> None:
    client = limited_shop(counter, keys=KEYS).client
    for key, address in ((KEYS[0], "10.0.0.1"), (KEYS[0], "10.0.0.2"), (KEYS[1], "10.0.0.1")):
        client.get(BASE, headers={"X-API-Key": key}, environ_base={"REMOTE_ADDR": address})

    assert {name.split("/")[1]: calls for name, calls in counter.calls.items()} == {
        f"key:{key_id(KEYS[0])}": 2,
        f"key:{key_id(KEYS[1])}": 1,
    }


def test_guessing_keys_is_counted_by_address(counter: FakeCounter) -> None:
    client = limited_shop(counter, keys=KEYS).client

    statuses = [client.get(BASE, headers={"X-API-Key": f"{n}"}).status_code for n in range(5)]

    assert statuses == [401, 401, 401, 429, 429]
    assert client.get(BASE, headers={"X-API-Key": KEYS[0]}).status_code == 200


def test_the_address_is_the_one_of_the_peer_whatever_a_header_says(counter: FakeCounter) -> None:
    client = limited_shop(counter).client
    for n in range(2):
        client.get(BASE, headers={"X-Forwarded-For": f"10.0.0.{n}", "Forwarded": f"for=10.0.0.{n}"})

    assert [name.split("/")[1] for name in counter.calls] == ["address:127.0.0.1"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/openapi.json", "/docs"])
def test_health_and_the_document_are_not_counted(counter: FakeCounter, path: str) -> None:
    with limited_shop(counter).client.get(path) as answer:
        assert "RateLimit-Limit" not in answer.headers

    assert counter.calls == {}


def test_while_calls_cannot_be_counted_every_call_is_accepted(counter: FakeCounter) -> None:
    counter.is_away = True
    client = limited_shop(counter).client

    answers = [client.get(BASE) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0].headers
