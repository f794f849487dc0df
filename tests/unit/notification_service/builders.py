"""Events and deliveries with defaults."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from notification_service.model.delivery import Delivery, DeliverySeen, DeliveryState
from notification_service.model.event import Event

CHAT = 42
GROUP = -42
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

ORDER_UUID = "0b7c6ae0-94ec-4b5a-8f3c-3a4d2e1f0a11"
USER_UUID = "7e0dfe0c-1d4e-4c3b-9a55-7b6a5c4d3e22"
TRANSACTION_UUID = "c1a2b3c4-d5e6-4f70-8190-a1b2c3d4e533"


def event_uuid(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"event {number}")


def a_paid_event(number: int = 1, **facts: str) -> Event:
    """Build a paid event; consecutive numbers are a second apart."""
    defaults = {
        "order_uuid": ORDER_UUID,
        "user_uuid": USER_UUID,
        "payment_method": "CREDIT_CARD",
        "transaction_uuid": TRANSACTION_UUID,
    }
    return _event(number, "paid", {**defaults, **facts})


def an_assembled_event(number: int = 1, **facts: str) -> Event:
    defaults = {"order_uuid": ORDER_UUID, "user_uuid": USER_UUID, "build_time_s": "7"}
    return _event(number, "assembled", {**defaults, **facts})


def an_unknown_event(number: int = 1) -> Event:
    """Build an event of a kind that only a newer version knows."""
    return _event(number, "unheard_of", {"order_uuid": ORDER_UUID, "user_uuid": USER_UUID})


def _event(number: int, kind: str, facts: Mapping[str, str]) -> Event:
    return Event(
        event_uuid=event_uuid(number),
        kind=kind,
        facts=facts,
        occurred_at=START + timedelta(seconds=number),
    )


def a_delivery(number: int = 1, *, refusals: int = 0, alone: bool = False) -> Delivery:
    return Delivery(event=a_paid_event(number), chat_id=CHAT, refusals=refusals, alone=alone)


def a_delivery_seen(**changes: Any) -> DeliverySeen:
    return DeliverySeen(
        **{
            "kind": "paid",
            "order_uuid": UUID(ORDER_UUID),
            "event_uuid": event_uuid(1),
            "chat_id": CHAT,
            "state": DeliveryState.NEW,
            "attempts": 0,
            "put_offs": 0,
            "ambiguous": 0,
            "occurred_at": START,
            "created_at": START,
            "sent_at": None,
            "message_id": None,
            "last_error": None,
            "waits_for": None,
            "until": None,
            **changes,
        }
    )
