"""The stores and peers that top watches."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine

from deploy.shipyard.commands.events.lag import COMMITS, questions, rows_of, totals
from deploy.shipyard.output import Row
from deploy.shipyard.peers import peers
from deploy.shipyard.problems.found import AllLooks, problems_in
from deploy.shipyard.readings.dead_letters import DeadLetterCount
from deploy.shipyard.readings.flow import see_flow
from deploy.shipyard.readings.outbox import unpublished
from deploy.shipyard.readings.restarts import recent_restarts
from deploy.shipyard.readings.sessions import see_redis
from deploy.shipyard.readings.ships import QueueSeen, queues_of, see_backlog
from deploy.shipyard.screen.dashboard import Seen
from deploy.shipyard.screen.watching import Watch
from deploy.shipyard.servers import KAFKA, NOTIFICATIONS, ORDERS, REDIS, Servers
from libs.clock import utc_now
from libs.postgres.locks import lock_holders
from notification_service.model.delivery import DeliverySeen, DeliveryState
from notification_service.repository.overview import count_deliveries, deliveries_in

MINUTES = 5

UNTOLD_READ = 20

RESTARTS = "supervisor's log"


class Watches:
    """A watch for each question; those of one store carry its name, and it is away once."""

    def __init__(self, servers: Servers, log: Path | None) -> None:
        """Take the folder of supervisor's log; None if another program starts the roles."""
        asked = questions(servers)
        roles = {reader.group: f"{reader.service}-consumer" for reader in servers.readers()}
        letters = DeadLetterCount(servers.kafka, list(servers.readers()))
        self._flow = Watch(ORDERS, partial(see_flow, servers.orders, minutes=MINUTES))
        self._outbox = Watch(ORDERS, partial(unpublished, servers.orders))
        self._order_locks = Watch(ORDERS, partial(lock_holders, servers.orders))
        self._chats = Watch(NOTIFICATIONS, partial(count_deliveries, servers.notifications))
        self._untold = Watch(NOTIFICATIONS, partial(_untold, servers.notifications))
        self._chat_locks = Watch(NOTIFICATIONS, partial(lock_holders, servers.notifications))
        self._queues = Watch(REDIS, partial(_queues, servers.broker_url))
        self._redis = Watch(REDIS, partial(see_redis, servers.broker_url))
        self._groups = Watch(KAFKA, partial(_groups, asked[KAFKA], asked[COMMITS], roles))
        self._letters = Watch(KAFKA, letters)
        self._restarts = [Watch(RESTARTS, partial(recent_restarts, log))] if log else []
        self._peers = [Watch(name, check) for name, check in peers(servers.surroundings)]

    def start(self, stop: Event, *, every_s: float) -> None:
        """Look at everything in threads of their own, until stop is set."""
        for watch in self._all():
            watch.start(stop, every_s=every_s)

    def seen(self) -> Seen:
        """Return the last answers, and what is wrong."""
        return Seen(
            now=utc_now(),
            flow=self._flow.answer,
            outbox=self._outbox.answer,
            queues=self._queues.answer,
            groups=self._groups.answer,
            chats=self._chats.answer,
            restarts=self._restarts[0].answer if self._restarts else None,
            problems=self._problems(),
        )

    def _all(self) -> Iterator[Watch[Any]]:
        yield from (self._flow, self._outbox, self._order_locks)
        yield from (self._chats, self._untold, self._chat_locks)
        yield from (self._queues, self._redis)
        yield from (self._groups, self._letters)
        yield from self._restarts
        yield from self._peers

    def _problems(self) -> list[str] | None:
        """Return what is wrong; None if that is nothing so far, and not everything answered."""
        away: dict[str, str] = {}
        for watch in self._all():
            if reason := watch.away:
                away.setdefault(watch.name, reason)
        looks = AllLooks(
            away=list(away.values()),
            locks_of_orders=self._order_locks.recent,
            locks_of_notifications=self._chat_locks.recent,
            redis=self._redis.recent,
            outbox=self._outbox.recent,
            queues=self._queues.recent,
            groups=self._groups.recent,
            letters=self._letters.recent,
            untold=self._untold.recent,
        )
        found = problems_in(looks, utc_now())
        return found if found or all(watch.looks for watch in self._all()) else None


def _untold(engine: Engine) -> list[DeliverySeen]:
    return deliveries_in(engine, DeliveryState.NEW, limit=UNTOLD_READ)


def _queues(broker_url: str) -> list[QueueSeen]:
    return queues_of(see_backlog(broker_url))


def _groups(
    progress: Callable[[], Any], commits: Callable[[], Any], roles: Mapping[str, str]
) -> list[Row]:
    """Sum each group in a topic, and name the role that reads it."""
    groups = totals(list(rows_of(progress(), commits())))
    return [{**row, "role": roles.get(row["group"], row["group"])} for row in groups]
