"""What the consumer does with a batch of events, of both topics."""

from collections.abc import Callable, Sequence

from libs.kafka.types import HandOff
from notification_service.model.event import Event

QueueEvents = Callable[[Sequence[Event]], None]


def on_events(queue_notifications: QueueEvents) -> HandOff[Event]:
    def handle(events: Sequence[Event]) -> None:
        queue_notifications(events)

    return handle
