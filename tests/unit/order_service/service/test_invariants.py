from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.errors import Unavailable
from libs.kafka.types import TopicPartition
from order_service.app.commands.check import HELD_AT_MOST, Look, Store, lasting
from order_service.model.evidence import (
    Evidence,
    MalformedRecord,
    OrderSeen,
    Progress,
    Tasks,
    Violation,
)
from order_service.model.order import OrderStatus
from order_service.service.background.invariants import (
    behind_since,
    moved_back,
    unannounced,
    violations,
)
from tests.support.stepped_time import SteppedTime

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(seconds=31)
ORDER = UUID(int=7)
PATIENCE = timedelta(seconds=30)
PARTITION = TopicPartition("order.paid", 0)
DEAD_LETTER = MalformedRecord("builders", "order.paid", 2, 17)


PAID = OrderSeen(order_uuid=ORDER, status=OrderStatus.PAID, since=LONG_AGO, is_announced=True)
JUST_PAID = replace(PAID, since=NOW)
ASSEMBLED = replace(PAID, status=OrderStatus.ASSEMBLED)
CANCELLED = OrderSeen(order_uuid=ORDER, status=OrderStatus.CANCELLED)
CLAIMED = OrderSeen(
    order_uuid=ORDER, status=OrderStatus.PENDING_PAYMENT, is_claimed=True, since=LONG_AGO
)


def found_in(evidence: Evidence, **allowed: Any) -> list[str]:
    found = violations(evidence, now=NOW, patience=PATIENCE, **allowed)
    return [each.invariant for each in found]


def test_a_quiet_system_violates_nothing() -> None:
    at_end = Progress(group="builders", committed={PARTITION: 5}, ends={PARTITION: 5})
    never_used = Progress(group="tellers", committed={}, ends={PARTITION: 0})
    evidence = Evidence(
        orders=(ASSEMBLED, replace(CANCELLED, order_uuid=UUID(int=8))),
        progress=(at_end, never_used),
        queues={"order": Tasks(0)},
    )

    assert found_in(evidence) == []


@pytest.mark.parametrize(
    ("order", "violated"),
    [
        pytest.param(PAID, ["I1"], id="an overdue ship"),
        pytest.param(replace(PAID, since=NOW - timedelta(seconds=29)), [], id="a ship in time"),
        pytest.param(CLAIMED, ["I1"], id="an unfinished payment"),
        pytest.param(replace(CLAIMED, since=NOW), ["I1"], id="a payment that was just tried"),
        pytest.param(replace(JUST_PAID, unpublished="OrderPaid"), ["I5"], id="not published"),
        pytest.param(replace(JUST_PAID, is_announced=False), ["I5"], id="paid without its event"),
        pytest.param(replace(CANCELLED, is_announced=True), ["I5"], id="cancelled with an event"),
        pytest.param(
            replace(CANCELLED, unpublished="OrderCancelled"), ["I5"], id="another event waits"
        ),
        pytest.param(CANCELLED, [], id="another event is published"),
    ],
)
def test_an_order_is_finished_and_announced_in_time(order: OrderSeen, violated: list[str]) -> None:
    assert found_in(Evidence(orders=(order,))) == violated


@pytest.mark.parametrize(
    ("was", "found"),
    [
        (OrderStatus.PAID, OrderStatus.PENDING_PAYMENT),
        (OrderStatus.PAID, OrderStatus.CANCELLED),
        (OrderStatus.ASSEMBLED, OrderStatus.PAID),
        (OrderStatus.CANCELLED, OrderStatus.PAID),
    ],
)
def test_a_move_back_violates_i3(was: OrderStatus, found: OrderStatus) -> None:
    [violation] = moved_back({ORDER: was}, {ORDER: found})

    assert violation == Violation("I3", f"order {ORDER} was {was} and is {found}")


def test_an_order_that_disappears_violates_i3() -> None:
    [violation] = moved_back({ORDER: OrderStatus.PENDING_PAYMENT}, {})

    assert violation.invariant == "I3"


def test_every_legal_move_and_no_move_violates_nothing() -> None:
    legal = [
        (OrderStatus.PENDING_PAYMENT, OrderStatus.PAID),
        (OrderStatus.PENDING_PAYMENT, OrderStatus.ASSEMBLED),
        (OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED),
        (OrderStatus.PAID, OrderStatus.ASSEMBLED),
        *((status, status) for status in OrderStatus),
    ]

    assert [list(moved_back({ORDER: was}, {ORDER: found})) for was, found in legal] == [[]] * 8


@pytest.mark.parametrize("committed", [{PARTITION: 4}, {}])
def test_a_group_behind_the_end_violates_i6(committed: dict[TopicPartition, int]) -> None:
    behind = Progress(group="builders", committed=committed, ends={PARTITION: 5})

    assert found_in(Evidence(progress=(behind,))) == ["I6"]


