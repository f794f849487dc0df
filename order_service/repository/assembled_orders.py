"""Moves orders to ASSEMBLED in PostgreSQL."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Connection, Engine

from libs.postgres.arrays import array_text
from libs.postgres.transactions import run_transaction
from order_service.model.events import BuiltShip
from order_service.model.order import ASSEMBLING, Assembled
from order_service.repository.metrics.moves import AssembledMoves, Built
from order_service.repository.statements import MARK_ASSEMBLED, STATUSES
from order_service.service.background.ports import AssembledOrders


class PostgresAssembledOrders(AssembledOrders):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._moves = AssembledMoves()

    def mark_assembled(self, ships: Mapping[UUID, BuiltShip]) -> Assembled:
        def mark(tx: Connection) -> tuple[dict[UUID, Built], Assembled]:
            moved = _move(tx, ships)
            return moved, _told_apart(tx, ships, moved)

        moved, assembled = run_transaction(self._engine, mark)
        self._moves.assembled(list(moved.values()))
        return assembled


def _move(tx: Connection, ships: Mapping[UUID, BuiltShip]) -> dict[UUID, Built]:
    rows = tx.execute(MARK_ASSEMBLED, _columns(ships))
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


def _columns(ships: Mapping[UUID, BuiltShip]) -> dict[str, str]:
    records = [ship.record for ship in ships.values()]
    return {
        "orders": array_text(ships),
        "build_times_s": array_text(ship.build_time_s for ship in ships.values()),
        "partitions": array_text(record and record.partition for record in records),
        "offsets": array_text(record and record.offset for record in records),
        "recorded_at": array_text(record and record.at.isoformat() for record in records),
    }
