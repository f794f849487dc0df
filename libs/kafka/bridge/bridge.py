"""The bridge: a worker that passes every record of one topic to one hand-off."""

import time
from collections.abc import Callable
from threading import Event as Flag
from typing import Generic

import structlog

from libs.errors import Unavailable
from libs.kafka.bridge.delivery import Delivery
from libs.kafka.bridge.loop import BridgeLoop
from libs.kafka.bridge.route import STANDARD_POLICY, Policy, Route
from libs.kafka.bridge.vitals import Vitals
from libs.kafka.consuming import Consumer
from libs.kafka.dead_letters.writer import DeadLetterWriter
from libs.kafka.errors import DeadLettersTooNarrow
from libs.kafka.types import Event
from libs.lifecycle.waiting import wait_until_ready
from libs.resilience.monotonic import MonotonicClock

Connect = Callable[[], Consumer]
"""Joins the group, or raises KafkaUnavailable while something is missing."""

log = structlog.get_logger(__name__)


class Bridge(Generic[Event]):
    """Runs until stopped. Raises any error but Unavailable and MalformedEvent: it is a bug."""

    def __init__(
        self,
        route: Route[Event],
        connect: Connect,
        dead_letters: DeadLetterWriter,
        *,
        vitals: Vitals,
        policy: Policy = STANDARD_POLICY,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._route = route
        self._connect = connect
        self._dead_letters = dead_letters
        self._vitals = vitals
        self._policy = policy
        self._monotonic = monotonic

    def __call__(self, stop: Flag) -> None:
        consumer = self._connected(stop)
        if consumer is None:
            return
        log.info("bridge_started", topic=self._route.topic, group=self._route.group)
        BridgeLoop(
            self._route,
            consumer,
            Delivery(self._route, self._dead_letters, self._policy.backoff, self._monotonic),
            policy=self._policy,
            vitals=self._vitals,
            monotonic=self._monotonic,
        ).run(stop)

    def _connected(self, stop: Flag) -> Consumer | None:
        """Wait for the broker and the topic, for hours if needed; None if stopped first."""
        connected: list[Consumer] = []

        def attempt() -> None:
            try:
                connected.append(self._connect())
            except DeadLettersTooNarrow:
                self._vitals.unhealthy()
                raise
            except Unavailable:
                self._vitals.healthy()
                raise

        self._vitals.healthy()
        wait_until_ready(f"kafka topic {self._route.topic}", attempt, stop=stop)
        return connected[0] if connected else None
