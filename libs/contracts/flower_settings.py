"""What Flower can not learn from workers without remote control: the queues whose length it shows.

Celery reads this module because CELERY_CONFIG_MODULE names it.
"""

from kombu import Queue

task_queues = [Queue(name) for name in ("order", "assembly", "notification")]
task_default_queue = "order"
