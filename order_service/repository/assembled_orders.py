"""Moves orders to ASSEMBLED in PostgreSQL."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Connection, Engine

from libs.postgres.transactions import run_transaction
from order_service.model.order import ASSEMBLING, Assembled
from order_service.repository.metrics.moves import AssembledMoves, Built
from order_service.repository.statements import MARK_ASSEMBLED, STATUSES
from order_service.service.background.ports import AssembledOrders


class PostgresAssembledOrders(AssembledOrders):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._moves = AssembledMoves()

    def mark_assembled(self, build_times_s: Mapping[UUID, int]) -> Assembled:
        def mark(tx: Connection) -> tuple[dict[UUID, Built], Assembled]:
            moved = _move(tx, build_times_s)
            return moved, _told_apart(tx, build_times_s, moved)

        moved, assembled = run_transaction(self._engine, mark)
        self._moves.assembled(list(moved.values()))
        return assembled


def _move(tx: Connection, build_times_s: Mapping[UUID, int]) -> dict[UUID, Built]:
    batch = {"orders": list(build_times_s), "build_times_s": list(build_times_s.values())}
    rows = tx.execute(MARK_ASSEMBLED, batch)
    return {row.order_uuid: Built(row.took, row.build_time_s) for row in rows}


def _told_apart(tx: Connection, asked: Collection[UUID], moved: Collection[UUID]) -> Assembled:
    left = [order_uuid for order_uuid in asked if order_uuid not in moved]
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
