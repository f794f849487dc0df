from injector import Injector

from libs.health.heartbeat import Heartbeat
from libs.kafka.bridge.role import AcceptMalformed, policy, run_bridges
from libs.kafka.bridge.route import Route
from libs.lifecycle.starting import start_role
from notification_service.app.di.delivering import ConsumingModule, DeliveringModule
from notification_service.config.settings import SERVICE, ConsumerSettings
from notification_service.converter.events import DECODERS
from notification_service.service.queue_notifications import QueueNotifications


def run_consumer(*, accept_malformed: AcceptMalformed = False) -> None:
    """Write the events of all topics as deliveries of the chat."""
    settings = start_role(ConsumerSettings)
    injector = Injector([DeliveringModule(settings), ConsumingModule(settings)], auto_bind=False)
    queue_notifications = injector.get(QueueNotifications)
    run_bridges(
        [
            Route(
                topic=settings.topic_of(event),
                group=settings.group_of(event),
                decode=decode,
                hand_off=queue_notifications,
            )
            for event, decode in DECODERS.items()
        ],
        settings,
        Heartbeat(settings.state_dir, SERVICE, "consumer"),
        policy=policy(accept_malformed=accept_malformed),
    )
