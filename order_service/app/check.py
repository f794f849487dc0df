"""The answer to an operator: is everything that was promised also done."""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import Engine

from libs.clock import utc_now
from libs.errors import Unavailable
from libs.kafka.connection import connection_options
from libs.postgres.engine import create_database_engine
from order_service.app.app import start
from order_service.client.evidence import see_letters, see_progress, see_queues
from order_service.config.settings import OrderSettings
from order_service.model.evidence import Evidence, Violation
from order_service.repository.evidence import see_orders
from order_service.service.invariants import violations

LOOK_EVERY_S = 1.0

Within = Annotated[
    float, typer.Option("--within", help="Seconds to go on looking while something is wrong.")
]
Patience = Annotated[
    float, typer.Option("--patience", help="Seconds that a paid order may wait for its ship.")
]


def run_check(within: Within = 10.0, patience: Patience = 30.0) -> None:
    """Print each violated invariant of orders, events and queues; exit 1 if there is one."""
    settings = start()
    engine = create_database_engine(settings, pool_size=1)
    own = {settings.order_assembled_group: settings.order_assembled_topic}

    def look() -> list[Violation]:
        evidence = see(settings, engine, expected=own, at_rest_too=False)
        return violations(evidence, now=utc_now(), patience=timedelta(seconds=patience))

    try:
        found = lasting(look, within_s=within)
    except Unavailable as error:
        sys.exit(str(error))
    for violation in found:
        typer.echo(str(violation))
    if found:
        sys.exit(1)
    typer.echo("nothing is wrong")


def see(
    settings: OrderSettings, engine: Engine, *, expected: Mapping[str, str], at_rest_too: bool
) -> Evidence:
    """Look into every store that the order service reaches. Raises Unavailable.

    Groups that are expected, each with its topic, are asked for even if they never committed.
    """
    connection = connection_options(settings)
    topics = (settings.order_paid_topic, settings.order_assembled_topic)
    progress = see_progress(connection, topics, expected=expected)
    return Evidence(
        orders=see_orders(engine, at_rest_too=at_rest_too),
        progress=progress,
        letters=see_letters(connection, progress),
        queues=see_queues(settings.celery_broker_url.get_secret_value()),
    )


def lasting(look: Callable[[], list[Violation]], *, within_s: float) -> list[Violation]:
    """Look again until nothing is wrong or the time is over; return what the last look saw."""
    deadline = time.monotonic() + within_s
    while found := look():
        if time.monotonic() > deadline:
            return found
        time.sleep(LOOK_EVERY_S)
    return []
