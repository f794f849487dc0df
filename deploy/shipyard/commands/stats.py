"""shipyard stats: how orders flow."""

from dataclasses import asdict
from typing import Annotated

import typer

from deploy.shipyard.asking import ask
from deploy.shipyard.output import AsJson, show_one
from deploy.shipyard.readings.flow import see_flow
from deploy.shipyard.servers import ORDERS, of_this_process


def stats(
    *,
    minutes: Annotated[int, typer.Option(min=1, max=60, help="How far to look back.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show how orders flow, and which are late.

    Orders a minute, the share of failed payments, overdue orders, and how long ships take.

    Example: shipyard stats --minutes 15
    """
    engine = of_this_process().orders
    show_one(asdict(ask(ORDERS, lambda: see_flow(engine, minutes=minutes))), as_json=as_json)
