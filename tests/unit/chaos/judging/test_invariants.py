from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from libs.kafka.types import TopicPartition
from order_service.model.evidence import Evidence, MalformedRecord, OrderSeen, Progress
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.chaos.judging.evidence import Charge, DeliverySeen, Observation, Promise, Told
from tests.chaos.judging.invariants import (
    TOLD_IN,
    ambiguous,
    broken_promises,
    in_flight,
    made_twice,
    repeats,
    sent_twice,
    swollen,
    untold,
    wrong_charges,
)

ORDER = UUID(int=7)
TRANSACTION = UUID(int=70)
PAID = Told("paid", ORDER)
ASSEMBLED = Told("assembled", ORDER)
CARD = Charge(order_uuid=ORDER, method="CARD", transaction_uuid=TRANSACTION)


def orders(status: OrderStatus) -> Evidence:
    is_paid = status in {OrderStatus.PAID, OrderStatus.ASSEMBLED}
    return Evidence(
        orders=(
            OrderSeen(
                order_uuid=ORDER,
                status=status,
                payment_method=PaymentMethod.CARD if is_paid else None,
                transaction_uuid=TRANSACTION if is_paid else None,
            ),
        )
    )


def a_world() -> Observation:
    """One order from its creation to its notifications."""
    return Observation(
        evidence=orders(OrderStatus.ASSEMBLED),
        promises=(Promise(order_uuid=ORDER, is_paid=True),),
        charges=(CARD,),
        deliveries=(
            DeliverySeen(about=PAID, state="SENT"),
            DeliverySeen(about=ASSEMBLED, state="SENT"),
        ),
        told=Counter([PAID, ASSEMBLED]),
        memory_mib={"order-http": 80.0},
    )


def found_in(observation: Observation) -> set[str]:
    checks = (broken_promises, wrong_charges, made_twice, untold, sent_twice, swollen)
    return {violation.invariant for check in checks for violation in check(observation)}


def test_a_complete_order_violates_nothing() -> None:
    assert found_in(a_world()) == set()


@pytest.mark.parametrize("status", [OrderStatus.PENDING_PAYMENT, OrderStatus.PAID])
def test_an_acknowledged_payment_that_got_stuck_violates_i1(status: OrderStatus) -> None:
    [violation] = broken_promises(replace(a_world(), evidence=orders(status)))

    assert violation.invariant == "I1"


def test_an_acknowledged_order_that_is_gone_violates_i1() -> None:
    lost = Observation(promises=(Promise(order_uuid=ORDER),))

    assert [each.invariant for each in broken_promises(lost)] == ["I1"]


def test_an_acknowledged_cancellation_that_was_built_violates_i1() -> None:
    promises = (Promise(order_uuid=ORDER, is_cancelled=True),)

    assert found_in(replace(a_world(), promises=promises)) == {"I1"}


@pytest.mark.parametrize("status", OrderStatus)
def test_an_outcome_that_a_client_does_not_know_may_be_either(status: OrderStatus) -> None:
    unknown = Observation(evidence=orders(status), promises=(Promise(order_uuid=ORDER),))

    assert list(broken_promises(unknown)) == []


@pytest.mark.parametrize(
    "second",
    [replace(CARD, method="SBP"), replace(CARD, transaction_uuid=UUID(int=71))],
)
def test_a_second_charge_violates_i2(second: Charge) -> None:
    assert found_in(replace(a_world(), charges=(CARD, second))) == {"I2"}


def test_the_same_charge_again_is_the_same_charge() -> None:
    assert found_in(replace(a_world(), charges=(CARD, CARD))) == set()


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.PENDING_PAYMENT])
def test_money_for_nothing_violates_i2(status: OrderStatus) -> None:
    told = [Told(kind, ORDER) for kind, statuses in TOLD_IN.items() if status in statuses]
    observation = Observation(
        evidence=orders(status),
        charges=(CARD,),
        deliveries=tuple(DeliverySeen(about=each, state="SENT") for each in told),
        told=Counter(told),
    )

    assert found_in(observation) == {"I2"}


