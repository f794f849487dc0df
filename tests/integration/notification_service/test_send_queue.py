from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from notification_service.client.celery_send_queue import CelerySendQueue
from notification_service.converter.tasks import QUEUE
from tests.unit.notification_service.builders import CHAT


def test_a_failed_hint_is_not_raised() -> None:
    celery = create_celery(QUEUE, "redis://127.0.0.1:1/0", queues=(QUEUE,))

    CelerySendQueue(TaskQueue(celery), waiting=lambda: 0).send_soon(CHAT)
