"""shipyard outbox: the events that wait to be published."""

from dataclasses import asdict

from deploy.shipyard.asking import ask
from deploy.shipyard.output import AsJson, show
from deploy.shipyard.readings.outbox import unpublished
from deploy.shipyard.servers import ORDERS, of_this_process


def outbox(*, as_json: AsJson = False) -> None:
    """Show the events that wait for Kafka.

    Of each topic: how many, how old the oldest is, and why it waits.

    Example: shipyard outbox
    """
    engine = of_this_process().orders
    rows = ask(ORDERS, lambda: unpublished(engine))
    show([asdict(each) for each in rows], as_json=as_json, nothing="every event is published")
