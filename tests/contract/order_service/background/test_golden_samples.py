from datetime import UTC, datetime
from uuid import UUID, uuid5

from order_service.converter.events import order_paid_to_proto, ship_assembled_from_record
from order_service.model.events import EventRecord, OrderPaid, ShipAssembled
from order_service.model.payment_method import PaymentMethod
from tests.support.golden import golden_sample
from tests.support.kafka import a_record

ORDER_ID = UUID("0d6f6f0a-3c1b-4b43-9d1c-2d6f1c1e7a22")
USER_ID = UUID("a3b1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c33")
PAID_EVENT_ID = uuid5(ORDER_ID, "order.paid")
PAID_AT = datetime(2030, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def test_the_golden_ship_assembled_is_read() -> None:
    record = a_record(golden_sample("ship_assembled"))

    assert ship_assembled_from_record(record) == ShipAssembled(
        event_uuid=uuid5(PAID_EVENT_ID, "order.assembled"),
        order_uuid=ORDER_ID,
        user_uuid=USER_ID,
        build_time_s=7,
        record=EventRecord(record.partition, record.offset, record.timestamp),
    )


def test_the_golden_order_paid_is_what_this_service_writes() -> None:
    event = OrderPaid(
        event_uuid=PAID_EVENT_ID,
        order_uuid=ORDER_ID,
        user_uuid=USER_ID,
        payment_method=PaymentMethod.CREDIT_CARD,
        transaction_uuid=UUID("5b0e7c52-8d0f-4b7e-9a53-6a1d3c0c9f44"),
        occurred_at=PAID_AT,
    )

    assert order_paid_to_proto(event) == golden_sample("order_paid")
