"""What Flower cannot learn from workers without remote control: the queues whose length it shows.

Celery reads this module because CELERY_CONFIG_MODULE names it.
"""

from kombu import Queue

from libs.contracts.queues import QUEUES

task_queues = [Queue(name) for name in QUEUES]
task_default_queue = QUEUES[0]
