"""The only place that builds the assembly service's objects."""

from celery import Celery
from injector import Module, provider, singleton

from assembly_service.client.celery_build_timer import CeleryBuildTimer
from assembly_service.client.kafka_ship_events import KafkaShipEvents
from assembly_service.config.settings import ConsumerSettings, WorkerSettings
from assembly_service.converter.tasks import QUEUE
from assembly_service.model.build_time import BuildTimes
from assembly_service.service.ports import BuildTimer, ShipEvents
from assembly_service.service.publish_ships import PublishShips
from assembly_service.service.start_building import StartBuilding
from libs.clock import utc_now
from libs.contracts.events.declared import SHIP_ASSEMBLED
from libs.kafka.client.circuit_breaker import CircuitBreakingPublisher
from libs.kafka.client.options import connection_options
from libs.kafka.client.producer import KafkaPublisher
from libs.settings.groups import CelerySettings
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue


class QueueModule(Module):
    """Objects of both roles."""

    def __init__(self, settings: CelerySettings) -> None:
        self._broker_url = settings.celery_broker_url.get_secret_value()

    @singleton
    @provider
    def celery(self) -> Celery:
        return create_celery("assembly", self._broker_url, queues=(QUEUE,))


class BuildingModule(Module):
    """Objects of the consumer only."""

    def __init__(self, settings: ConsumerSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def build_timer(self, celery: Celery) -> BuildTimer:
        return CeleryBuildTimer(TaskQueue(celery))

    @singleton
    @provider
    def start_building(self, timer: BuildTimer, celery: Celery) -> StartBuilding:
        settings = self._settings
        build_times = BuildTimes(min_s=settings.build_time_min_s, max_s=settings.build_time_max_s)
        return StartBuilding(timer, build_times, celery.now)


class PublishingModule(Module):
    """Objects of the worker only."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def ship_events(self) -> ShipEvents:
        publisher = CircuitBreakingPublisher(KafkaPublisher(connection_options(self._settings)))
        return KafkaShipEvents(publisher, topic=self._settings.topic_of(SHIP_ASSEMBLED))

    @singleton
    @provider
    def publish_ships(self, events: ShipEvents) -> PublishShips:
        return PublishShips(events, utc_now)
