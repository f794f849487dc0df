"""Reads the events that wait for Kafka."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from libs.postgres.transactions import run_autocommit
from order_service.model.outbox import Lane
from order_service.repository.outbox_statements import OLDEST

WAITING = {
    lane: text(f"""
        SELECT topic, count(*) AS events, min(occurred_at) AS oldest,
            extract(epoch FROM now() - min(occurred_at))::float AS oldest_age_s,
            max(redrives) AS redrives,
            (array_agg(order_uuid ORDER BY occurred_at))[1] AS oldest_order,
            (array_agg(last_error ORDER BY occurred_at))[1] AS last_error
        FROM ({OLDEST[lane]}) AS oldest
        GROUP BY topic ORDER BY topic
    """)  # noqa: S608  # constants of the statements
    for lane in Lane
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """The events of one lane that wait to be published to a topic; up to 10,000 of each lane."""

    lane: Lane
    topic: str
    events: int
    oldest: datetime
    oldest_age_s: float
    redrives: int
    oldest_order: Any
    last_error: str | None


def unpublished(engine: Engine) -> list[Unpublished]:
    """Return what waits, by lane and topic. Raises DatabaseUnavailable."""

    def read(tx: Connection) -> list[Unpublished]:
        return [
            Unpublished(lane=lane, **row)
            for lane, statement in WAITING.items()
            for row in tx.execute(statement).mappings()
        ]

    return run_autocommit(engine, read)
