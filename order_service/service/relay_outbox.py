"""Events get from the outbox to Kafka, however long that takes."""

from collections.abc import Sequence

import structlog

from libs.lifecycle.crashing import crash_point
from order_service.model.outbox import OutboxEvent, Publication
from order_service.service.background_ports import EventPublisher, Outbox

BATCH_SIZE = 500

log = structlog.get_logger(__name__)


class RelayOutbox:
    def __init__(self, outbox: Outbox, publisher: EventPublisher) -> None:
        self._outbox = outbox
        self._publisher = publisher

    def __call__(self) -> Publication:
        """Publish one batch of waiting events; an empty publication means that none waits.

        Raises Unavailable when the database does not answer. Whoever dies between Kafka's
        acknowledgement and the mark has the batch published again, under the same ids.
        """
        if not self._outbox.has_waiting():
            return Publication()
        publication = self._outbox.publish_waiting(self._publish, limit=BATCH_SIZE)
        if publication.acknowledged:
            log.info("outbox_relayed", events=len(publication.acknowledged))
        return publication

    def _publish(self, events: Sequence[OutboxEvent]) -> Publication:
        publication = self._publisher.publish(events)
        crash_point("after_kafka_ack")
        return publication
