from collections import Counter
from collections.abc import Callable
from uuid import UUID

from libs.errors import Unavailable
from order_service.model.evidence import Evidence, Tasks
from tests.chaos.judging.evidence import Charge, Observation, Told
from tests.chaos.judging.quiet import Ending, wait_until_quiet
from tests.support.stepped_time import SteppedTime

AT_REST = Observation()
A_CHARGE = Charge(order_uuid=UUID(int=7), method="CARD", transaction_uuid=UUID(int=70))
TOLD_OF_NOTHING = Observation(told=Counter([Told("paid", UUID(int=7))]))


def ending_of(
    look: Callable[[], Observation], *, within_s: float = 60.0, time: SteppedTime | None = None
) -> Ending:
    time = time or SteppedTime()
    return wait_until_quiet(
        look, frozenset(), within_s=within_s, ticks=time.ticks, sleep=time.sleep
    )


def test_a_system_is_quiet_when_two_looks_are_equal_without_violations() -> None:
    looks = iter([TOLD_OF_NOTHING, AT_REST, AT_REST])

    assert ending_of(lambda: next(looks)).violations == []
    assert next(looks, None) is None


def test_two_equal_looks_with_a_violation_are_not_the_end() -> None:
    looks = iter([TOLD_OF_NOTHING, TOLD_OF_NOTHING, AT_REST, AT_REST])

    assert ending_of(lambda: next(looks)).violations == []


def test_recovery_ends_when_the_last_task_is_done_and_not_when_nothing_else_moves() -> None:
    busy = Observation(evidence=Evidence(queues={"order": Tasks(1)}))
    time = SteppedTime()
    looked_at_s: list[float] = []

    def look() -> Observation:
        looked_at_s.append(time.ticks())
        return [busy, busy, busy, AT_REST, AT_REST][len(looked_at_s) - 1]

    ending = ending_of(look, time=time)

    assert looked_at_s[2] < ending.at_s <= looked_at_s[3]


def test_violations_that_are_left_at_the_timeout_are_the_verdict() -> None:
    ending = ending_of(lambda: TOLD_OF_NOTHING, within_s=0.0)

    assert [each.invariant for each in ending.violations] == ["I4"]


def test_an_unavailable_store_is_looked_at_again() -> None:
    looks = iter([True, False, True])

    def look() -> Observation:
        if next(looks, False):
            raise Unavailable("away")
        return AT_REST

    assert ending_of(look).observation == AT_REST


def test_orders_are_built_before_the_chat_has_caught_up() -> None:
    unbuilt = Observation(charges=(A_CHARGE,))
    time = SteppedTime()
    looked_at_s: list[float] = []

    def look() -> Observation:
        looked_at_s.append(time.ticks())
        return [unbuilt, TOLD_OF_NOTHING, TOLD_OF_NOTHING, AT_REST, AT_REST][len(looked_at_s) - 1]

    ending = ending_of(look, time=time)

    assert looked_at_s[0] < ending.built_at_s <= looked_at_s[1] < ending.at_s
