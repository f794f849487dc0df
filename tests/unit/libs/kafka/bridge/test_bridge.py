"""A bridge before it has a consumer."""

from threading import Event

import pytest

from libs.kafka.bridge.bridge import Bridge
from libs.kafka.bridge.route import Route
from libs.kafka.consuming import Consumer
from libs.kafka.dead_letters.writer import DeadLetterWriter
from libs.kafka.errors import DeadLettersTooNarrow, KafkaUnavailable
from tests.support.kafka import ORDER_PAID_AT, FakePublisher
from tests.unit.libs.kafka.bridge.loops import GROUP, FakeHandOff, FakeVitals, decode

TOO_NARROW = DeadLettersTooNarrow("order.paid.dlq", 1, 2)


class Impatient(Event):
    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        return self.is_set()


@pytest.mark.parametrize(
    ("error", "sign"), [(TOO_NARROW, "unhealthy"), (KafkaUnavailable("no broker"), "healthy")]
)
def test_a_bridge_that_waits_is_healthy_but_not_for_room_for_dead_letters(
    error: KafkaUnavailable, sign: str
) -> None:
    vitals, stop = FakeVitals(), Impatient()

    def connect() -> Consumer:
        if len(vitals.signs) >= 4:
            stop.set()
        raise error

    Bridge(
        Route(topic="order.paid", group=GROUP, decode=decode, hand_off=FakeHandOff()),
        connect,
        DeadLetterWriter(FakePublisher(), group=GROUP, clock=lambda: ORDER_PAID_AT),
        vitals=vitals,
    )(stop)

    assert vitals.signs[1:] == [sign] * 4
