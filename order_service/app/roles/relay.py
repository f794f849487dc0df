"""The role that publishes events from the outbox to Kafka."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock

import structlog
from injector import Injector

from libs.errors import Unavailable
from libs.health.heartbeat import Heartbeat
from libs.kafka.client.circuit_breaker import CircuitBreakingPublisher
from libs.kafka.client.observing.group_gauges import GroupGauges
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.starting import start_role
from libs.metrics.stores import register_stores
from libs.resilience.backoff import Backoff
from libs.resilience.batching import Batching
from libs.resilience.on_change import OnChange
from order_service.app.di.relay import Lanes, RelayModule
from order_service.app.di.storage import StorageModule
from order_service.config.settings import SERVICE, RelaySettings
from order_service.model.outbox import Lane, Publication
from order_service.service.background.relay_outbox import BATCH_SIZE

BACKOFF = Backoff()

KAFKA = "kafka"
"""Names the cause in the log when Kafka, not the database, holds up a lane."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a lane is read, and its back-off when no event was published."""

    batching: Batching
    refused: Backoff


AT_ONCE = Backoff(longest_s=0.2)
"""A refused event leaves these lanes and must not delay the events after it."""


def _every(seconds: float) -> Batching:
    return Batching(max_batch_size=BATCH_SIZE, max_batch_time_s=seconds)


PACES = {
    # An event waits at most this long for the relay to see it.
    Lane.RECENT: Pace(batching=_every(0.2), refused=AT_ONCE),
    Lane.LATE: Pace(batching=_every(1.0), refused=AT_ONCE),
    Lane.REFUSED: Pace(batching=_every(1.0), refused=BACKOFF),
}


class Relay:
    """Relays one lane, batch after batch; rests after a batch that was not full."""

    def __init__(
        self,
        lane: Lane,
        relay_outbox: Callable[[], Publication],
        *,
        alive: Callable[[], None],
    ) -> None:
        self._lane = lane
        self._pace = PACES[lane]
        self._relay_outbox = relay_outbox
        self._alive = alive
        self._failures = 0
        self._held_up_by = OnChange()

    def __call__(self, stop: Event) -> None:
        while not stop.is_set():
            self._alive()
            stop.wait(self.step())

    def step(self) -> float:
        """Relay one batch; return the seconds to rest before the next one."""
        try:
            publication = self._relay_outbox()
        except Unavailable as error:
            self._failures += 1
            self._say_held_up(str(error), reason=str(error))
            return BACKOFF.after(self._failures)
        if publication.refused and not publication.acknowledged:
            self._failures += 1
            self._say_refused(publication)
            return self._pace.refused.after(self._failures)
        self._failures = 0
        self._say_resumed(publication)
        return self._pace.batching.rest_s(publication.size)

    def _say_refused(self, publication: Publication) -> None:
        """Log that Kafka is unavailable. The use case logs events that Kafka itself refuses."""
        reasons = [each.reason for each in publication.refused.values() if not each.local]
        if reasons:
            self._say_held_up(KAFKA, reason=reasons[0])

    def _say_held_up(self, by: str, *, reason: str) -> None:
        if self._held_up_by.changes_to(by):
            log.warning("relay_held_up", lane=self._lane.value, reason=reason)

    def _say_resumed(self, publication: Publication) -> None:
        """Log the recovery. An empty lane proves nothing: refused events wait in another lane."""
        if self._held_up_by.state == KAFKA and not publication.acknowledged:
            return
        if self._held_up_by.changes_to(""):
            log.info("relay_resumed", lane=self._lane.value)


class AllAlive:
    """Reports the role as alive once each part has reported since the last report."""

    def __init__(self, parts: Collection[str], *, alive: Callable[[], None]) -> None:
        self._parts = frozenset(parts)
        self._alive = alive
        self._seen: set[str] = set()
        self._lock = Lock()

    def see(self, part: str) -> None:
        with self._lock:
            self._seen.add(part)
            if self._seen == self._parts:
                self._seen.clear()
                self._alive()


def run_relay() -> None:
    """Publish the outbox to Kafka."""
    settings = start_role(RelaySettings)
    injector = Injector([StorageModule(settings), RelayModule(settings)], auto_bind=False)
    lanes = injector.get(Lanes)
    register_stores({"kafka": injector.get(GroupGauges)}, metrics_port=settings.metrics_port)
    all_alive = AllAlive(lanes, alive=Heartbeat(settings.state_dir, SERVICE, "relay").touch)
    run_until_stopped(
        *(
            Relay(lane, relay_outbox, alive=partial(all_alive.see, lane))
            for lane, relay_outbox in lanes.items()
        ),
        closing=[injector.get(CircuitBreakingPublisher).close],
    )
