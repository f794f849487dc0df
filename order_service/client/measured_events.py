"""Measures what the relay publishes."""

from collections.abc import Sequence

from libs.clock import Clock
from libs.metrics.declared.outbox import BATCH, DELAY, PUBLISHED
from libs.metrics.instruments import counter, histogram
from order_service.model.outbox import Lane, OutboxEvent, Publication
from order_service.service.background.ports import EventPublisher


class MeasuredEvents(EventPublisher):
    """Passes the events of one lane on."""

    def __init__(self, events: EventPublisher, lane: Lane, clock: Clock) -> None:
        self._events = events
        self._clock = clock
        self._batch = histogram(BATCH, lane.value)
        self._acknowledged = counter(PUBLISHED, lane.value, "acknowledged")
        self._refused = counter(PUBLISHED, lane.value, "refused")
        self._delay_s = histogram(DELAY, lane.value)

    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        publication = self._events.publish(events)
        now = self._clock()
        self._batch.observe(len(events))
        self._acknowledged.inc(len(publication.acknowledged))
        self._refused.inc(len(publication.refused))
        for event in events:
            if event.event_uuid not in publication.refused:
                self._delay_s.observe(max(0.0, (now - event.occurred_at).total_seconds()))
        return publication
