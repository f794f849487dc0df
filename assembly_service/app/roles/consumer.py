from injector import Injector

from assembly_service.app.di import BuildingModule, QueueModule
from assembly_service.config.settings import SERVICE, ConsumerSettings
from assembly_service.converter.events import order_paid_from_record
from assembly_service.converter.tasks import QUEUE
from assembly_service.service.start_building import StartBuilding
from libs.contracts.events.declared import ORDER_PAID
from libs.health.heartbeat import Heartbeat
from libs.kafka.bridge.role import AcceptMalformed, policy, run_bridges
from libs.kafka.bridge.route import Route
from libs.lifecycle.starting import start_role
from libs.tasks.redis.backlog import queue_length

MAX_BATCH_TIME_S = 0.5
"""Longer than elsewhere: the wait is part of the countdown, which counts from the payment."""


def run_consumer(*, accept_malformed: AcceptMalformed = False) -> None:
    """Start the countdown of every paid order's ship."""
    settings = start_role(ConsumerSettings)
    injector = Injector([QueueModule(settings), BuildingModule(settings)], auto_bind=False)
    run_bridges(
        [
            Route(
                topic=settings.topic_of(ORDER_PAID),
                group=settings.group_of(ORDER_PAID),
                decode=order_paid_from_record,
                hand_off=injector.get(StartBuilding),
            )
        ],
        settings,
        Heartbeat(settings.state_dir, SERVICE, "consumer"),
        policy=policy(
            accept_malformed=accept_malformed,
            queue_length=queue_length(settings.celery_broker_url.get_secret_value(), QUEUE),
            queue_limit=settings.queue_limit,
            max_batch_time_s=MAX_BATCH_TIME_S,
        ),
    )
