"""One batch at a time, kept in memory until it is accepted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic

import structlog

from libs.errors import Unavailable
from libs.kafka.bridge.batch import Batch
from libs.kafka.bridge.batch_log import batch_bound, spans
from libs.kafka.bridge.route import Route
from libs.kafka.dead_letters.writer import (
    DeadLettersNotWritten,
    DeadLettersRefused,
    DeadLetterWriter,
)
from libs.kafka.measures import DeliveryMeasures
from libs.kafka.types import Event
from libs.lifecycle.crashing import crash_point
from libs.resilience.backoff import Attempts, Backoff
from libs.resilience.monotonic import MonotonicClock
from libs.resilience.on_change import OnChange

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Generic[Event]):
    batch: Batch[Event]
    dead_letters: int
    took_ms: int


class Delivery(Generic[Event]):
    """Writes the dead letters of a batch, then hands its events off.

    If either is unavailable, the same batch is retried later, without the dead letters that are
    already acknowledged.
    """

    def __init__(
        self,
        route: Route[Event],
        dead_letters: DeadLetterWriter,
        backoff: Backoff,
        monotonic: MonotonicClock,
    ) -> None:
        self._route = route
        self._dead_letters = dead_letters
        self._monotonic = monotonic
        self._attempts = Attempts(backoff)
        self._batch: Batch[Event] | None = None
        self._since = 0.0
        self._dead_letter_count = 0
        self._reason = OnChange()
        self._is_refused = False
        self._measures = DeliveryMeasures(route.topic, route.group)

    @property
    def is_pending(self) -> bool:
        return self._batch is not None

    @property
    def is_stuck(self) -> bool:
        """True if no retry helps the batch: an operator has to act."""
        return self.is_pending and self._is_refused

    @property
    def due_in_s(self) -> float:
        return max(0.0, self._attempts.next_at - self._monotonic())

    def start(self, batch: Batch[Event]) -> None:
        """Start a batch. The one before must be done."""
        self._batch = batch
        self._since = self._monotonic()
        self._dead_letter_count = len(batch.dead_letters)
        self._reason = OnChange()
        self._is_refused = False
        self._attempts.succeeded()
        self._measures.started(malformed=len(batch.dead_letters))

    def forget(self, lost: Iterable[int]) -> None:
        """Remove lost partitions from the batch: their new owner reads them."""
        if self._batch is not None:
            rest = self._batch.without(lost)
            self._batch = rest if rest.records else None

    def attempt(self) -> Delivered[Event] | None:
        """Try to deliver if an attempt is due; return the batch once, when it is done.

        Any error but Unavailable is a bug: it is raised, and the batch stays undelivered.
        """
        if self._batch is None or not self._attempts.is_due(self._monotonic()):
            return None
        with batch_bound(self._route.topic, self._route.group, self._batch.records):
            try:
                self._deliver(self._batch)
            except Unavailable as error:
                self._postpone(error)
                return None
            crash_point("after_hand_off")
        done, self._batch = self._batch, None
        took_s = self._monotonic() - self._since
        self._measures.done(records=len(done.records), took_s=took_s)
        return Delivered(
            batch=done, dead_letters=self._dead_letter_count, took_ms=round(took_s * 1000)
        )

    def _deliver(self, batch: Batch[Event]) -> None:
        if batch.dead_letters:
            try:
                self._dead_letters.write(batch.dead_letters)
            except DeadLettersNotWritten as error:
                self._batch = batch.with_dead_letters(error.remaining)
                self._measures.dead_lettered(len(batch.dead_letters) - len(error.remaining))
                raise
            self._measures.dead_lettered(len(batch.dead_letters))
            self._batch = batch.with_dead_letters(())
        if batch.events:
            self._route.hand_off([event for _, event in batch.events])

    def _postpone(self, error: Unavailable) -> None:
        self._attempts.failed(self._monotonic())
        self._measures.postponed()
        self._is_refused = isinstance(error, DeadLettersRefused)
        if self._reason.changes_to(str(error)):
            say = log.error if self._is_refused else log.warning
            say("hand_off_postponed", reason=self._reason.state)

    def give_up(self) -> None:
        """Drop the batch: the next owner of the partitions reads it again."""
        if self._batch is not None:
            log.info(
                "batch_left_to_next_member",
                topic=self._route.topic,
                group=self._route.group,
                offsets=spans(self._batch.records),
            )
        self._batch = None
