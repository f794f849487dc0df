"""The role that takes events from the outbox to Kafka."""

from collections.abc import Callable
from threading import Event

import structlog
from injector import Injector

from libs.errors import Unavailable
from libs.health.heartbeat import Heartbeat
from libs.kafka.backoff import Backoff
from libs.kafka.producer import KafkaPublisher
from libs.lifecycle.running import run_until_stopped
from order_service.app.app import SERVICE, start
from order_service.app.di import OrderModule
from order_service.app.di_relay import RelayModule
from order_service.model.outbox import Publication
from order_service.service.relay_outbox import RelayOutbox

IDLE_PAUSE_S = 0.05
"""Seconds between two looks into an empty outbox: the most that they add to an order's way."""

BACKOFF = Backoff()

log = structlog.get_logger(__name__)


class Relay:
    """Relays batch after batch: at once while there are any, with back-off while none gets out."""

    def __init__(
        self, relay_outbox: Callable[[], Publication], *, alive: Callable[[], None]
    ) -> None:
        self._relay_outbox = relay_outbox
        self._alive = alive
        self._failures = 0
        self._reason = ""

    def __call__(self, stop: Event) -> None:
        while not stop.is_set():
            self._alive()
            stop.wait(self.step())

    def step(self) -> float:
        """Relay one batch; return the seconds to rest before the next one."""
        try:
            publication = self._relay_outbox()
        except Unavailable as error:
            return self._rest_after(str(error))
        if publication.refused:
            return self._rest_after(next(iter(publication.refused.values())))
        if self._failures:
            log.info("relay_resumed")
        self._failures, self._reason = 0, ""
        return 0.0 if publication.acknowledged else IDLE_PAUSE_S

    def _rest_after(self, reason: str) -> float:
        self._failures += 1
        if reason != self._reason:
            log.warning("relay_held_up", reason=reason)
            self._reason = reason
        return BACKOFF.after(self._failures)


def run_relay() -> None:
    """Publish the outbox to Kafka."""
    settings = start()
    injector = Injector([OrderModule(settings), RelayModule(settings)], auto_bind=False)
    heartbeat = Heartbeat(settings.state_dir, SERVICE, "relay")
    run_until_stopped(
        Relay(injector.get(RelayOutbox), alive=heartbeat.touch),
        closing=[injector.get(KafkaPublisher).close],
    )
