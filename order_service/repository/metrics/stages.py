"""The stages in which orders wait, and how they are counted.

A statement reads at most COUNTED rows of a partial index, however many orders there are.
"""

from collections.abc import Mapping

from sqlalchemy import TextClause, text

from libs.contracts.redrive import REDRIVE_AFTER_S
from order_service.model.order import ASSEMBLING

COUNTED = 10_000
"""Most orders that are counted."""

IS_PAID = f"status = '{ASSEMBLING.begins}'"


def paid_for(seconds: int) -> tuple[str, str]:
    """Return the condition of the orders that have had no ship for so long, and since when."""
    return f"{IS_PAID} AND paid_at < now() - interval '{seconds} s'", "paid_at"


STAGES: Mapping[str, tuple[str, str]] = {
    "being_paid": ("claim_id IS NOT NULL AND doubt IS NULL", "paying_since"),
    "in_doubt": ("doubt IS NOT NULL", "paying_since"),
    "paid": (IS_PAID, "paid_at"),
    "overdue": paid_for(REDRIVE_AFTER_S),
}
"""Stage to the condition of its orders and the column that says since when."""


def oldest_of(condition: str, since: str) -> TextClause:
    """Build the statement that counts such orders and finds the oldest, with its age in seconds."""
    return text(f"""
        SELECT count(*) AS orders, min({since}) AS oldest,
            extract(epoch FROM now() - min({since}))::float AS oldest_age_s
        FROM (
            SELECT {since} FROM orders WHERE {condition} ORDER BY {since} LIMIT {COUNTED}
        ) AS oldest
    """)  # noqa: S608  # constants of this module
