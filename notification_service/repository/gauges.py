"""Reads for the metrics how many deliveries wait, for how long, and whether the chat is blocked.

Reads at most COUNTED rows of a partial index, however many deliveries there are.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, text

from libs.metrics.declared.deliveries import (
    CHAT_BLOCKED,
    CHAT_OUTAGES,
    ESTIMATED,
    OLDEST,
    WAITING,
)
from libs.metrics.stores import Sample
from libs.postgres.estimates import estimated_rows
from libs.postgres.transactions import run_autocommit
from notification_service.model.delivery import DeliveryState
from notification_service.repository.statements import BLOCKED_UNTIL

COUNTED = 10_000
"""Most rows that are counted in each state."""

SEE_WAITING = {
    state: text(f"""
        SELECT count(*) AS deliveries, extract(epoch FROM now() - min(created_at)) AS age_s
        FROM (
            SELECT created_at FROM deliveries WHERE state = '{state}'
            ORDER BY {order} LIMIT {COUNTED}
        ) AS oldest
    """)  # noqa: S608  # constants of this module
    for state, order in {
        DeliveryState.NEW: "chat_id, due_at, occurred_at, event_uuid",
        DeliveryState.SENDING: "chat_id",
    }.items()
}

SEE_CHATS = text(f"""
    SELECT coalesce(max(extract(epoch FROM {BLOCKED_UNTIL} - now())), 0) AS blocked_s,
        coalesce(max(outages), 0) AS outages
    FROM chats
""")  # noqa: S608  # constants of the statements


class DeliveryGauges:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self) -> Sequence[Sample]:
        """Look once. Raises DatabaseUnavailable."""
        return run_autocommit(self._engine, lambda tx: list(_look(tx)))


def _look(tx: Connection) -> Iterator[Sample]:
    ages_s = [0.0]
    for state, statement in SEE_WAITING.items():
        seen = tx.execute(statement).one()
        yield Sample(WAITING, seen.deliveries, (state.value,))
        ages_s.append(float(seen.age_s or 0))
    yield Sample(OLDEST, max(ages_s))
    estimated = estimated_rows(tx, "deliveries", "state")
    for state in DeliveryState if estimated else ():
        yield Sample(ESTIMATED, estimated.get(state.value, 0.0), (state.value,))
    chats = tx.execute(SEE_CHATS).one()
    yield Sample(CHAT_BLOCKED, max(0.0, float(chats.blocked_s)))
    yield Sample(CHAT_OUTAGES, chats.outages)
