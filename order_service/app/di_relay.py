"""What only the relay has."""

from injector import Module, provider, singleton

from libs.kafka.connection import connection_options
from libs.kafka.producer import KafkaPublisher
from order_service.client.kafka_events import KafkaEvents
from order_service.config.settings import OrderSettings
from order_service.service.background_ports import Outbox
from order_service.service.relay_outbox import RelayOutbox


class RelayModule(Module):
    def __init__(self, settings: OrderSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def publisher(self) -> KafkaPublisher:
        return KafkaPublisher(connection_options(self._settings))

    @singleton
    @provider
    def relay_outbox(self, outbox: Outbox, publisher: KafkaPublisher) -> RelayOutbox:
        return RelayOutbox(outbox, KafkaEvents(publisher))
