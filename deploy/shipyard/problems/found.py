"""Turns the looks at all stores into a list of problems, causes before what follows from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.shipyard.output import Row
from deploy.shipyard.problems.looks import Looks
from deploy.shipyard.problems.stores import emptied, full, locking
from deploy.shipyard.problems.work import (
    paused,
    refused,
    undecided,
    unpublished,
    unread,
    untaken,
)
from deploy.shipyard.readings.dead_letters import Pending
from deploy.shipyard.readings.outbox import Unpublished
from deploy.shipyard.readings.sessions import RedisSeen
from deploy.shipyard.readings.ships import QueueSeen
from deploy.shipyard.servers import NOTIFICATIONS, ORDERS
from libs.postgres.locks import Holder
from notification_service.model.delivery import DeliverySeen


@dataclass(frozen=True, kw_only=True)
class AllLooks:
    """The looks at each store; none where a store has not answered yet, or does not now."""

    away: Sequence[str] = ()
    locks_of_orders: Looks[Sequence[Holder]] = ()
    locks_of_notifications: Looks[Sequence[Holder]] = ()
    redis: Looks[RedisSeen] = ()
    outbox: Looks[Sequence[Unpublished]] = ()
    queues: Looks[Sequence[QueueSeen]] = ()
    groups: Looks[Sequence[Row]] = ()
    letters: Looks[Sequence[Pending]] = ()
    untold: Looks[Sequence[DeliverySeen]] = ()


def problems_in(looks: AllLooks, now: datetime) -> list[str]:
    """Return a line for each problem."""
    return [*looks.away, *_of_stores(looks, now), *_of_work(looks, now)]


def _of_stores(looks: AllLooks, now: datetime) -> Iterator[str]:
    if looks.redis:
        yield from full(looks.redis[-1].answer)
        yield from emptied(looks.redis, now)
    if looks.locks_of_orders:
        yield from locking(ORDERS, looks.locks_of_orders, now)
    if looks.locks_of_notifications:
        yield from locking(NOTIFICATIONS, looks.locks_of_notifications, now)


def _of_work(looks: AllLooks, now: datetime) -> Iterator[str]:
    if looks.outbox:
        yield from refused(looks.outbox[-1].answer)
    if looks.letters:
        yield from undecided(looks.letters[-1].answer, now)
    if looks.untold:
        yield from paused(looks.untold[-1].answer)
    if looks.groups:
        yield from unread(looks.groups)
    if looks.queues:
        yield from untaken(looks.queues[-1].answer)
    if looks.outbox:
        yield from unpublished(looks.outbox)
