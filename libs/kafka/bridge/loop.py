"""The loop of the bridge: poll, decode, hand off, commit; pause when that is impossible."""

from threading import Event as Flag
from typing import Generic

import structlog

from libs.kafka.bridge.batch import TooManyMalformed, first_offsets, passed_over, sort_out
from libs.kafka.bridge.batch_log import spans
from libs.kafka.bridge.commits import PendingCommits
from libs.kafka.bridge.delivery import Delivered, Delivery
from libs.kafka.bridge.malformed_limit import MalformedCounter
from libs.kafka.bridge.pressure import Pressure
from libs.kafka.bridge.route import Policy, Route
from libs.kafka.bridge.vitals import Vitals
from libs.kafka.consuming import Consumer, Polled, PollFailed
from libs.kafka.measures import PausedTime, Reason
from libs.kafka.types import Event
from libs.metrics.declared.kafka import POLL_FAILURES
from libs.metrics.instruments import counter
from libs.resilience.backoff import Attempts
from libs.resilience.monotonic import MonotonicClock

POLL_S = 1.5
"""Seconds that an idle poll waits; the next heartbeat to the group would end it then anyway. The
loop notices within this time that it should stop."""

log = structlog.get_logger(__name__)


class BridgeLoop(Generic[Event]):
    """Hands off every record at least once, and commits only what was handed off.

    It pauses every partition while a batch is not accepted, the queue is full, or the
    malformed-record limit is reached. It goes on polling meanwhile, so that the group keeps this
    member.
    """

    def __init__(
        self,
        route: Route[Event],
        consumer: Consumer,
        delivery: Delivery[Event],
        *,
        policy: Policy,
        vitals: Vitals,
        monotonic: MonotonicClock,
    ) -> None:
        self._route = route
        self._consumer = consumer
        self._delivery = delivery
        self._vitals = vitals
        self._monotonic = monotonic
        self._commits = PendingCommits(route.topic, route.group)
        self._malformed = MalformedCounter(policy.malformed_limit)
        self._acceptance = policy.acceptance
        self._accepted_before: object = None
        self._pressure = Pressure(policy.pressure, policy.queue_length)
        self._polls = Attempts(policy.backoff)
        self._batching = policy.batching
        self._paused = PausedTime(route.topic, route.group)
        self._poll_failures = counter(POLL_FAILURES, route.topic, route.group)

    def run(self, stop: Flag) -> None:
        """Tick until stopped, then leave the group. Another member reads a pending batch again."""
        try:
            while not stop.is_set():
                stop.wait(self.tick())
            self._delivery.give_up()
            self._commits.attempt(self._consumer)
        finally:
            self._consumer.close()

    def tick(self) -> float:
        """Run the loop once; return the seconds to wait before the next time."""
        try:
            polled = self._consumer.poll(self._poll_s())
        except PollFailed as error:
            return self._rest_after(error)
        self._polls.succeeded()
        self._forget(polled.lost)
        self._go_on_if_accepted()
        if self._is_holding():
            # Assigned while the others were paused, and therefore not paused itself.
            self._consumer.rewind(first_offsets(polled.records))
        else:
            self._take(polled)
        rest_s = 0.0
        if delivered := self._delivery.attempt():
            self._commits.add(delivered.batch.end)
            self._pressure.handed_off()
            lag = self._consumer.lag(delivered.batch.end)
            self._log(delivered, lag)
            rest_s = 0.0 if lag else self._batching.rest_s(len(delivered.batch.records))
        self._commits.attempt(self._consumer)
        self._hold_or_read()
        return rest_s

    def _poll_s(self) -> float:
        if self._delivery.is_pending:
            return min(POLL_S, self._delivery.due_in_s)
        return self._pressure.limit.look_every_s if self._pressure.is_high else POLL_S

    def _rest_after(self, error: PollFailed) -> float:
        """Hand off and commit nothing: this member may no longer own its partitions."""
        self._vitals.unhealthy()
        self._polls.failed(self._monotonic())
        self._poll_failures.inc()
        if self._polls.failures == 1:
            log.error("poll_failed", topic=self._route.topic, reason=str(error))
        return self._polls.backoff.after(self._polls.failures)

    def _forget(self, lost: frozenset[int]) -> None:
        if lost:
            log.info("partitions_lost", topic=self._route.topic, partitions=sorted(lost))
            self._commits.forget(lost)
            self._delivery.forget(lost)

    def _take(self, polled: Polled) -> None:
        self._commits.reach(passed_over(polled))
        if not polled.records:
            return
        try:
            self._delivery.start(sort_out(polled, self._route.decode, self._malformed))
        except TooManyMalformed as error:
            self._consumer.rewind(first_offsets(polled.records))
            self._accepted_before = self._acceptance and self._acceptance.given()
            last = error.last.record
            log.error(  # noqa: TRY400  # the records are at fault; a traceback does not help
                "malformed_record_limit_reached",
                topic=last.topic,
                partition=last.partition,
                offset=last.offset,
                reason=str(error),
                way_on="run dlq accept to write all of them to the dead letters",
            )

    def _go_on_if_accepted(self) -> None:
        if not self._malformed.limit_reached or self._acceptance is None:
            return
        if self._acceptance.given() not in {None, self._accepted_before}:
            self._malformed.release()
            log.warning("malformed_records_accepted", topic=self._route.topic)

    def _is_holding(self) -> bool:
        return self._why_holding() is not None

    def _why_holding(self) -> Reason | None:
        if self._malformed.limit_reached:
            return "malformed"
        if self._delivery.is_pending:
            return "hand_off"
        return "queue" if self._pressure.is_high else None

    def _hold_or_read(self) -> None:
        if self._malformed.limit_reached or self._delivery.is_stuck:
            self._vitals.unhealthy()
        else:
            self._vitals.healthy()
            if not self._delivery.is_pending:
                self._pressure.look(self._monotonic())
        reason = self._why_holding()
        self._paused.look(reason, self._monotonic())
        if reason:
            self._consumer.pause()
        else:
            self._consumer.resume()

    def _log(self, delivered: Delivered[Event], lag: int) -> None:
        batch = delivered.batch
        log.info(
            "batch_handed_off",
            topic=self._route.topic,
            group=self._route.group,
            offsets=spans(batch.records),
            count=len(batch.events),
            dead_letters=delivered.dead_letters,
            lag=lag,
            ms=delivered.took_ms,
        )
