from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
from order_service.service.background.invariants import behind_since, moved_back, violations
from tests.support.stepped_time import SteppedTime

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(seconds=31)
ORDER = UUID(int=7)
PATIENCE = timedelta(seconds=30)
DEAD_LETTER = MalformedRecord("builders", "order.paid", 2, 17)


def an_assembled_order() -> OrderSeen:
    return OrderSeen(
        order_uuid=ORDER,
        status=OrderStatus.ASSEMBLED,
        since=LONG_AGO,
        is_announced=True,
    )


def a_paid_order(*, since: datetime = LONG_AGO, is_announced: bool = True) -> OrderSeen:
    return OrderSeen(
        order_uuid=ORDER,
        status=OrderStatus.PAID,
        since=since,
        is_announced=is_announced,
    )


def found_in(evidence: Evidence) -> list[str]:
    return [each.invariant for each in violations(evidence, now=NOW, patience=PATIENCE)]


def test_a_quiet_system_violates_nothing() -> None:
    place = TopicPartition("order.paid", 0)
    at_end = Progress(group="builders", committed={place: 5}, ends={place: 5})
    never_used = Progress(group="tellers", committed={}, ends={place: 0})
    evidence = Evidence(
        orders=(
            an_assembled_order(),
            OrderSeen(order_uuid=UUID(int=8), status=OrderStatus.CANCELLED),
        ),
        progress=(at_end, never_used),
        queues={"order": Tasks(0)},
    )

    assert found_in(evidence) == []


def test_a_ship_that_is_overdue_violates_i1() -> None:
    assert found_in(Evidence(orders=(a_paid_order(),))) == ["I1"]


def test_a_ship_that_may_still_come_in_time_violates_nothing() -> None:
    order = a_paid_order(since=NOW - timedelta(seconds=29))

    assert found_in(Evidence(orders=(order,))) == []


def a_claimed_order(*, since: datetime) -> OrderSeen:
    return OrderSeen(
        order_uuid=ORDER, status=OrderStatus.PENDING_PAYMENT, is_claimed=True, since=since
    )


@pytest.mark.parametrize("since", [LONG_AGO, NOW])
def test_an_unfinished_payment_violates_i1_however_recently_it_was_tried(since: datetime) -> None:
    assert found_in(Evidence(orders=(a_claimed_order(since=since),))) == ["I1"]


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


def test_an_event_that_is_not_published_violates_i5() -> None:
    order = replace(a_paid_order(since=NOW), unpublished="OrderPaid")

    assert found_in(Evidence(orders=(order,))) == ["I5"]


def test_a_paid_order_without_its_event_violates_i5() -> None:
    assert found_in(Evidence(orders=(a_paid_order(since=NOW, is_announced=False),))) == ["I5"]


def test_an_event_of_a_cancelled_order_violates_i5() -> None:
    order = OrderSeen(order_uuid=ORDER, status=OrderStatus.CANCELLED, is_announced=True)

    assert found_in(Evidence(orders=(order,))) == ["I5"]


def test_an_event_that_says_nothing_of_a_payment_violates_i5_only_while_it_is_not_published() -> (
    None
):
    waiting = OrderSeen(
        order_uuid=ORDER, status=OrderStatus.CANCELLED, unpublished="OrderCancelled"
    )
    published = replace(waiting, unpublished=None)

    assert found_in(Evidence(orders=(waiting,))) == ["I5"]
    assert found_in(Evidence(orders=(published,))) == []


@pytest.mark.parametrize("committed", [{TopicPartition("order.paid", 0): 4}, {}])
def test_a_group_behind_the_end_violates_i6(committed: dict[TopicPartition, int]) -> None:
    behind = Progress(
        group="builders", committed=committed, ends={TopicPartition("order.paid", 0): 5}
    )

    assert found_in(Evidence(progress=(behind,))) == ["I6"]


def test_a_dead_letter_that_waits_violates_i6() -> None:
    assert found_in(Evidence(dead_letters=frozenset({DEAD_LETTER}))) == ["I6"]


def test_a_malformed_record_that_was_swallowed_violates_i6() -> None:
    found = violations(Evidence(), now=NOW, patience=PATIENCE, malformed=frozenset({DEAD_LETTER}))

    assert [each.invariant for each in found] == ["I6"]


def test_a_malformed_record_among_the_dead_letters_violates_nothing() -> None:
    evidence = Evidence(dead_letters=frozenset({DEAD_LETTER}))

    assert (
        violations(evidence, now=NOW, patience=PATIENCE, malformed=frozenset({DEAD_LETTER})) == []
    )


def test_a_task_that_waits_violates_i7() -> None:
    assert found_in(Evidence(queues={"order": Tasks(0), "unacked": Tasks(1)})) == ["I7"]


@pytest.mark.parametrize(("held_s", "found"), [(74, []), (76, ["I7"])])
def test_a_held_task_counts_once_another_worker_should_have_it(
    held_s: int, found: list[str]
) -> None:
    held = Tasks(16, "a tag", NOW - timedelta(seconds=held_s))
    evidence = Evidence(queues={"unacked": held})

    wrong = violations(evidence, now=NOW, patience=PATIENCE, held_at_most=HELD_AT_MOST)

    assert [each.invariant for each in wrong] == found


def test_an_unpublished_event_is_named_with_its_age_and_the_error_of_kafka() -> None:
    order = OrderSeen(
        order_uuid=ORDER,
        status=OrderStatus.ASSEMBLED,
        is_announced=True,
        unpublished="OrderPaid",
        waiting_since=LONG_AGO,
        last_error="topic gone does not exist",
    )

    [wrong] = violations(Evidence(orders=(order,)), now=NOW, patience=PATIENCE)

    assert str(wrong) == (
        f"I5: OrderPaid of order {ORDER} is not published 31 s after it was made: "
        "topic gone does not exist"
    )


PARTITION = TopicPartition("order.paid", 0)


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


def test_the_check_forgives_what_recovers_in_time() -> None:
    looks = iter([[Violation("I7", "1 tasks in order")], []])

    assert what_lasts(lambda: next(looks), within_s=60) == []


def test_the_check_reports_a_lasting_violation() -> None:
    wrong = [Violation("I5", "OrderPaid is not published")]

    assert what_lasts(lambda: wrong, within_s=0) == wrong


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
