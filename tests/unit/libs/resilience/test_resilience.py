import pytest

from libs.resilience.backoff import Backoff
from libs.resilience.circuit_breaker import CircuitBreaker
from tests.support.monotonic import FakeMonotonic

OPEN_FOR_S = 5.0


@pytest.fixture
def open_circuit(monotonic: FakeMonotonic) -> CircuitBreaker:
    circuit = CircuitBreaker(open_for_s=OPEN_FOR_S, monotonic=monotonic)
    assert circuit.lets_pass()
    assert circuit.failed("no answer")
    return circuit


def test_the_pauses_of_a_back_off_double_up_to_the_longest_one() -> None:
    backoff = Backoff(first_s=0.2, longest_s=1.0)

    assert [backoff.after(failures) for failures in (1, 2, 3, 4, 1000)] == [0.2, 0.4, 0.8, 1, 1]


def test_an_open_circuit_lets_one_call_probe_at_a_time_after_its_time(
    open_circuit: CircuitBreaker, monotonic: FakeMonotonic
) -> None:
    at_once = open_circuit.lets_pass()
    monotonic.advance(OPEN_FOR_S)

    assert [at_once, *(open_circuit.lets_pass() for _ in range(3))] == [False, True, False, False]
    monotonic.advance(OPEN_FOR_S)
    assert open_circuit.lets_pass(), "the probe told no outcome"


def test_the_outcome_of_a_probe_opens_or_closes_the_circuit(
    open_circuit: CircuitBreaker, monotonic: FakeMonotonic
) -> None:
    monotonic.advance(OPEN_FOR_S)
    is_news = open_circuit.failed("no answer")
    after_failure = open_circuit.lets_pass()

    assert (is_news, after_failure) == (False, False)
    assert open_circuit.succeeded()
    assert [open_circuit.lets_pass() for _ in range(2)] == [True, True]
    assert not open_circuit.succeeded()
