"""Moves orders to ASSEMBLED in PostgreSQL."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, Engine

from libs.postgres.transactions import run_transaction
from order_service.model.order import ASSEMBLING, Assembled
from order_service.repository.statements import MARK_ASSEMBLED, STATUSES
from order_service.service.background.ports import AssembledOrders


class PostgresAssembledOrders(AssembledOrders):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mark_assembled(self, build_times_s: Mapping[UUID, int]) -> Assembled:
        return run_transaction(self._engine, lambda tx: _mark(tx, build_times_s))


def _mark(tx: Connection, build_times_s: Mapping[UUID, int]) -> Assembled:
    batch = {"orders": list(build_times_s), "build_times_s": list(build_times_s.values())}
    moved = set(tx.execute(MARK_ASSEMBLED, batch).scalars())
    left = [order_uuid for order_uuid in build_times_s if order_uuid not in moved]
    if not left:
        return Assembled(moved=len(moved))
    known: dict[UUID, str] = {
        row.order_uuid: row.status for row in tx.execute(STATUSES, {"orders": left})
    }
    paid, done = ASSEMBLING
    return Assembled(
        moved=len(moved),
        repeated=sum(status == done for status in known.values()),
        locked=tuple(order for order, status in known.items() if status == paid),
        not_paid=tuple(order for order, status in known.items() if status not in {done, paid}),
        unknown=tuple(order for order in left if order not in known),
    )
