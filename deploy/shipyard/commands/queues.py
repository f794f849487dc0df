"""shipyard queues: the tasks that wait in Redis."""

from dataclasses import asdict

from deploy.shipyard.asking import ask
from deploy.shipyard.output import AsJson, show
from deploy.shipyard.readings.ships import queues_of, see_backlog
from deploy.shipyard.servers import REDIS, of_this_process


def queues(*, as_json: AsJson = False) -> None:
    """Show the tasks that wait in Redis.

    Of each queue: tasks in it, tasks that workers hold, their orders, and the next due. A
    worker takes a task at once and holds it until it is due, so most ships are "held"; Flower
    counts them as 0.

    Example: shipyard queues
    """
    broker_url = of_this_process().broker_url
    backlog = ask(REDIS, lambda: see_backlog(broker_url))
    show([asdict(each) for each in queues_of(backlog)], as_json=as_json)
