"""Checks for an operator that the system has done all that it promised."""

import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Annotated

import typer
from sqlalchemy import Engine

from libs.clock import utc_now
from libs.errors import Unavailable
from libs.kafka.client.options import connection_options
from libs.kafka.types import TopicPartition
from libs.lifecycle.starting import start
from libs.postgres.engine import create_database_engine
from libs.tasks.limits import VISIBILITY_TIMEOUT_S
from order_service.client.evidence import see_dead_letters, see_progress, see_queues
from order_service.config.settings import CheckSettings
from order_service.model.evidence import Evidence, Violation
from order_service.repository.evidence import see_orders
from order_service.service.background.invariants import behind_since, violations

LOOK_EVERY_S = 1.0

HELD_AT_MOST = timedelta(seconds=VISIBILITY_TIMEOUT_S + 15)
"""After the visibility timeout and the transport's 5 s poll another worker gets the task."""

PUBLISHED_WITHIN = timedelta(seconds=15)
"""Longer than the 10 s for which the relay waits for Kafka: events behind a batch are not named."""

Look = Callable[[], Sequence[Violation]]
"""Looks into a store once. Raises Unavailable if it does not answer."""

Within = Annotated[
    float, typer.Option("--within", help="Seconds to look again while something is wrong.")
]
Patience = Annotated[
    float, typer.Option("--patience", help="Seconds that a paid order may wait for its ship.")
]


def run_check(within: Within = 10.0, patience: Patience = 30.0) -> None:
    """Print each violated invariant of orders, events and queues; exit 1 if there is one.

    A violation counts only if every look finds it for the same order, records or task, so a busy
    system passes. A store that does not answer is printed as a violation; the others are checked.
    """
    settings = start(CheckSettings)
    # The client's own Kafka log is silenced; a Kafka failure is one line of this command.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    looks = Looks(settings, create_database_engine(settings, pool_size=1), patience_s=patience)
    found = lasting(looks.by_store, within_s=within)
    for violation in found:
        typer.echo(str(violation))
    if found:
        sys.exit(1)
    typer.echo("no violation found")


class Looks:
    """Looks into each store, as often as asked."""

    def __init__(self, settings: CheckSettings, engine: Engine, *, patience_s: float) -> None:
        self._settings = settings
        self._engine = engine
        self._judge = partial(
            violations,
            patience=timedelta(seconds=patience_s),
            held_at_most=HELD_AT_MOST,
            published_within=PUBLISHED_WITHIN,
        )
        self._ends: dict[str, Mapping[TopicPartition, int]] = {}
        """Ends of the first look, by group; later looks ask whether the group has reached them."""

    @property
    def by_store(self) -> Mapping[str, Look]:
        evidence: Mapping[str, Callable[[], Evidence]] = {
            "postgresql": lambda: Evidence(orders=see_orders(self._engine, at_rest_too=False)),
            "redis": lambda: Evidence(queues=see_queues(broker_url(self._settings))),
            "kafka": self._kafka,
        }
        return {name: partial(self._look, see) for name, see in evidence.items()}

    def _look(self, see: Callable[[], Evidence]) -> Sequence[Violation]:
        return self._judge(see(), now=utc_now())

    def _kafka(self) -> Evidence:
        own = {group: topic for topic, group in self._settings.groups.items()}
        seen = see_kafka(self._settings, expected=own)
        first = {each.group: self._ends.setdefault(each.group, each.ends) for each in seen.progress}
        progress = tuple(behind_since(each, first[each.group]) for each in seen.progress)
        return replace(seen, progress=progress)


def see(
    settings: CheckSettings, engine: Engine, *, expected: Mapping[str, str], at_rest_too: bool
) -> Evidence:
    """Read every store of the order service. Raises Unavailable.

    expected maps groups to topics; these groups are included even if they never committed.
    """
    return replace(
        see_kafka(settings, expected=expected),
        orders=see_orders(engine, at_rest_too=at_rest_too),
        queues=see_queues(broker_url(settings)),
    )


def see_kafka(settings: CheckSettings, *, expected: Mapping[str, str]) -> Evidence:
    connection = connection_options(settings)
    progress = see_progress(connection, settings.topics, expected=expected)
    return Evidence(progress=progress, dead_letters=see_dead_letters(connection, progress))


def broker_url(settings: CheckSettings) -> str:
    return settings.celery_broker_url.get_secret_value()


def lasting(
    looks: Mapping[str, Look],
    *,
    within_s: float,
    ticks: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Violation]:
    """Look again until no lasting violation is left or the time is over; return what is left."""
    stores = [Store(name, look) for name, look in looks.items()]
    deadline = ticks() + within_s
    while found := [violation for store in stores for violation in store.lasting()]:
        if ticks() > deadline:
            break
        sleep(LOOK_EVERY_S)
    return found


class Store:
    """The violations of one store that every answered look has found."""

    def __init__(self, name: str, look: Look) -> None:
        self._name = name
        self._look = look
        self._found: Sequence[Violation] | None = None

    def lasting(self) -> Sequence[Violation]:
        """Look again if violations are left. A store that never answered is a violation itself."""
        if self._found == []:
            return self._found
        try:
            found = self._look()
        except Unavailable as error:
            return [Violation(self._name, str(error))] if self._found is None else self._found
        if self._found is not None:
            seen_before = {_identity(each) for each in self._found}
            found = [each for each in found if _identity(each) in seen_before]
        self._found = found
        return found


def _identity(violation: Violation) -> tuple[str, str]:
    return violation.invariant, violation.item or violation.what
