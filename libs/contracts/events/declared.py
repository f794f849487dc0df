"""The events of the system, each declared once.

Settings, routes, samples and templates follow from here; tests/architecture/test_events.py names
each place that an event is missing from.
"""

import re
from dataclasses import dataclass
from uuid import UUID, uuid5

TELLER = "notification"
"""The service that tells the chat of every event that it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEvent:
    message: str
    """Its message in package events.v1."""
    topic: str
    """Default name of its topic. It never changes: ids, variables and groups are made of it."""
    writer: str
    """The service that publishes it."""
    readers: tuple[str, ...]
    """The services that read it, each in a group of its own."""
    follows: "DeclaredEvent | None" = None
    """The event from whose id its id is made; without one it is made from the order's."""

    @property
    def type_name(self) -> str:
        """Name the message in full, as the header event-type does."""
        return f"events.v1.{self.message}"

    @property
    def sample(self) -> str:
        """Name the file of its golden sample."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.message).lower()

    @property
    def kind(self) -> str:
        """Name it as the deliveries and the chat's templates do."""
        return self.topic.rpartition(".")[2]

    @property
    def is_told(self) -> bool:
        return TELLER in self.readers

    @property
    def topic_field(self) -> str:
        return f"{self._stem}_topic"

    @property
    def group_field(self) -> str:
        return f"{self._stem}_group"

    @property
    def topic_variable(self) -> str:
        return f"{self._stem.upper()}_TOPIC_NAME"

    @property
    def group_variable(self) -> str:
        return f"{self._stem.upper()}_CONSUMER_GROUP_ID"

    def group(self, reader: str) -> str:
        """Return the default name of a service's group."""
        return f"{reader}-group-{self.topic.replace('.', '-')}"

    def event_uuid(self, order_uuid: UUID) -> UUID:
        """Return the id of the event of an order: a repeat carries the same one."""
        source = self.follows.event_uuid(order_uuid) if self.follows else order_uuid
        return uuid5(source, self.topic)

    @property
    def _stem(self) -> str:
        return self.topic.replace(".", "_")


ORDER_PAID = DeclaredEvent(
    message="OrderPaid",
    topic="order.paid",
    writer="order",
    readers=("assembly", "notification"),
)

SHIP_ASSEMBLED = DeclaredEvent(
    message="ShipAssembled",
    topic="order.assembled",
    writer="assembly",
    readers=("order", "notification"),
    follows=ORDER_PAID,
)

EVENTS = (ORDER_PAID, SHIP_ASSEMBLED)

TOLD = tuple(event for event in EVENTS if event.is_told)
