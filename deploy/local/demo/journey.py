"""The progress of one order."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self
from uuid import UUID

from assembly_service.model.build_time import BuildTimes
from libs.contracts.events.declared import ORDER_PAID, SHIP_ASSEMBLED

BUILD_TIMES = BuildTimes(min_s=1, max_s=10)


class Stage(StrEnum):
    PENDING_PAYMENT = "PENDING_PAYMENT"
    BUILDING = "PAID, building"
    ASSEMBLED = "ASSEMBLED"
    NOTIFIED = "ASSEMBLED, notified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The progress of one order. Times are seconds of the monotonic clock."""

    number: int
    order_uuid: UUID
    total_price: float
    stage: Stage = Stage.PENDING_PAYMENT
    paid_at_s: float | None = None
    assembled_at_s: float | None = None
    notified_at_s: float | None = None

    @property
    def paid_event(self) -> UUID:
        return ORDER_PAID.event_uuid(self.order_uuid)

    @property
    def events(self) -> frozenset[UUID]:
        """The ids of both events that are sent to the chat."""
        return frozenset({self.paid_event, SHIP_ASSEMBLED.event_uuid(self.order_uuid)})

    @property
    def build_time_s(self) -> int:
        return BUILD_TIMES.of(self.paid_event)

    def left_s(self, now_s: float) -> float:
        """Seconds until the ship is built; 0 if it is built or not begun."""
        if self.stage is not Stage.BUILDING or self.paid_at_s is None:
            return 0.0
        return max(self.paid_at_s + self.build_time_s - now_s, 0.0)

    def seen(self, status: str, *, sent: frozenset[UUID], now_s: float) -> Self:
        """Update the progress from the API and the deliveries; never move back."""
        journey = self
        if status in {"PAID", "ASSEMBLED"} and journey.paid_at_s is None:
            journey = replace(journey, stage=Stage.BUILDING, paid_at_s=now_s)
        if status == "ASSEMBLED" and journey.assembled_at_s is None:
            journey = replace(journey, stage=Stage.ASSEMBLED, assembled_at_s=now_s)
        if journey.stage is Stage.ASSEMBLED and journey.events <= sent:
            journey = replace(journey, stage=Stage.NOTIFIED, notified_at_s=now_s)
        return journey
