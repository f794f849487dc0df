"""All metrics of the system, by the pages of this list."""

from collections.abc import Mapping

from libs.metrics.declared import deliveries, kafka, orders, outbox, process, requests, tasks
from libs.metrics.declared.kinds import Declared

PAGES = {
    "Requests": requests,
    "Orders": orders,
    "Outbox and relay": outbox,
    "Kafka": kafka,
    "Tasks and queues": tasks,
    "Deliveries": deliveries,
    "Processes and stores": process,
}

EVERY: Mapping[str, tuple[Declared, ...]] = {
    title: tuple(each for each in vars(page).values() if isinstance(each, Declared))
    for title, page in PAGES.items()
}
