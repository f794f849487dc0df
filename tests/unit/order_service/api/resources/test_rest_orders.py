"""The success rows of the REST contract."""

from datetime import timedelta
from uuid import UUID

import pytest

from order_service.model.delivery import DeliveryState
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.unit.order_service.api.rest import (
    BASE,
    CANCEL,
    CARD,
    GOOD,
    ONE,
    PAY,
    RestApiOnFakes,
    json_of,
)
from tests.unit.order_service.builders import (
    ENGINE,
    NOON,
    ORDER,
    TRANSACTION,
    USER,
    WING,
    a_delivery,
    a_paid_order,
    an_order,
)
from tests.unit.order_service.fakes import FakeDeliveries, transaction_of


def test_a_created_order_is_answered_with_its_location_and_price() -> None:
    api = RestApiOnFakes()

    answer = api.client.post(
        BASE, json={"user_uuid": str(USER), "part_uuids": [str(ENGINE), str(ENGINE)]}
    )

    order_uuid = json_of(answer)["order_uuid"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{BASE}/{order_uuid}"
    assert json_of(answer) == {"order_uuid": str(UUID(order_uuid)), "total_price": 140.2}


def test_a_hundred_parts_may_be_ordered_at_once() -> None:
    body = {"user_uuid": str(USER), "part_uuids": [str(ENGINE)] * 100}

    assert json_of(RestApiOnFakes().client.post(BASE, json=body))["total_price"] == 7010.0


def test_a_pending_order_shows_neither_transaction_nor_method() -> None:
    assert json_of(RestApiOnFakes(an_order()).client.get(ONE)) == {
        "order_uuid": str(ORDER),
        "user_uuid": str(USER),
        "part_uuids": [str(ENGINE), str(WING)],
        "total_price": 99.9,
        "status": "PENDING_PAYMENT",
    }


def test_a_paid_order_shows_both() -> None:
    shown = json_of(RestApiOnFakes(a_paid_order()).client.get(ONE))

    assert shown["status"] == "PAID"
    assert shown["transaction_uuid"] == str(TRANSACTION)
    assert shown["payment_method"] == "CARD"


@pytest.mark.parametrize("prefix", ["", "PAYMENT_METHOD_"])
@pytest.mark.parametrize("method", list(PaymentMethod))
def test_a_method_is_accepted_in_both_forms_and_shown_in_the_short_one(
    prefix: str, method: PaymentMethod
) -> None:
    client = RestApiOnFakes(an_order()).client

    answer = client.post(PAY, json={"payment_method": f"{prefix}{method}"})

    assert (answer.status_code, json_of(answer)) == (
        200,
        {"transaction_uuid": str(transaction_of(ORDER))},
    )
    assert json_of(client.get(ONE))["payment_method"] == method.value


def test_cancelling_is_204_also_the_second_time() -> None:
    client = RestApiOnFakes(an_order()).client

    answers = [client.post(CANCEL) for _ in range(2)]

    assert [(answer.status_code, answer.data) for answer in answers] == [(204, b"")] * 2
    assert json_of(client.get(ONE))["status"] == "CANCELLED"


def test_cursors_lead_from_page_to_page() -> None:
    client = RestApiOnFakes(
        *(
            an_order(order_uuid=UUID(int=number), created_at=NOON + timedelta(seconds=number))
            for number in range(1, 4)
        )
    ).client

    first = json_of(client.get(f"{BASE}?limit=2"))
    second = json_of(client.get(f"{BASE}?limit=2&cursor={first['next_cursor']}"))

    assert [order["order_uuid"] for order in first["orders"]] == [
        str(UUID(int=3)),
        str(UUID(int=2)),
    ]
    assert [order["order_uuid"] for order in second["orders"]] == [str(UUID(int=1))]
    assert "next_cursor" not in second


def test_a_page_holds_twenty_orders_by_default() -> None:
    client = RestApiOnFakes(*(an_order(order_uuid=UUID(int=number)) for number in range(25))).client

    assert len(json_of(client.get(BASE))["orders"]) == 20


def test_a_list_is_narrowed_by_status_and_user() -> None:
    other = an_order(order_uuid=UUID(int=1), user_uuid=UUID(int=2), status=OrderStatus.CANCELLED)
    client = RestApiOnFakes(an_order(), other).client

    by_status = json_of(client.get(f"{BASE}?status=CANCELLED"))["orders"]
    by_user = json_of(client.get(f"{BASE}?user_uuid={USER}"))["orders"]

    assert [order["order_uuid"] for order in by_status] == [str(UUID(int=1))]
    assert [order["order_uuid"] for order in by_user] == [str(ORDER)]


def test_no_success_body_contains_the_word_error() -> None:
    client = RestApiOnFakes(an_order()).client

    bodies = [
        client.post(BASE, json=GOOD),
        client.get(f"{BASE}?limit=1"),
        client.post(PAY, json=CARD),
        client.get(ONE),
    ]

    assert all(answer.status_code < 300 and b"error" not in answer.data for answer in bodies)


def test_a_paid_order_shows_its_way_and_that_the_relay_is_next() -> None:
    api = RestApiOnFakes(an_order())
    api.client.post(PAY, json=CARD)

    shown = json_of(api.client.get(f"{ONE}/timeline"))

    assert [step["step"] for step in shown["steps"]] == ["created", "charged", "paid"]
    assert (shown["status"], shown["waits_for"]) == ("PAID", "relay")
    assert shown["steps"][1]["transaction_uuid"] == str(transaction_of(ORDER))


def test_the_way_of_a_finished_order_waits_for_nothing() -> None:
    done = a_paid_order(status=OrderStatus.ASSEMBLED, assembled_at=NOON, build_time_s=3)

    shown = json_of(RestApiOnFakes(done).client.get(f"{ONE}/timeline"))

    assert "waits_for" not in shown
    assert shown["steps"][-1]["step"] == "assembled"


def test_the_way_ends_with_what_the_chat_was_told() -> None:
    untold = a_delivery(
        kind="assembled", state=DeliveryState.NEW, sent_at=None, waits_for="a worker", until=NOON
    )
    api = RestApiOnFakes(an_order(), deliveries=FakeDeliveries(a_delivery(), untold))

    shown = json_of(api.client.get(f"{ONE}/timeline"))

    assert "unknown" not in shown
    assert shown["steps"][1:] == [
        {
            "step": "delivery_paid",
            "at": "2026-03-01T12:00:02+00:00",
            "found_in": "deliveries.sent_at",
            "state": "SENT",
            "attempts": 0,
        },
        {
            "step": "delivery_assembled",
            "at": "2026-03-01T12:00:00+00:00",
            "found_in": "deliveries.created_at",
            "state": "NEW",
            "attempts": 0,
            "waits_for": "a worker",
            "until": "2026-03-01T12:00:00+00:00",
        },
    ]


def test_a_way_without_its_deliveries_says_that_they_are_unknown() -> None:
    shown = json_of(RestApiOnFakes(an_order()).client.get(f"{ONE}/timeline"))

    assert shown["unknown"] == ["deliveries"]
    assert [step["step"] for step in shown["steps"]] == ["created"]


def test_an_unknown_order_has_no_way() -> None:
    assert RestApiOnFakes().client.get(f"{ONE}/timeline").status_code == 404


def test_parts_are_listed_with_their_number() -> None:
    shown = json_of(RestApiOnFakes().client.get("/api/v1/parts?limit=1"))

    assert shown["total"] == 2
    assert [part["part_uuid"] for part in shown["parts"]] == [str(ENGINE)]


def test_parts_are_filtered_by_a_repeated_parameter() -> None:
    names = [("name", f"part {ENGINE}"), ("name", "none")]

    shown = json_of(RestApiOnFakes().client.get("/api/v1/parts", query_string=names))

    assert [part["part_uuid"] for part in shown["parts"]] == [str(ENGINE)]


def test_parts_need_a_known_category() -> None:
    assert RestApiOnFakes().client.get("/api/v1/parts?category=SAIL").status_code == 422
