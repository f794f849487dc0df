from injector import Injector

from libs.contracts.events.declared import SHIP_ASSEMBLED
from libs.health.heartbeat import Heartbeat
from libs.kafka.bridge.role import AcceptMalformed, policy, run_bridges
from libs.kafka.bridge.route import Route
from libs.lifecycle.starting import start_role
from libs.tasks.redis.backlog import queue_length
from order_service.app.di.queue import QueueModule
from order_service.client.celery_assembly_queue import CeleryAssemblyQueue
from order_service.config.settings import SERVICE, ConsumerSettings
from order_service.converter.events import ship_assembled_from_record
from order_service.converter.tasks import QUEUE


def run_consumer(*, accept_malformed: AcceptMalformed = False) -> None:
    """Queue a Celery task for each batch of ShipAssembled."""
    settings = start_role(ConsumerSettings)
    injector = Injector([QueueModule(settings)], auto_bind=False)
    run_bridges(
        [
            Route(
                topic=settings.topic_of(SHIP_ASSEMBLED),
                group=settings.group_of(SHIP_ASSEMBLED),
                decode=ship_assembled_from_record,
                hand_off=injector.get(CeleryAssemblyQueue).mark_later,
            )
        ],
        settings,
        Heartbeat(settings.state_dir, SERVICE, "consumer"),
        policy=policy(
            accept_malformed=accept_malformed,
            queue_length=queue_length(settings.celery_broker_url.get_secret_value(), QUEUE),
        ),
    )
