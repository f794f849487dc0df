"""Circuit breakers: a broker that is down costs one caller its timeout, not every caller."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from threading import Lock

from libs.kafka.publishing import Failure, Published, Publisher
from libs.kafka.types import OutgoingRecord, TopicPartition
from libs.resilience.circuit_breaker import CircuitBreaker
from libs.resilience.monotonic import MonotonicClock

OPEN_FOR_S = 1.0
"""Seconds after a failure without any attempt. A probe that fails takes about eight more."""

EVERYWHERE = TopicPartition("", -1)


class CircuitBreakingPublisher(Publisher):
    """Has a circuit breaker for each partition, and one for all of Kafka.

    A partition's circuit opens when a batch gets no acknowledgement from it in time. The circuit
    for all opens when no partition acknowledges anything meanwhile, and the partition was not
    known to be silent. A record of an open circuit fails at once; all others are published. While
    a circuit is half-open, one caller at a time probes, with the publisher's timeout, until a
    probe is acknowledged.
    """

    def __init__(
        self,
        publisher: Publisher,
        monotonic: MonotonicClock = time.monotonic,
        *,
        careful: Publisher | None = None,
    ) -> None:
        """Publish through careful every batch that is not a probe."""
        self._publisher = publisher
        self._careful = careful or publisher
        self._monotonic = monotonic
        self._probing = Lock()
        self._circuits: dict[TopicPartition, CircuitBreaker] = {}
        self._acknowledged_at = -inf

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        if not self._wants_a_probe(records) or not self._probing.acquire(blocking=False):
            return self._publish(self._publisher, records, probes=False)
        try:
            return self._publish(self._publisher, records, probes=True)
        finally:
            self._probing.release()

    def publish_without_probe(self, records: Sequence[OutgoingRecord]) -> Published:
        """Never probe: no batch waits because an earlier one failed."""
        return self._publish(self._careful, records, probes=False)

    def partition_of(self, record: OutgoingRecord) -> TopicPartition | None:
        return self._careful.partition_of(record) or self._publisher.partition_of(record)

    def close(self) -> None:
        self._publisher.close()
        if self._careful is not self._publisher:
            self._careful.close()

    def _wants_a_probe(self, records: Sequence[OutgoingRecord]) -> bool:
        if not self._circuits:
            return False
        partitions = {self.partition_of(record) for record in records}
        return any(
            self._stopping(each, probes=False) and not self._stopping(each, probes=True)
            for each in partitions
        )

    def _stopping(self, partition: TopicPartition | None, *, probes: bool) -> str | None:
        """Return why the circuit stops records; None if it is closed, or half-open for a probe."""
        for each in (EVERYWHERE, partition):
            circuit = self._circuits.get(each) if each else None
            if circuit and not (probes and circuit.is_half_open):
                return f"not tried after a recent failure: {circuit.reason}"
        return None

    def _publish(
        self, publisher: Publisher, records: Sequence[OutgoingRecord], *, probes: bool
    ) -> Published:
        partitions = [self.partition_of(record) for record in records]
        stopped = {
            position: reason
            for position, partition in enumerate(partitions)
            if (reason := self._stopping(partition, probes=probes))
        }
        passing = [position for position in range(len(records)) if position not in stopped]
        if not passing:
            return Published(failures=_failures(stopped))
        began_at = self._monotonic()
        published = publisher.publish([records[each] for each in passing])
        self._learn(published, [partitions[each] for each in passing], began_at)
        failed = [replace(each, position=passing[each.position]) for each in published.failures]
        return Published(
            acknowledged=tuple(passing[each] for each in published.acknowledged),
            failures=tuple(sorted((*failed, *_failures(stopped)), key=lambda each: each.position)),
            stored_at={passing[each]: place for each, place in published.stored_at.items()},
        )

    def _learn(
        self, published: Published, partitions: Sequence[TopicPartition | None], began_at: float
    ) -> None:
        working = {partitions[each] for each in published.acknowledged}
        if working:
            self._acknowledged_at = self._monotonic()
            for partition in (EVERYWHERE, *working):
                self._circuits.pop(partition or EVERYWHERE, None)
        slow = [each for each in published.failures if not each.permanent and not each.local]
        is_silent = self._acknowledged_at < began_at
        for failure in slow:
            partition = partitions[failure.position]
            # A partition that is known to be silent says nothing about the others.
            if is_silent and (partition is None or partition not in self._circuits):
                partition = EVERYWHERE
            if partition is not None and partition not in working:
                circuit = CircuitBreaker(open_for_s=OPEN_FOR_S, monotonic=self._monotonic)
                circuit.failed(failure.reason)
                self._circuits[partition] = circuit


def _failures(reasons: Mapping[int, str]) -> tuple[Failure, ...]:
    return tuple(Failure(position=each, reason=reasons[each]) for each in reasons)
