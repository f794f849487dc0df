"""The topics of the system, which every service that touches Kafka names alike."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from libs.contracts.events.declared import EVENTS, ORDER_PAID, SHIP_ASSEMBLED, DeclaredEvent
from libs.settings.base import Settings


def topic_field(event: DeclaredEvent) -> Any:
    """Make the field of the event's topic, which the settings call event.topic_field."""
    about = f"Topic of the {event.message} events."
    return Field(event.topic, alias=event.topic_variable, description=about)


def group_field(event: DeclaredEvent, reader: str) -> Any:
    """Make the field of a service's group, which its settings call event.group_field."""
    about = f"Consumer group of the {event.message} events."
    return Field(event.group(reader), alias=event.group_variable, description=about)


class EventSettings(Settings):
    """Finds the topics and groups among the fields of a role; to ask for others is a mistake."""

    def topic_of(self, event: DeclaredEvent) -> str:
        return str(getattr(self, event.topic_field))

    def group_of(self, event: DeclaredEvent) -> str:
        return str(getattr(self, event.group_field))

    @property
    def groups(self) -> Mapping[str, str]:
        """Return the group that reads each topic."""
        fields = type(self).model_fields
        read = [event for event in EVENTS if event.group_field in fields]
        return {self.topic_of(event): self.group_of(event) for event in read}


class PaidTopicSettings(EventSettings):
    order_paid_topic: str = topic_field(ORDER_PAID)


class AssembledTopicSettings(EventSettings):
    order_assembled_topic: str = topic_field(SHIP_ASSEMBLED)


class TopicSettings(PaidTopicSettings, AssembledTopicSettings):
    """All topics of the system."""

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(self.topic_of(event) for event in EVENTS)
