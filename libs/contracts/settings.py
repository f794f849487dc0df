"""The topics of the system, which every service that touches Kafka names alike."""

from pydantic import Field

from libs.settings.base import Settings


class PaidTopicSettings(Settings):
    order_paid_topic: str = Field("order.paid", alias="ORDER_PAID_TOPIC_NAME")
    """Topic of the OrderPaid events."""


class AssembledTopicSettings(Settings):
    order_assembled_topic: str = Field("order.assembled", alias="ORDER_ASSEMBLED_TOPIC_NAME")
    """Topic of the ShipAssembled events."""


class TopicSettings(PaidTopicSettings, AssembledTopicSettings):
    @property
    def topics(self) -> tuple[str, ...]:
        return self.order_paid_topic, self.order_assembled_topic
