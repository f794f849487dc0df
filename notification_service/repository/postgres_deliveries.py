"""Deliveries and chats in PostgreSQL. Uses the database's clock only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import Connection, Engine, TextClause

from libs.metrics.declared.deliveries import ADDED, SETTLED
from libs.metrics.instruments import counter
from libs.postgres.transactions import run_transaction
from notification_service.model.delivery import Added, DeliveryState, Lease, Outlook, Settled
from notification_service.model.event import Event, EventKey
from notification_service.model.settlement import Settlement
from notification_service.repository import statements as sql
from notification_service.repository.rows import (
    delivery_from_row,
    events_to_json,
    key_from_row,
    keys_to_columns,
    settlement_to_row,
)
from notification_service.service.ports import DeliveryRepository

TRY_FOR = timedelta(hours=24)
"""Age after which a delivery that fails again is given up."""


SETTLED_STATES = (DeliveryState.SENT, DeliveryState.NEW, DeliveryState.DEAD)


class PostgresDeliveries(DeliveryRepository):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._added = counter(ADDED)
        self._settled: Mapping[str, Counter] = {
            state: counter(SETTLED, state.value) for state in SETTLED_STATES
        }

    def ensure_ready(self) -> None:
        """Check the tables. Raises Unavailable unless the database answers and is migrated."""
        run_transaction(self._engine, lambda tx: tx.execute(sql.ANY_DELIVERY).all())

    def add(self, events: Sequence[Event], chat_id: int) -> Added:
        rows = events_to_json(events)

        def work(tx: Connection) -> Added:
            home = tx.execute(sql.HOME, {"chat_id": chat_id}).scalar_one_or_none() or chat_id
            added = tx.execute(sql.ADD, {"rows": rows, "chat_id": home}).all()
            shared = [key_from_row(each) for each in added if each.is_shared]
            return Added(chat_id=home, new=len(added), shared=shared)

        added = run_transaction(self._engine, work)
        self._added.inc(added.new)
        return added

    def lease_chat(self, lease: Lease, *, lease_s: float) -> bool:
        def work(tx: Connection) -> bool:
            values = {"chat_id": lease.chat_id, "lease_id": lease.lease_id, "lease_s": lease_s}
            taken = tx.execute(sql.TAKE_LEASE, values).rowcount == 1
            if taken:
                tx.execute(sql.RECOVER, {"chat_id": lease.chat_id, "try_for": TRY_FOR})
            return taken

        return run_transaction(self._engine, work)

    def release_chat(self, lease: Lease) -> None:
        self._execute(sql.RELEASE, {"chat_id": lease.chat_id, "lease_id": lease.lease_id})

    def look(self, chat_id: int, *, limit: int) -> Outlook:
        def work(tx: Connection) -> Outlook:
            wanted = {"chat_id": chat_id, "limit": limit}
            due = tx.execute(sql.DUE, wanted).mappings().all()
            unknown = {row["kind"] for row in due} - sql.KINDS
            if unknown:
                due = tx.execute(sql.DUE_AND_KNOWN, wanted).mappings().all()
            chat = tx.execute(sql.CHAT, {"chat_id": chat_id}).mappings().one_or_none()
            return Outlook(
                address=chat["address"] if chat else chat_id,
                wait_s=float(chat["wait_s"]) if chat else 0.0,
                due=[delivery_from_row(row) for row in due],
                outages=chat["outages"] if chat else 0,
                unknown_kinds=frozenset(unknown),
            )

        return run_transaction(self._engine, work)

    def claim(
        self, lease: Lease, attempt_id: UUID, events: Collection[EventKey], *, lease_s: float
    ) -> set[EventKey]:
        values = {
            "chat_id": lease.chat_id,
            "lease_id": lease.lease_id,
            "lease_s": lease_s,
            "attempt_id": attempt_id,
            **keys_to_columns(events),
        }
        claimed = run_transaction(self._engine, lambda tx: tx.execute(sql.CLAIM, values).all())
        return {key_from_row(each) for each in claimed}

    def settle(
        self, chat_id: int, attempt_id: UUID, settlement: Settlement, *, rest_s: float
    ) -> Settled:
        row = settlement_to_row(settlement)
        chat = {"chat_id": chat_id, "rest_s": rest_s, **row}
        rows = {"chat_id": chat_id, "attempt_id": attempt_id, "try_for": TRY_FOR, **row}

        def work(tx: Connection) -> Sequence[str]:
            states = tx.execute(sql.SETTLE, rows).scalars().all()
            if states:
                tx.execute(sql.REST, chat)
            return states

        states = run_transaction(self._engine, work)
        for state in states:
            self._settled[state].inc()
        return Settled(count=len(states), given_up=states.count(DeliveryState.DEAD))

    def chats_with_work(self) -> list[int]:
        return run_transaction(
            self._engine, lambda tx: list(tx.execute(sql.CHATS_WITH_WORK).scalars())
        )

    def forget(self, *, older_than: timedelta, limit: int) -> int:
        return self._execute(sql.FORGET, {"older_than": older_than, "limit": limit})

    def _execute(self, statement: TextClause, values: dict[str, Any]) -> int:
        return run_transaction(self._engine, lambda tx: tx.execute(statement, values).rowcount)
