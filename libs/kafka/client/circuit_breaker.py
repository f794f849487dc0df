"""A broker that is away costs one caller its seconds, not every one."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from threading import Lock

from libs.kafka.publishing import Failure, Published, Publisher
from libs.kafka.types import OutgoingRecord, Place
from libs.resilience.monotonic import Ticks

OPEN_FOR_S = 1.0
"""Seconds after a failure for which nothing is tried; a probe in vain then takes some eight."""

EVERYWHERE = Place("", -1)


@dataclass(frozen=True, slots=True)
class _Open:
    reason: str
    half_open_at: float


class CircuitBreaker(Publisher):
    """Has a circuit for each place, and one for all of Kafka.

    A place's circuit opens when a batch got no acknowledgement there in its time; the one for all
    when meanwhile nobody got any, anywhere, and the place was not known for it. What an open
    circuit stops fails at once; what goes elsewhere is published as ever. OPEN_FOR_S later one
    caller at a time probes, and is as slow as the publisher, until a probe is acknowledged.
    """

    def __init__(
        self,
        publisher: Publisher,
        ticks: Ticks = time.monotonic,
        *,
        careful: Publisher | None = None,
    ) -> None:
        """Publish through careful what is published without a probe."""
        self._publisher = publisher
        self._careful = careful or publisher
        self._ticks = ticks
        self._probing = Lock()
        self._circuits: dict[Place, _Open] = {}
        self._acknowledged_at = -inf

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        now = self._ticks()
        if not self._wants_a_probe(records, now) or not self._probing.acquire(blocking=False):
            return self._publish(self._publisher, records, -inf)
        try:
            return self._publish(self._publisher, records, now)
        finally:
            self._probing.release()

    def publish_without_probe(self, records: Sequence[OutgoingRecord]) -> Published:
        """Leave probing to others: no batch is slow for the sake of what has failed before."""
        return self._publish(self._careful, records, -inf)

    def place(self, record: OutgoingRecord) -> Place | None:
        return self._careful.place(record) or self._publisher.place(record)

    def close(self) -> None:
        self._publisher.close()
        if self._careful is not self._publisher:
            self._careful.close()

    def _wants_a_probe(self, records: Sequence[OutgoingRecord], now: float) -> bool:
        if not self._circuits:
            return False
        places = {self.place(record) for record in records}
        return any(self._stopping(each, -inf) and not self._stopping(each, now) for each in places)

    def _stopping(self, place: Place | None, now: float) -> str | None:
        """Return why nothing goes there yet; without a time no probe goes there either."""
        for each in (EVERYWHERE, place):
            circuit = self._circuits.get(each) if each else None
            if circuit and now < circuit.half_open_at:
                return f"not tried, as just before: {circuit.reason}"
        return None

    def _publish(
        self, publisher: Publisher, records: Sequence[OutgoingRecord], now: float
    ) -> Published:
        places = [self.place(record) for record in records]
        stopped = {
            position: reason
            for position, place in enumerate(places)
            if (reason := self._stopping(place, now))
        }
        passing = [position for position in range(len(records)) if position not in stopped]
        if not passing:
            return Published(failures=_failures(stopped))
        began_at = self._ticks()
        published = publisher.publish([records[each] for each in passing])
        self._learn(published, [places[each] for each in passing], began_at)
        failed = [replace(each, position=passing[each.position]) for each in published.failures]
        return Published(
            acknowledged=tuple(passing[each] for each in published.acknowledged),
            failures=tuple(sorted((*failed, *_failures(stopped)), key=lambda each: each.position)),
        )

    def _learn(self, published: Published, places: Sequence[Place | None], began_at: float) -> None:
        working = {places[each] for each in published.acknowledged}
        if working:
            self._acknowledged_at = self._ticks()
            for place in (EVERYWHERE, *working):
                self._circuits.pop(place or EVERYWHERE, None)
        slow = [each for each in published.failures if not each.permanent and not each.local]
        is_silent = self._acknowledged_at < began_at
        for failure in slow:
            place = places[failure.position]
            # Of a place that is known to be silent nothing else was to be expected.
            if is_silent and (place is None or place not in self._circuits):
                place = EVERYWHERE
            if place is not None and place not in working:
                half_open_at = self._ticks() + OPEN_FOR_S
                self._circuits[place] = _Open(failure.reason, half_open_at)


def _failures(reasons: Mapping[int, str]) -> tuple[Failure, ...]:
    return tuple(Failure(position=each, reason=reasons[each]) for each in reasons)
