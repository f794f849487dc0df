from datetime import UTC, datetime
from uuid import UUID, uuid5

from notification_service.converter.events import order_paid_from_record, ship_assembled_from_record
from notification_service.model.event import Event
from tests.support.golden import golden_sample
from tests.support.kafka import a_record

ORDER = UUID("0d6f6f0a-3c1b-4b43-9d1c-2d6f1c1e7a22")
USER = "a3b1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c33"
THAT_DAY = datetime(2030, 1, 1, tzinfo=UTC)
PAID = uuid5(ORDER, "order.paid")


def test_the_golden_order_paid_is_read() -> None:
    event = order_paid_from_record(a_record(golden_sample("order_paid")), clock=lambda: THAT_DAY)

    assert event == Event(
        event_uuid=PAID,
        kind="paid",
        facts={
            "order_uuid": str(ORDER),
            "user_uuid": USER,
            "payment_method": "CREDIT_CARD",
            "transaction_uuid": "5b0e7c52-8d0f-4b7e-9a53-6a1d3c0c9f44",
        },
        occurred_at=datetime(2030, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC),
    )


def test_the_golden_ship_assembled_is_read() -> None:
    event = ship_assembled_from_record(
        a_record(golden_sample("ship_assembled")), clock=lambda: THAT_DAY
    )

    assert event == Event(
        event_uuid=uuid5(PAID, "order.assembled"),
        kind="assembled",
        facts={"order_uuid": str(ORDER), "user_uuid": USER, "build_time_s": "7"},
        occurred_at=datetime(2030, 1, 1, 12, 0, 7, 250_000, tzinfo=UTC),
    )
