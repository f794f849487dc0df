"""The Celery application, with the settings that keep a task from being lost or run many times.

Each setting that is not a default was paid for with a reproduction: docs/adr/0004.
"""

from collections.abc import Mapping
from datetime import timedelta

from celery import Celery
from kombu import Queue

from libs.tasks.limits import LONGEST_COUNTDOWN_S, LONGEST_RUN_S, VISIBILITY_TIMEOUT_S
from libs.tasks.redis.clock import RedisClock, redis_time
from libs.tasks.redis.events import LossyEvents
from libs.tasks.timed import TimedCelery

BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT_S,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 30,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
    # A publisher fails at once if Redis is down; its caller backs off.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}

WORKER_SETTINGS = {
    "broker_connection_max_retries": None,
    "broker_connection_retry_on_startup": True,
    "broker_channel_error_retry": True,
    # Instead of kombu's own transport: a malformed message must not end the worker.
    "broker_transport": "libs.tasks.redis.transport:PatientTransport",
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_consumer": "libs.tasks.redis.consumer:PatientConsumer",
    "worker_enable_remote_control": False,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_send_task_events": True,
    "worker_pool": "threads",
}

TASK_SETTINGS = {
    "task_acks_late": True,
    "task_ignore_result": True,
    "task_create_missing_queues": False,
    "task_publish_retry": False,
    "task_serializer": "json",
    "accept_content": ["json"],
    "result_backend": None,
    "enable_utc": True,
    "timezone": "UTC",
}

Schedule = Mapping[str, timedelta]
"""Maps the name of a task to its period."""


def create_celery(name: str, broker_url: str, *, queues: tuple[str, ...]) -> TimedCelery:
    """Create a Celery application that connects on first use.

    queues are the ones that this process may publish to or consume from. Any other name is an
    error; it does not create a queue.
    """
    ensure_held_tasks_stay_hidden(LONGEST_COUNTDOWN_S + LONGEST_RUN_S, VISIBILITY_TIMEOUT_S)
    app = TimedCelery(
        name,
        broker=broker_url,
        events=LossyEvents,
        set_as_current=False,
        redis_clock=RedisClock(redis_time(broker_url)),
    )
    app.conf.update(
        **WORKER_SETTINGS,
        **TASK_SETTINGS,
        broker_transport_options=BROKER_TRANSPORT_OPTIONS,
        task_queues=[Queue(queue) for queue in queues],
        task_default_queue=queues[0],
    )
    return app


def ensure_held_tasks_stay_hidden(longest_hold_s: int, visibility_timeout_s: int) -> None:
    """Raise ValueError if Redis could redeliver a message while a worker still holds it."""
    if longest_hold_s >= visibility_timeout_s:
        raise ValueError(
            f"a task may be held {longest_hold_s} s, which is not below the visibility timeout "
            f"of {visibility_timeout_s} s: it would run many times over"
        )


def schedule(app: Celery, periods: Schedule) -> None:
    """Run each task once per period. A message that waits for a whole period expires."""
    app.conf.beat_schedule = {
        name: {
            "task": name,
            "schedule": period,
            "options": {"expires": period.total_seconds(), "queue": app.conf.task_default_queue},
        }
        for name, period in periods.items()
    }
