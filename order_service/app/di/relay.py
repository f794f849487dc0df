"""Objects of the relay only."""

from collections.abc import Mapping
from typing import NewType

from injector import Module, provider, singleton

from libs.clock import utc_now
from libs.kafka.client.circuit_breaker import CircuitBreakingPublisher
from libs.kafka.client.observing.group_gauges import GroupGauges
from libs.kafka.client.options import connection_options
from libs.kafka.client.producer import KafkaPublisher
from libs.resilience.on_change import OncePerIncident
from order_service.client.kafka_events import KafkaEvents
from order_service.client.measured_events import MeasuredEvents
from order_service.config.settings import RelaySettings
from order_service.model.outbox import Lane
from order_service.service.background.ports import Outbox
from order_service.service.background.relay_outbox import RelayOutbox

Lanes = NewType("Lanes", Mapping[Lane, RelayOutbox])


class RelayModule(Module):
    def __init__(self, settings: RelaySettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def publisher(self) -> CircuitBreakingPublisher:
        """Keep refused records, which cost the client its connection, away from the other lanes."""
        connection = connection_options(self._settings)
        return CircuitBreakingPublisher(
            KafkaPublisher(connection), careful=KafkaPublisher(connection)
        )

    @singleton
    @provider
    def group_gauges(self) -> GroupGauges:
        connection = connection_options(self._settings)
        return GroupGauges(connection, self._settings.topics, clock=utc_now)

    @singleton
    @provider
    def lanes(self, outbox: Outbox, publisher: CircuitBreakingPublisher) -> Lanes:
        """Let only the REFUSED lane probe an open circuit, so the other lanes are never slow."""
        careful = KafkaEvents(publisher.publish_without_probe)
        probing = KafkaEvents(publisher.publish)
        publishing = {Lane.RECENT: careful, Lane.LATE: careful, Lane.REFUSED: probing}
        said = OncePerIncident()
        return Lanes(
            {
                lane: RelayOutbox(
                    outbox, MeasuredEvents(events, lane, utc_now).publish, lane, said=said
                )
                for lane, events in publishing.items()
            }
        )
