"""Publishes waiting events from the outbox to Kafka."""

import time
from collections.abc import Sequence
from uuid import UUID

import structlog

from libs.lifecycle.crashing import crash_point
from libs.resilience.monotonic import MonotonicClock
from libs.resilience.on_change import OncePerIncident
from order_service.model.outbox import Lane, OutboxEvent, Publication
from order_service.service.background.ports import Outbox, Publish

BATCH_SIZE = 500

LOCKED_FOR_S = 30.0
"""Seconds after which a locked event is logged; another relay holds it for less."""

NAMED_IN_LOG = 20
"""Most events that one log line names."""

log = structlog.get_logger(__name__)


class RelayOutbox:
    """Relays one lane of the outbox. Not thread-safe."""

    def __init__(
        self,
        outbox: Outbox,
        publish: Publish,
        lane: Lane,
        *,
        said: OncePerIncident,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._publish_to_kafka = publish
        self._lane = lane
        self._monotonic = monotonic
        self._said = said
        self._locked_since: dict[UUID, float] = {}

    def __call__(self) -> Publication:
        """Publish one batch of waiting events; an empty publication means that none is available.

        Raises Unavailable when the database does not answer. If the process dies between Kafka's
        acknowledgement and the mark, the batch is published again with the same ids.
        """
        if not self._outbox.has_waiting(self._lane):
            self._locked_since.clear()
            return Publication()
        publication = self._outbox.publish_waiting(self._lane, self._publish, limit=BATCH_SIZE)
        if publication.acknowledged:
            log.info("outbox_relayed", events=len(publication.acknowledged), lane=self._lane.value)
        self._say_refused(publication)
        for event_uuid in publication.refused:
            self._locked_since.pop(event_uuid, None)
        if publication == Publication():
            self._look_at_the_locked()
        return publication

    def _publish(self, events: Sequence[OutboxEvent]) -> Publication:
        publication = self._publish_to_kafka(events)
        crash_point("after_kafka_ack")
        return publication

    def _say_refused(self, publication: Publication) -> None:
        refused: dict[str, list[str]] = {}
        for event_uuid, refusal in publication.refused.items():
            if refusal.local:
                refused.setdefault(refusal.reason, []).append(str(event_uuid))
        for reason, events in refused.items():
            if self._said.begins(reason):
                log.error(
                    "outbox_events_refused",
                    reason=reason,
                    events=len(events),
                    event_uuids=events[:NAMED_IN_LOG],
                )

    def _look_at_the_locked(self) -> None:
        now = self._monotonic()
        waiting = self._outbox.waiting(self._lane, limit=NAMED_IN_LOG)
        self._locked_since = {each: self._locked_since.get(each, now) for each in waiting}
        lasting = [
            str(each) for each, since in self._locked_since.items() if now - since >= LOCKED_FOR_S
        ]
        if lasting and self._said.begins("locked"):
            log.error("outbox_events_locked", events=len(lasting), event_uuids=lasting)