def test_a_charge_of_an_unknown_order_violates_i2() -> None:
    assert found_in(Observation(charges=(CARD,))) == {"I2"}


def test_a_ship_without_a_charge_violates_i2() -> None:
    assert found_in(replace(a_world(), charges=())) == {"I2"}


def test_an_event_without_a_delivery_violates_i4() -> None:
    observation = a_world()

    assert found_in(
        replace(observation, deliveries=observation.deliveries[:1], told=Counter([PAID]))
    ) == {"I4"}


def test_a_sent_delivery_that_is_not_in_the_chat_violates_i4() -> None:
    assert found_in(replace(a_world(), told=Counter([PAID]))) == {"I4"}


@pytest.mark.parametrize("state", ["NEW", "SENDING", "DEAD"])
def test_an_unsent_delivery_violates_i4(state: str) -> None:
    deliveries = (DeliverySeen(about=PAID, state=state), a_world().deliveries[1])

    assert found_in(replace(a_world(), deliveries=deliveries)) == {"I4"}


def test_an_event_that_telegram_was_made_to_refuse_may_be_given_up() -> None:
    deliveries = (DeliverySeen(about=PAID, state="DEAD"), a_world().deliveries[1])
    observation = replace(a_world(), deliveries=deliveries, told=Counter([ASSEMBLED]))

    assert found_in(replace(observation, condemned=frozenset({PAID}))) == set()


def test_an_event_that_telegram_was_made_to_refuse_may_not_be_sent() -> None:
    assert found_in(replace(a_world(), condemned=frozenset({PAID}))) == {"I4"}


def test_an_event_sent_twice_violates_i4() -> None:
    assert found_in(replace(a_world(), told=Counter([PAID, PAID, ASSEMBLED]))) == {"I4"}


def test_an_event_sent_once_more_per_ambiguity_violates_nothing() -> None:
    deliveries = (DeliverySeen(about=PAID, state="SENT", ambiguous=1), a_world().deliveries[1])
    observation = replace(a_world(), deliveries=deliveries, told=Counter([PAID, PAID, ASSEMBLED]))

    assert found_in(observation) == set()
    assert ambiguous(observation) == 1


def test_a_message_about_an_unknown_event_violates_i4() -> None:
    assert found_in(Observation(told=Counter([PAID]))) == {"I4"}


def test_a_role_that_grows_without_end_violates_i8() -> None:
    assert found_in(replace(a_world(), memory_mib={"order-http": 900.0})) == {"I8"}


def test_what_lies_in_the_topics_beyond_events_and_malformed_records_are_repeats() -> None:
    paid, assembled = TopicPartition("order.paid", 0), TopicPartition("order.assembled", 0)
    groups = (("a", {paid: 3}), ("b", {paid: 3}), ("c", {assembled: 1}))
    evidence = replace(
        orders(OrderStatus.ASSEMBLED),
        progress=tuple(Progress(group=g, committed={}, ends=ends) for g, ends in groups),
        dead_letters=frozenset(MalformedRecord(group, "order.paid", 0, 1) for group in ("a", "b")),
    )

    assert repeats(replace(a_world(), evidence=evidence)) == 1


def test_a_repeated_create_that_made_a_second_order_is_a_double() -> None:
    assert found_in(replace(a_world(), served_twice=(UUID(int=9),))) == {"I2"}


@pytest.mark.parametrize(
    ("observation", "orders_in_flight"),
    [
        (a_world(), 0),
        (replace(a_world(), evidence=orders(OrderStatus.PAID), told=Counter()), 1),
        (replace(a_world(), told=Counter([PAID])), 1),
        (Observation(evidence=orders(OrderStatus.PENDING_PAYMENT)), 0),
        (Observation(evidence=orders(OrderStatus.CANCELLED)), 0),
    ],
)
def test_an_order_is_in_flight_until_the_chat_is_notified_of_its_ship(
    observation: Observation, orders_in_flight: int
) -> None:
    assert in_flight(observation) == orders_in_flight
