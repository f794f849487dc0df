"""The invariants that hold once the system is quiet, as pure functions over a snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from libs.kafka.types import TopicPartition
from order_service.model.evidence import (
    Evidence,
    MalformedRecord,
    OrderSeen,
    Progress,
    Tasks,
    Violation,
)
from order_service.model.order import OrderStatus

SUCCESSORS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING_PAYMENT: frozenset(OrderStatus),
    OrderStatus.PAID: frozenset({OrderStatus.PAID, OrderStatus.ASSEMBLED}),
    OrderStatus.ASSEMBLED: frozenset({OrderStatus.ASSEMBLED}),
    OrderStatus.CANCELLED: frozenset({OrderStatus.CANCELLED}),
}
"""Each status to the statuses that a later look may find."""

PAID = frozenset({OrderStatus.PAID, OrderStatus.ASSEMBLED})

NO_MALFORMED: frozenset[MalformedRecord] = frozenset()

AT_ONCE = timedelta(0)


def violations(
    evidence: Evidence,
    *,
    now: datetime,
    patience: timedelta,
    held_at_most: timedelta = AT_ONCE,
    published_within: timedelta = AT_ONCE,
    malformed: frozenset[MalformedRecord] = NO_MALFORMED,
) -> list[Violation]:
    """Return all violations that one snapshot shows.

    An order may wait for its ship for patience, a worker may hold a task for held_at_most, and an
    event that Kafka did not refuse may wait for published_within.
    """
    return sorted(
        [
            *unfinished(evidence.orders, paid_before=now - patience),
            *unannounced(evidence.orders, now=now, published_within=published_within),
            *behind(evidence.progress),
            *misjudged(evidence.dead_letters, malformed),
            *waiting(evidence.queues, held_before=now - held_at_most),
        ]
    )


def unfinished(orders: Sequence[OrderSeen], *, paid_before: datetime) -> Iterator[Violation]:
    """I1: every payment that began ends, and every paid order is assembled.

    A claim of any age counts: while payment is unavailable the reconciler keeps renewing it.
    """
    for order in orders:
        if order.is_claimed:
            tried = f"order {order.order_uuid} is claimed for payment, last tried at {order.since}"
            yield Violation("I1", tried, f"payment of {order.order_uuid}")
        if order.status is OrderStatus.PAID and order.since and order.since <= paid_before:
            yield Violation("I1", f"order {order.order_uuid} is PAID since {order.since}")


def moved_back(
    earlier: Mapping[UUID, OrderStatus], later: Mapping[UUID, OrderStatus]
) -> Iterator[Violation]:
    """I3: an order never moves to an earlier status and never disappears."""
    for order_uuid, was in earlier.items():
        found = later.get(order_uuid)
        if found is None:
            yield Violation("I3", f"order {order_uuid} was {was} and is gone")
        elif found not in SUCCESSORS[was]:
            yield Violation("I3", f"order {order_uuid} was {was} and is {found}")


def unannounced(
    orders: Sequence[OrderSeen], *, now: datetime, published_within: timedelta = AT_ONCE
) -> Iterator[Violation]:
    """I5: exactly the paid orders have an OrderPaid, and every event is published."""
    for order in orders:
        if order.unpublished and _is_stuck(order, made_before=now - published_within):
            waiting = f"{order.unpublished} of order {order.order_uuid} is not published"
            item = f"{order.unpublished} of {order.order_uuid}"
            yield Violation("I5", waiting + _why(order, now), item)
        if order.is_announced and order.status not in PAID:
            yield Violation("I5", f"order {order.order_uuid} is {order.status} and has OrderPaid")
        if order.status is OrderStatus.PAID and not order.is_announced:
            yield Violation("I5", f"order {order.order_uuid} is PAID and has no OrderPaid")


def behind(progress: Sequence[Progress]) -> Iterator[Violation]:
    """I6, part 1: every group has committed the end of every partition."""
    for each in progress:
        for partition, end in each.ends.items():
            committed = each.committed.get(partition, 0)
            if committed != end:
                where = f"in {partition.topic}/{partition.partition}"
                yield Violation(
                    "I6",
                    f"{each.group} is at {committed} of {end} {where}",
                    f"{each.group} {where}",
                )


def behind_since(now: Progress, ends: Mapping[TopicPartition, int]) -> Progress:
    """Return the progress towards the ends that were seen before, without newer records.

    A violation found in it is as old as those ends.
    """

    def end_to_reach(partition: TopicPartition) -> int:
        end, committed = now.ends[partition], now.committed.get(partition, 0)
        return end if committed > end else max(committed, min(ends.get(partition, end), end))

    return replace(now, ends={partition: end_to_reach(partition) for partition in now.ends})


def misjudged(
    dead_letters: frozenset[MalformedRecord], malformed: frozenset[MalformedRecord]
) -> Iterator[Violation]:
    """I6, part 2: the dead letters are exactly the malformed records."""
    for dead_letter in dead_letters - malformed:
        yield Violation("I6", f"dead letter {_text(dead_letter)} waits for a decision")
    for record in malformed - dead_letters:
        yield Violation("I6", f"malformed record {_text(record)} is not among the dead letters")


def waiting(queues: Mapping[str, Tasks], *, held_before: datetime) -> Iterator[Violation]:
    """I7: no task waits, and no worker holds one.

    In a busy system only the oldest task is compared: the same task does not wait for long.
    """
    for queue, tasks in queues.items():
        if tasks.number and (tasks.since is None or tasks.since <= held_before):
            which = f", {tasks.oldest} the longest" if tasks.oldest else ""
            since = f" since {tasks.since}" if tasks.since else ""
            what = f"{tasks.number} tasks in {queue}{which}{since}"
            yield Violation("I7", what, f"{queue} {tasks.oldest}")


def _is_stuck(order: OrderSeen, *, made_before: datetime) -> bool:
    """Tell an event that was refused, or waits for long, from one that waits behind it."""
    since = order.waiting_since
    return order.last_error is not None or since is None or since <= made_before


def _why(order: OrderSeen, now: datetime) -> str:
    if order.waiting_since is None:
        return ""
    age_s = (now - order.waiting_since).total_seconds()
    return (
        f" {age_s:.0f} s after it was made: {order.last_error or 'not tried, or just being tried'}"
    )


def _text(record: MalformedRecord) -> str:
    return f"{record.topic}/{record.partition} at {record.offset} of {record.group}"
