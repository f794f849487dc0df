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
CARD_AGAIN = replace(CARD, transaction_uuid=UUID(int=71))
SBP = replace(CARD, method="SBP")


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


WORLD = Observation(
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
"""One order from its creation to its notifications."""


def found_in(observation: Observation) -> set[str]:
    checks = (broken_promises, wrong_charges, made_twice, untold, sent_twice, swollen)
    return {violation.invariant for check in checks for violation in check(observation)}


def test_a_complete_order_violates_nothing() -> None:
    assert found_in(WORLD) == set()


@pytest.mark.parametrize("status", [OrderStatus.PENDING_PAYMENT, OrderStatus.PAID])
def test_an_acknowledged_payment_that_got_stuck_violates_i1(status: OrderStatus) -> None:
    [violation] = broken_promises(replace(WORLD, evidence=orders(status)))

    assert violation.invariant == "I1"


def test_an_acknowledged_order_that_is_gone_violates_i1() -> None:
    assert found_in(Observation(promises=(Promise(order_uuid=ORDER),))) == {"I1"}


def test_an_acknowledged_cancellation_that_was_built_violates_i1() -> None:
    promises = (Promise(order_uuid=ORDER, is_cancelled=True),)

    assert found_in(replace(WORLD, promises=promises)) == {"I1"}


@pytest.mark.parametrize("status", OrderStatus)
def test_an_outcome_that_a_client_does_not_know_may_be_either(status: OrderStatus) -> None:
    unknown = Observation(evidence=orders(status), promises=(Promise(order_uuid=ORDER),))

    assert list(broken_promises(unknown)) == []


@pytest.mark.parametrize(
    ("observation", "violated"),
    [
        pytest.param(replace(WORLD, charges=(CARD, CARD)), set(), id="the same charge again"),
        pytest.param(replace(WORLD, charges=(CARD, SBP)), {"I2"}, id="another method"),
        pytest.param(replace(WORLD, charges=(CARD, CARD_AGAIN)), {"I2"}, id="another transaction"),
        pytest.param(Observation(charges=(CARD,)), {"I2"}, id="a charge of an unknown order"),
        pytest.param(replace(WORLD, charges=()), {"I2"}, id="a ship without a charge"),
        pytest.param(replace(WORLD, served_twice=(UUID(int=9),)), {"I2"}, id="a second order"),
    ],
)
def test_every_order_is_made_and_charged_once(observation: Observation, violated: set[str]) -> None:
    assert found_in(observation) == violated


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


CONDEMNED = replace(WORLD, condemned=frozenset({PAID}))


def with_paid(state: str, *, ambiguous: int = 0) -> tuple[DeliverySeen, ...]:
    about_paid = DeliverySeen(about=PAID, state=state, ambiguous=ambiguous)
    return about_paid, DeliverySeen(about=ASSEMBLED, state="SENT")


@pytest.mark.parametrize(
    ("observation", "violated"),
    [
        pytest.param(
            replace(WORLD, deliveries=WORLD.deliveries[:1], told=Counter([PAID])),
            {"I4"},
            id="an event without a delivery",
        ),
        pytest.param(replace(WORLD, told=Counter([PAID])), {"I4"}, id="sent and not in the chat"),
        *(
            pytest.param(replace(WORLD, deliveries=with_paid(state)), {"I4"}, id=state)
            for state in ("NEW", "SENDING", "DEAD")
        ),
        pytest.param(
            replace(CONDEMNED, deliveries=with_paid("DEAD"), told=Counter([ASSEMBLED])),
            set(),
            id="what telegram was made to refuse may be given up",
        ),
        pytest.param(CONDEMNED, {"I4"}, id="what telegram was made to refuse may not be sent"),
        pytest.param(replace(WORLD, told=Counter([PAID, PAID, ASSEMBLED])), {"I4"}, id="twice"),
        pytest.param(Observation(told=Counter([PAID])), {"I4"}, id="about an unknown event"),
    ],
)
def test_every_event_is_told_once(observation: Observation, violated: set[str]) -> None:
    assert found_in(observation) == violated


def test_an_event_sent_once_more_per_ambiguity_violates_nothing() -> None:
    twice = Counter([PAID, PAID, ASSEMBLED])
    observation = replace(WORLD, deliveries=with_paid("SENT", ambiguous=1), told=twice)

    assert found_in(observation) == set()
    assert ambiguous(observation) == 1


def test_a_role_that_grows_without_end_violates_i8() -> None:
    assert found_in(replace(WORLD, memory_mib={"order-http": 900.0})) == {"I8"}


def test_what_lies_in_the_topics_beyond_events_and_malformed_records_are_repeats() -> None:
    paid, assembled = TopicPartition("order.paid", 0), TopicPartition("order.assembled", 0)
    groups = (("a", {paid: 3}), ("b", {paid: 3}), ("c", {assembled: 1}))
    evidence = replace(
        orders(OrderStatus.ASSEMBLED),
        progress=tuple(Progress(group=g, committed={}, ends=ends) for g, ends in groups),
        dead_letters=frozenset(MalformedRecord(group, "order.paid", 0, 1) for group in ("a", "b")),
    )

    assert repeats(replace(WORLD, evidence=evidence)) == 1


@pytest.mark.parametrize(
    ("observation", "orders_in_flight"),
    [
        (WORLD, 0),
        (replace(WORLD, evidence=orders(OrderStatus.PAID), told=Counter()), 1),
        (replace(WORLD, told=Counter([PAID])), 1),
        (Observation(evidence=orders(OrderStatus.PENDING_PAYMENT)), 0),
        (Observation(evidence=orders(OrderStatus.CANCELLED)), 0),
    ],
)
def test_an_order_is_in_flight_until_the_chat_is_notified_of_its_ship(
    observation: Observation, orders_in_flight: int
) -> None:
    assert in_flight(observation) == orders_in_flight
