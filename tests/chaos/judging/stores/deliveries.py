"""Reads the notification service's deliveries during a fault."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from uuid import UUID

from tests.chaos.judging.evidence import Told
from tests.chaos.judging.stores.chat import Send, told_in
from tests.chaos.judging.stores.database import rows_of
from tests.chaos.scenario import RunningSystem

ATTEMPTS = "SELECT coalesce(sum(attempts), 0)::integer FROM deliveries"

IN_STATE = (
    "SELECT kind, facts ->> 'order_uuid' FROM deliveries WHERE state = %s ORDER BY event_uuid"
)

AMBIGUOUS = "SELECT kind, facts ->> 'order_uuid', ambiguous FROM deliveries WHERE ambiguous > 0"


def attempts(system: RunningSystem) -> int:
    """Count the refusals that count as attempts of a message."""
    [(burnt,)] = rows_of(system, "notification", ATTEMPTS)
    return int(burnt)


def in_state(system: RunningSystem, state: str) -> list[Told]:
    rows = rows_of(system, "notification", IN_STATE, state)
    return [Told(kind, UUID(order_uuid)) for kind, order_uuid in rows]


def ambiguities(system: RunningSystem) -> Counter[Told]:
    """Return how often each event was sent without an answer, according to its row."""
    rows = rows_of(system, "notification", AMBIGUOUS)
    return Counter({Told(kind, UUID(order_uuid)): times for kind, order_uuid, times in rows})


def unanswered(sends: Sequence[Send]) -> Counter[Told]:
    """Return how often each event was sent without an answer, according to Telegram."""
    return told_in(send.text for send in sends if send.status is None)


def hurried(sends: Sequence[Send], *, asked_to_wait_s: int) -> Iterator[str]:
    """Return calls that did not wait for the previous call's retry_after."""
    if not any(send.retry_after_s == asked_to_wait_s for send in sends):
        yield f"no call was answered with a 429 of {asked_to_wait_s} s"
    for send, following in pairwise(sends):
        waited_s = following.at_s - send.at_s
        if waited_s < send.retry_after_s:
            yield f"a message came {waited_s:.1f} s after a 429 of {send.retry_after_s} s"
