"""Reads deliveries for an operator, and gives dead ones another try."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping, TextClause, text

from libs.contracts.events.declared import EVENTS
from libs.postgres.arrays import array_text
from libs.postgres.transactions import run_autocommit, run_transaction
from notification_service.model.delivery import DeliverySeen, DeliveryState
from notification_service.repository.statements import DUE_NOW, NO_LEASE, NOT_BLOCKED

PAUSED = "the pause that Telegram or an outage asked for"

SEEN = f"""
    SELECT kind, order_uuid, event_uuid, chat_id, state, attempts, put_offs, ambiguous, occurred_at,
        created_at, sent_at, message_id, last_error,
        CASE
            WHEN state = 'SENDING' THEN 'the answer to a message that is being sent'
            WHEN state <> 'NEW' THEN NULL
            WHEN NOT {DUE_NOW} THEN 'it was put off after a refusal'
            WHEN NOT {NOT_BLOCKED} THEN '{PAUSED}'
            WHEN NOT {NO_LEASE} THEN 'its turn: a worker is writing to the chat'
            WHEN next_send_at > now() THEN 'the pace of the chat'
            ELSE 'a worker: notification.sweep asks for one every 5 s'
        END AS waits_for,
        CASE
            WHEN state = 'SENDING' THEN sending_until
            WHEN state <> 'NEW' THEN NULL
            WHEN NOT {DUE_NOW} THEN due_at
            WHEN NOT {NOT_BLOCKED} THEN blocked_until
            WHEN NOT {NO_LEASE} THEN sending_until
            WHEN next_send_at > now() THEN next_send_at
        END AS until
    FROM deliveries JOIN chats USING (chat_id)
"""  # noqa: S608  # constants of the statements

OF_ORDERS = text(f"""
    {SEEN}
    WHERE (event_uuid, order_uuid) IN (
        SELECT * FROM unnest(CAST(:events AS uuid[]), CAST(:orders AS uuid[]))
    )
    ORDER BY created_at, kind
""")  # noqa: S608  # constants of the statements

LOOKED_AT_MOST = 10_000

BY_INDEX = {
    DeliveryState.NEW: "chat_id, due_at, occurred_at, event_uuid",
    DeliveryState.SENDING: "chat_id",
    DeliveryState.SENT: "created_at DESC",
    DeliveryState.DEAD: "created_at",
}
"""The order of the index of each state. Without it PostgreSQL may read all that was ever sent."""

IN_STATE = {
    state: text(f"""
        WITH found AS MATERIALIZED (
            SELECT * FROM deliveries WHERE state = '{state}' ORDER BY {order} LIMIT {LOOKED_AT_MOST}
        )
        {SEEN.replace("FROM deliveries", "FROM found")}
        ORDER BY created_at {"DESC" if state is DeliveryState.SENT else ""}
        LIMIT :limit
    """)  # noqa: S608  # constants of the model
    for state, order in BY_INDEX.items()
}

COUNTED_AT_MOST = 100_000

COUNTS = text(
    " UNION ALL ".join(
        f"""
        SELECT '{state}' AS state, count(*) AS number, min(created_at) AS oldest
        FROM (
            SELECT created_at FROM deliveries WHERE state = '{state}'
            ORDER BY {BY_INDEX[state]} LIMIT {COUNTED_AT_MOST}
        ) AS counted
        """  # noqa: S608  # constants of the model
        for state in (DeliveryState.NEW, DeliveryState.SENDING, DeliveryState.DEAD)
    )
)

REVIVE = """
    UPDATE deliveries
    SET state = 'NEW', attempt_id = NULL, attempts = 0, created_at = now(), due_at = '-infinity'
    WHERE state = 'DEAD'
"""

REVIVE_OF_ORDER = text(f"{REVIVE} AND order_uuid = :order_uuid")

REVIVE_OF_CHAT = text(f"{REVIVE} AND chat_id = :chat_id")


class StateCount(NamedTuple):
    """How many deliveries are in a state, up to 100,000, and the oldest of those."""

    number: int
    oldest: datetime | None


def deliveries_of(engine: Engine, order_uuids: Collection[UUID]) -> list[DeliverySeen]:
    """Return the deliveries of these orders' declared events, the oldest first.

    Does not find an event to which a foreign producer gave an id of its own. Raises
    DatabaseUnavailable.
    """
    wanted = [(event.event_uuid(order), order) for order in order_uuids for event in EVENTS]
    events, orders = (array_text(pair[column] for pair in wanted) for column in (0, 1))
    return _read(engine, OF_ORDERS, {"events": events, "orders": orders})


def deliveries_in(engine: Engine, state: DeliveryState, *, limit: int) -> list[DeliverySeen]:
    """Return the oldest deliveries in the state; of those that were sent, the newest.

    Looks at 10,000 of them, those that are due first.

    Raises DatabaseUnavailable.
    """
    return _read(engine, IN_STATE[state], {"limit": limit})


def count_deliveries(engine: Engine) -> dict[DeliveryState, StateCount]:
    """Count the deliveries that were not sent, by state. Raises DatabaseUnavailable."""

    def read(tx: Connection) -> dict[DeliveryState, StateCount]:
        return {
            DeliveryState(row.state): StateCount(row.number, row.oldest)
            for row in tx.execute(COUNTS)
        }

    return run_autocommit(engine, read)


def revive_of_order(engine: Engine, order_uuid: UUID) -> int:
    """Make the order's dead deliveries due again; return how many. A repeat finds none.

    Each is tried for another 24 h. Raises DatabaseUnavailable.
    """
    return _revive(engine, REVIVE_OF_ORDER, {"order_uuid": order_uuid})


def revive_of_chat(engine: Engine, chat_id: int) -> int:
    """Make all dead deliveries of the chat due again; return how many."""
    return _revive(engine, REVIVE_OF_CHAT, {"chat_id": chat_id})


def _read(engine: Engine, statement: TextClause, values: Mapping[str, Any]) -> list[DeliverySeen]:
    def read(tx: Connection) -> list[DeliverySeen]:
        return [_seen(row) for row in tx.execute(statement, values).mappings()]

    return run_autocommit(engine, read)


def _seen(row: RowMapping) -> DeliverySeen:
    return DeliverySeen(**{**row, "state": DeliveryState(row["state"])})


def _revive(engine: Engine, statement: TextClause, values: Mapping[str, Any]) -> int:
    return run_transaction(engine, lambda tx: tx.execute(statement, values).rowcount)
