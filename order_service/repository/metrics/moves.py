"""Counts the moves of orders, once they are committed."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from libs.metrics.declared.orders import (
    BUILD_TIME,
    LATENESS,
    ORDER_MOVES,
    PAID_TO_ASSEMBLED,
    REVENUE,
)
from libs.metrics.instruments import counter, histogram
from order_service.model.order import ASSEMBLING, CANCELLING, PAYING, OrderStatus


class Built(NamedTuple):
    """The time from PAID to ASSEMBLED, and the part of it that was planned."""

    took: timedelta
    build_time_s: int


class Moves:
    def __init__(self) -> None:
        first, paid, cancelled = PAYING.begins, PAYING.ends, CANCELLING.ends
        self._moves = {each: counter(ORDER_MOVES, each.value) for each in (first, paid, cancelled)}
        self._revenue = counter(REVENUE)

    def created(self) -> None:
        self._moves[OrderStatus.PENDING_PAYMENT].inc()

    def paid(self, prices: Sequence[Decimal]) -> None:
        self._moves[OrderStatus.PAID].inc(len(prices))
        self._revenue.inc(float(sum(prices)))

    def cancelled(self) -> None:
        self._moves[OrderStatus.CANCELLED].inc()


class AssembledMoves:
    def __init__(self) -> None:
        self._moves = counter(ORDER_MOVES, ASSEMBLING.ends.value)
        self._build_times_s = histogram(BUILD_TIME)
        self._lateness_s = histogram(LATENESS)
        self._took_s = histogram(PAID_TO_ASSEMBLED)

    def assembled(self, ships: Sequence[Built]) -> None:
        self._moves.inc(len(ships))
        for took, build_time_s in ships:
            took_s = max(0.0, took.total_seconds())
            self._took_s.observe(took_s)
            self._build_times_s.observe(build_time_s)
            self._lateness_s.observe(max(0.0, took_s - build_time_s))