def test_all_malformed_records_and_no_others_are_dead_letters() -> None:
    malformed = frozenset({DEAD_LETTER})
    dead_lettered = Evidence(dead_letters=malformed)

    assert found_in(dead_lettered) == ["I6"]
    assert found_in(Evidence(), malformed=malformed) == ["I6"]
    assert found_in(dead_lettered, malformed=malformed) == []


def test_a_task_that_waits_violates_i7() -> None:
    assert found_in(Evidence(queues={"order": Tasks(0), "unacked": Tasks(1)})) == ["I7"]


@pytest.mark.parametrize(("held_s", "found"), [(74, []), (76, ["I7"])])
def test_a_held_task_counts_when_another_should_have_it(held_s: int, found: list[str]) -> None:
    held = Tasks(16, "a tag", NOW - timedelta(seconds=held_s))

    assert found_in(Evidence(queues={"unacked": held}), held_at_most=HELD_AT_MOST) == found


def test_an_unpublished_event_is_named_with_its_age_and_the_error_of_kafka() -> None:
    order = replace(
        ASSEMBLED,
        unpublished="OrderPaid",
        waiting_since=LONG_AGO,
        last_error="topic gone does not exist",
    )

    [wrong] = violations(Evidence(orders=(order,)), now=NOW, patience=PATIENCE)

    assert str(wrong) == (
        f"I5: OrderPaid of order {ORDER} is not published 31 s after it was made: "
        "topic gone does not exist"
    )


def test_an_event_that_waits_behind_a_refused_one_is_not_named_until_its_time_is_over() -> None:
    def found(*, age_s: float = 9.0, error: str | None = None) -> list[Violation]:
        since = NOW - timedelta(seconds=age_s)
        order = replace(ASSEMBLED, unpublished="OrderPaid", waiting_since=since, last_error=error)
        return list(unannounced([order], now=NOW, published_within=timedelta(seconds=10)))

    assert found() == []
    assert len(found(error="topic gone does not exist")) == 1
    assert len(found(age_s=11.0)) == 1


@pytest.mark.parametrize(
    ("committed", "end", "is_behind"),
    [(56, 57, False), (55, 57, False), (54, 57, True), (54, 54, False), (3, 2, True)],
)
def test_a_group_is_behind_until_it_reaches_the_ends_of_the_first_look(
    committed: int, end: int, *, is_behind: bool
) -> None:
    now = Progress(group="builders", committed={PARTITION: committed}, ends={PARTITION: end})

    judged = behind_since(now, {PARTITION: 55})

    assert (found_in(Evidence(progress=(judged,))) == ["I6"]) is is_behind


def what_lasts(look: Look, *, within_s: float) -> list[Violation]:
    time = SteppedTime()
    return lasting({"a store": look}, within_s=within_s, ticks=time.ticks, sleep=time.sleep)


def test_a_busy_system_without_a_lasting_violation_passes() -> None:
    looks = iter(range(1000))

    def look() -> list[Violation]:
        number = next(looks)
        return [
            Violation("I7", "16 tasks in unacked", f"unacked task-{number}"),
            Violation("I5", "OrderPaid is not published", f"OrderPaid of {number}"),
        ]

    assert what_lasts(look, within_s=60) == []


def test_the_check_reports_only_lasting_violations_as_last_seen() -> None:
    ages = iter(range(1000))

    def look() -> list[Violation]:
        age = next(ages)
        return [
            Violation("I5", f"OrderPaid is not published for {age} s", "OrderPaid of 7"),
            Violation("I5", f"OrderPaid of {age} is not published"),
        ]

    [found] = what_lasts(look, within_s=0.1)

    assert found.what == "OrderPaid is not published for 1 s"


def test_the_check_reports_a_lasting_violation_and_forgives_what_recovers_in_time() -> None:
    wrong = [Violation("I7", "1 tasks in order")]
    looks = iter([wrong, []])

    assert what_lasts(lambda: wrong, within_s=0) == wrong
    assert what_lasts(lambda: next(looks), within_s=60) == []


SILENT = Unavailable("no answer")


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ([["behind"], SILENT], ["behind"]),
        ([SILENT, ["behind"]], ["behind"]),
        ([SILENT, SILENT], ["no answer"]),
        ([["behind"], SILENT, []], []),
    ],
)
def test_a_store_that_does_not_answer_once_keeps_its_violations(
    looks: list[Unavailable | list[str]], said: list[str]
) -> None:
    answers = iter(looks)

    def look() -> list[Violation]:
        answer = next(answers)
        if isinstance(answer, Unavailable):
            raise answer
        return [Violation("I6", what) for what in answer]

    store = Store("kafka", look)
    *_, last = [store.lasting() for _ in looks]

    assert [each.what for each in last] == said
