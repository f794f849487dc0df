"""Values with defaults for the tests of this service."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from assembly_service.model.order_paid import OrderPaid
from assembly_service.model.ship import Ship
from libs.contracts.events.v1 import events_pb2

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
EVENT_ID = UUID("6f1d7c1e-8f2b-5f0e-9c43-1b2b6a1f0d11")
ORDER_ID = UUID("0d6f6f0a-3c1b-4b43-9d1c-2d6f1c1e7a22")
USER_ID = UUID("a3b1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c33")


def an_order_paid(**changes: Any) -> OrderPaid:
    return replace(
        OrderPaid(event_uuid=EVENT_ID, order_uuid=ORDER_ID, user_uuid=USER_ID, recorded_at=NOW),
        **changes,
    )


def a_ship(**changes: Any) -> Ship:
    return replace(
        Ship(paid_event_uuid=EVENT_ID, order_uuid=ORDER_ID, user_uuid=USER_ID, build_time_s=7),
        **changes,
    )


def an_order_paid_wire(**changes: Any) -> events_pb2.OrderPaid:
    fields = {
        "event_uuid": str(EVENT_ID),
        "order_uuid": str(ORDER_ID),
        "user_uuid": str(USER_ID),
        "payment_method": "CARD",
        "transaction_uuid": "8e0f1d2c-3b4a-4958-8776-655443322110",
    }
    return events_pb2.OrderPaid(**{**fields, **changes})
