"""The Celery queues of the system, one per service that has workers."""

QUEUES = ("order", "assembly", "notification")
