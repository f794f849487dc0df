"""What must be true of the stores once the system is quiet, as functions over what was read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from order_service.model.evidence import Evidence, OrderSeen, Poison, Progress, Violation
from order_service.model.order import OrderStatus

SUCCESSORS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING_PAYMENT: frozenset(OrderStatus),
    OrderStatus.PAID: frozenset({OrderStatus.PAID, OrderStatus.ASSEMBLED}),
    OrderStatus.ASSEMBLED: frozenset({OrderStatus.ASSEMBLED}),
    OrderStatus.CANCELLED: frozenset({OrderStatus.CANCELLED}),
}
"""Where an order may be found after it was seen in a state."""

PAID = frozenset({OrderStatus.PAID, OrderStatus.ASSEMBLED})

NO_POISON: frozenset[Poison] = frozenset()


def violations(
    evidence: Evidence,
    *,
    now: datetime,
    patience: timedelta,
    poison: frozenset[Poison] = NO_POISON,
) -> list[Violation]:
    """Return all that one look can show; a ship may be waited for as long as patience."""
    return sorted(
        [
            *unfinished(evidence.orders, paid_before=now - patience),
            *unannounced(evidence.orders),
            *behind(evidence.progress),
            *misjudged(evidence.letters, poison),
            *waiting(evidence.queues),
        ]
    )


def unfinished(orders: Sequence[OrderSeen], *, paid_before: datetime) -> Iterator[Violation]:
    """I1: every payment that began ends, and every paid order is assembled.

    A claim is never too young: while payment is away the reconciler renews it again and again.
    """
    for order in orders:
        if order.is_claimed:
            yield Violation("I1", f"order {order.order_uuid} is being paid, tried at {order.since}")
        if order.status is OrderStatus.PAID and order.since and order.since <= paid_before:
            yield Violation("I1", f"order {order.order_uuid} is PAID since {order.since}")


def moved_back(
    earlier: Mapping[UUID, OrderStatus], later: Mapping[UUID, OrderStatus]
) -> Iterator[Violation]:
    """I3: an order never leaves a state for one before it, and never disappears."""
    for order_uuid, was in earlier.items():
        found = later.get(order_uuid)
        if found is None:
            yield Violation("I3", f"order {order_uuid} was {was} and is gone")
        elif found not in SUCCESSORS[was]:
            yield Violation("I3", f"order {order_uuid} was {was} and is {found}")


def unannounced(orders: Sequence[OrderSeen]) -> Iterator[Violation]:
    """I5: every paid order has its event, no other has one, and every event is published."""
    for order in orders:
        if order.is_announced and not order.is_published:
            yield Violation("I5", f"OrderPaid of order {order.order_uuid} is not published")
        if order.is_announced and order.status not in PAID:
            yield Violation("I5", f"order {order.order_uuid} is {order.status} and has OrderPaid")
        if order.status is OrderStatus.PAID and not order.is_announced:
            yield Violation("I5", f"order {order.order_uuid} is PAID and has no OrderPaid")


def behind(progress: Sequence[Progress]) -> Iterator[Violation]:
    """I6, first half: every group has committed the end of every partition."""
    for each in progress:
        for place, end in each.ends.items():
            committed = each.committed.get(place, 0)
            if committed != end:
                yield Violation(
                    "I6",
                    f"{each.group} is at {committed} of {end} in {place.topic}/{place.partition}",
                )


def misjudged(letters: frozenset[Poison], poison: frozenset[Poison]) -> Iterator[Violation]:
    """I6, second half: the dead letters are the poison, neither more nor less."""
    for letter in letters - poison:
        yield Violation("I6", f"dead letter {_text(letter)} waits for a decision")
    for record in poison - letters:
        yield Violation("I6", f"poison {_text(record)} is not among the dead letters")


def waiting(queues: Mapping[str, int]) -> Iterator[Violation]:
    """I7: no task waits and no worker holds one."""
    for queue, length in queues.items():
        if length:
            yield Violation("I7", f"{length} tasks in {queue}")


def _text(record: Poison) -> str:
    return f"{record.topic}/{record.partition} at {record.offset} of {record.group}"
