"""Reads how orders flow: rates, failed payments, ships that are late."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from libs.postgres.transactions import run_autocommit
from order_service.model.order import OrderStatus
from order_service.repository.metrics.stages import oldest_of, paid_for

PROMISED_S = 12
"""Seconds after the payment by which an order is ASSEMBLED."""

LOOKED_AT_MOST = 100_000

RECENT = text(f"""
    WITH recent AS (
        SELECT * FROM orders
        WHERE created_at > now() - make_interval(mins => :minutes)
        ORDER BY created_at DESC
        LIMIT {LOOKED_AT_MOST}
    )
    SELECT count(*) AS created, count(paid_at) AS paid, count(assembled_at) AS assembled,
        count(*) FILTER (WHERE status = '{OrderStatus.PENDING_PAYMENT}'
            AND updated_at > created_at) AS tried,
        percentile_cont(0.95) WITHIN GROUP (
            ORDER BY extract(epoch FROM assembled_at - paid_at)
        ) AS p95_s
    FROM recent
""")  # noqa: S608  # constants of this module

OVERDUE = oldest_of(*paid_for(PROMISED_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The orders that were created in the last minutes, and all that are overdue.

    A payment that was tried and did not end with PAID counts as failed.
    """

    minutes: int
    created_a_minute: float
    paid_a_minute: float
    assembled_a_minute: float
    failed_pays: float | None
    """Share of the orders whose payment was tried."""
    overdue: int
    overdue_oldest: datetime | None
    overdue_oldest_age_s: float | None
    p95_paid_to_assembled_s: float | None


def see_flow(engine: Engine, *, minutes: int) -> Flow:
    """Look at the orders of the last minutes. Raises DatabaseUnavailable."""

    def read(tx: Connection) -> Flow:
        recent = tx.execute(RECENT, {"minutes": minutes}).one()
        overdue = tx.execute(OVERDUE).one()
        attempts = recent.tried + recent.paid
        return Flow(
            minutes=minutes,
            created_a_minute=recent.created / minutes,
            paid_a_minute=recent.paid / minutes,
            assembled_a_minute=recent.assembled / minutes,
            failed_pays=recent.tried / attempts if attempts else None,
            overdue=overdue.orders,
            overdue_oldest=overdue.oldest,
            overdue_oldest_age_s=overdue.oldest_age_s,
            p95_paid_to_assembled_s=recent.p95_s,
        )

    return run_autocommit(engine, read)
