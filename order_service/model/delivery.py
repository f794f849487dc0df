"""What a chat was told of an order, as the notification service keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from order_service.model.timeline import Step


class DeliveryState(StrEnum):
    NEW = "NEW"
    SENDING = "SENDING"
    SENT = "SENT"
    DEAD = "DEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event on its way to a chat, and what it waits for, until when if that is known."""

    order_uuid: UUID
    kind: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    sent_at: datetime | None = None
    waits_for: str | None = None
    until: datetime | None = None

    @property
    def step(self) -> Step:
        """Return it as a step of the order's way."""
        details: dict[str, str | int] = {"state": self.state.value, "attempts": self.attempts}
        if self.waits_for is not None:
            details["waits_for"] = self.waits_for
        if self.until is not None:
            details["until"] = self.until.isoformat()
        return Step(
            name=f"delivery_{self.kind}",
            at=self.sent_at or self.created_at,
            found_in="deliveries.sent_at" if self.sent_at else "deliveries.created_at",
            details=details,
        )
