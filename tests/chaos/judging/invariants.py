"""The invariants that need clients, peers and Telegram, so that no service can check them."""

from collections import defaultdict
from collections.abc import Iterator

from order_service.model.evidence import Violation
from order_service.model.order import OrderStatus
from tests.chaos.judging.evidence import Observation, Told

LARGEST_ROLE_MIB = 160.0
"""Twice the memory of an idle role."""

PAID = {OrderStatus.PAID, OrderStatus.ASSEMBLED}

TOLD_IN = {"paid": PAID, "assembled": {OrderStatus.ASSEMBLED}}
"""Kind of event to the order statuses in which the chat must have it."""


def broken_promises(observation: Observation) -> Iterator[Violation]:
    """I1: an answered outcome is true; an unknown outcome may be either."""
    statuses = {order.order_uuid: order.status for order in observation.evidence.orders}
    for promise in observation.promises:
        status = statuses.get(promise.order_uuid)
        told = f"order {promise.order_uuid}, {_words(promise.is_paid, promise.is_cancelled)},"
        if status is None:
            yield Violation("I1", f"{told} does not exist")
        elif (promise.is_paid and status is not OrderStatus.ASSEMBLED) or (
            promise.is_cancelled and status is not OrderStatus.CANCELLED
        ):
            yield Violation("I1", f"{told} is {status}")


def wrong_charges(observation: Observation) -> Iterator[Violation]:
    """I2: an order has one charge if it is paid, and none otherwise."""
    charged = defaultdict(set)
    for charge in observation.charges:
        charged[charge.order_uuid].add((charge.method, charge.transaction_uuid))
    orders = {order.order_uuid: order for order in observation.evidence.orders}
    for order_uuid, charges in charged.items():
        if len(charges) > 1:
            yield Violation("I2", f"order {order_uuid} was charged {len(charges)} ways")
        order = orders.get(order_uuid)
        if order is None or order.status not in PAID:
            status = order.status if order else "unknown"
            yield Violation("I2", f"order {order_uuid} was charged and is {status}")
    for order in observation.evidence.orders:
        if order.status not in PAID:
            continue
        if (order.payment_method, order.transaction_uuid) not in charged[order.order_uuid]:
            yield Violation("I2", f"order {order.order_uuid} is {order.status} without its charge")


def made_twice(observation: Observation) -> Iterator[Violation]:
    """I2: a create that is repeated with its Idempotency-Key makes one order."""
    for user_uuid in observation.served_twice:
        yield Violation("I2", f"user {user_uuid} asked for one order and has two")


def unannounced_ships(observation: Observation) -> Iterator[Violation]:
    """I5: every built ship has its event; a run is too short for the clean-up to delete one."""
    for order in observation.evidence.orders:
        if order.status is OrderStatus.ASSEMBLED and not order.is_announced:
            yield Violation("I5", f"order {order.order_uuid} is ASSEMBLED and had no OrderPaid")


def untold(observation: Observation) -> Iterator[Violation]:
    """I4, part 1: every paid and assembled order has its deliveries, and the chat has each.

    Exactly the events that Telegram was made to refuse are given up.
    """
    deliveries = {each.about: each for each in observation.deliveries}
    for about in _due(observation):
        if about not in deliveries:
            yield Violation("I4", f"{_about(about)} has no delivery")
    for each in observation.deliveries:
        expected = "DEAD" if each.about in observation.condemned else "SENT"
        if each.state != expected:
            yield Violation("I4", f"{_about(each.about)} is {each.state}, not {expected}")
        elif expected == "SENT" and not observation.told[each.about]:
            yield Violation("I4", f"{_about(each.about)} is SENT and not in the chat")


def sent_twice(observation: Observation) -> Iterator[Violation]:
    """I4, part 2: the chat has each event once, and once more per recorded ambiguity."""
    allowed = {each.about: 1 + each.ambiguous for each in observation.deliveries}
    for about, times in observation.told.items():
        if times > allowed.get(about, 0):
            yield Violation("I4", f"{_about(about)} was told {times} times")


def swollen(observation: Observation) -> Iterator[Violation]:
    """I8: no role uses more memory than its limit."""
    for name, mib in observation.memory_mib.items():
        if mib > LARGEST_ROLE_MIB:
            yield Violation("I8", f"{name} takes {mib:.0f} MiB")


LOST = (broken_promises, untold)
DOUBLED = (sent_twice, wrong_charges, made_twice)
CHECKS = (*LOST, *DOUBLED, unannounced_ships, swollen)


def in_flight(observation: Observation) -> int:
    """Count the orders that are being paid or built, or whose ship the chat does not have yet."""
    return sum(
        order.is_claimed
        or (order.status in PAID and not observation.told[Told("assembled", order.order_uuid)])
        for order in observation.evidence.orders
    )


def repeats(observation: Observation) -> int:
    """Count the records in the topics beyond one per event and per dead letter."""
    ends = {
        place: end for each in observation.evidence.progress for place, end in each.ends.items()
    }
    malformed = {
        (dead_letter.topic, dead_letter.partition, dead_letter.offset)
        for dead_letter in observation.evidence.dead_letters
    }
    return max(0, sum(ends.values()) - len(malformed) - len(list(_due(observation))))


def ambiguous(observation: Observation) -> int:
    return sum(each.ambiguous for each in observation.deliveries)


def _due(observation: Observation) -> Iterator[Told]:
    for order in observation.evidence.orders:
        for kind, statuses in TOLD_IN.items():
            if order.status in statuses:
                yield Told(kind, order.order_uuid)


def _about(about: Told) -> str:
    return f"{about.kind} of order {about.order_uuid}"


def _words(is_paid: bool, is_cancelled: bool) -> str:  # noqa: FBT001  # a table of two columns
    words = [word for word, so in (("paid", is_paid), ("cancelled", is_cancelled)) if so]
    return f"acknowledged as {' and '.join(words) or 'created'}"
