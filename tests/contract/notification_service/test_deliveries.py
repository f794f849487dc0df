"""Contract of the repository of deliveries: in memory and in PostgreSQL."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from notification_service.model.delivery import DeliveryState, Lease, Settled
from notification_service.model.settlement import Settlement, settlement_of_success
from notification_service.service.ports import DeliveryRepository
from tests.contract.notification_service.steps import claimed, due
from tests.support.eventually import eventually
from tests.unit.notification_service.builders import (
    CHAT,
    GROUP,
    a_paid_event,
    an_assembled_event,
    an_unknown_event,
)

FIRST, SECOND, THIRD = (a_paid_event(number).key for number in (1, 2, 3))
AGAIN = Settlement(state=DeliveryState.NEW, error="not now")
SUPERGROUP = -1001234567890
NO_AGE = timedelta(minutes=-1)


def test_an_added_event_reads_back_equal(deliveries: DeliveryRepository) -> None:
    events = [a_paid_event(1, payment_method='<"é"> \\'), an_assembled_event(2)]

    added = deliveries.add(events, CHAT)

    assert added.new == 2
    outlook = deliveries.look(CHAT, limit=20)
    assert outlook.address == CHAT
    assert [each.event for each in outlook.due] == events
    about = [(each.chat_id, each.refusals, each.alone) for each in outlook.due]
    assert about == [(CHAT, 0, False)] * 2


def test_an_event_is_added_to_a_chat_once(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    added = deliveries.add([a_paid_event(1), a_paid_event(2), a_paid_event(2)], CHAT)

    assert added.new == 1
    assert due(deliveries) == [FIRST, SECOND]


def test_paid_and_assembled_under_one_id_are_two_events(deliveries: DeliveryRepository) -> None:
    events = [a_paid_event(1), an_assembled_event(1)]

    added = deliveries.add(events, CHAT)

    assert (added.new, list(added.shared)) == (2, [])
    assert set(due(deliveries)) == {each.key for each in events}
    assert deliveries.add(events, CHAT).new == 0


def test_two_orders_under_one_id_are_two_named_events(deliveries: DeliveryRepository) -> None:
    first, second, third = (a_paid_event(1, order_uuid=str(UUID(int=each))) for each in (1, 2, 3))

    together = deliveries.add([first, second], CHAT)
    later = deliveries.add([third, a_paid_event(2)], CHAT)

    assert (together.new, set(together.shared)) == (2, {first.key, second.key})
    assert (later.new, list(later.shared)) == (2, [third.key])
    assert {first.key, second.key, third.key} < set(due(deliveries))


def test_a_claim_takes_only_the_given_kind_and_order(deliveries: DeliveryRepository) -> None:
    other_order = a_paid_event(1, order_uuid=str(UUID(int=2)))
    deliveries.add([a_paid_event(1), an_assembled_event(1), other_order], CHAT)

    claimed(deliveries, FIRST)

    assert set(due(deliveries)) == {an_assembled_event(1).key, other_order.key}


def test_two_chats_get_the_same_event(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    assert deliveries.add([a_paid_event(1)], GROUP).new == 1
    assert due(deliveries, CHAT) == due(deliveries, GROUP) == [FIRST]


def test_adding_no_events_adds_nothing(deliveries: DeliveryRepository) -> None:
    assert deliveries.add([], CHAT).new == 0
    assert deliveries.chats_with_work() == []


def test_the_oldest_deliveries_come_first(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(number) for number in (3, 1, 2)], CHAT)

    found = deliveries.look(CHAT, limit=2).due

    assert [each.event.key for each in found] == [FIRST, SECOND]


def test_a_sent_delivery_is_never_due_again(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    assert settled(deliveries, settlement_of_success(7)) == Settled(count=1)
    assert due(deliveries) == []
    assert deliveries.add([a_paid_event(1)], CHAT).new == 0
    assert deliveries.chats_with_work() == []


def test_another_attempt_and_a_repeat_settle_nothing(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST)
    success = settlement_of_success(7)

    assert deliveries.settle(CHAT, uuid4(), success, rest_s=60) == Settled()
    assert due(deliveries) == []
    assert deliveries.look(CHAT, limit=20).wait_s == 0
    assert deliveries.settle(CHAT, attempt_id, success, rest_s=0) == Settled(count=1)
    assert deliveries.settle(CHAT, attempt_id, success, rest_s=0) == Settled()


def test_a_delivery_that_is_put_back_is_due_again(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    settled(deliveries, AGAIN)

    assert due(deliveries) == [FIRST]


def test_refusals_and_alone_are_stored(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    settled(deliveries, Settlement(state=DeliveryState.NEW, error="no", refused=True, alone=True))

    (found,) = deliveries.look(CHAT, limit=20).due
    assert (found.refusals, found.alone) == (1, True)


def test_a_dead_delivery_is_never_due_again(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    settled(deliveries, Settlement(state=DeliveryState.DEAD, error="no"))

    assert due(deliveries) == []


def test_a_chat_rests_after_a_message(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1), a_paid_event(2)], CHAT)

    settled(deliveries, settlement_of_success(7), rest_s=20)

    assert deliveries.look(CHAT, limit=20).wait_s == pytest.approx(20, abs=5)


def test_a_pause_outlasts_the_rest_and_stops_the_sweep(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    settled(deliveries, Settlement(state=DeliveryState.NEW, error="429", pause_s=60), rest_s=1)

    assert deliveries.look(CHAT, limit=20).wait_s == pytest.approx(60, abs=5)
    assert deliveries.chats_with_work() == []


def test_a_chat_that_moved_is_one_chat_under_both_ids(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1), a_paid_event(2)], GROUP)
    lease, attempt_id = Lease(chat_id=GROUP, lease_id=uuid4()), uuid4()
    deliveries.lease_chat(lease, lease_s=30)
    deliveries.claim(lease, attempt_id, [FIRST], lease_s=30)
    moved = Settlement(state=DeliveryState.NEW, error="moved", moved_to=SUPERGROUP)

    deliveries.settle(GROUP, attempt_id, moved, rest_s=0)
    old = deliveries.add([a_paid_event(1)], GROUP)
    new = deliveries.add([a_paid_event(2), a_paid_event(3)], SUPERGROUP)

    assert [(each.chat_id, each.new) for each in (old, new)] == [(GROUP, 0), (GROUP, 1)]
    outlook = deliveries.look(GROUP, limit=20)
    assert outlook.address == SUPERGROUP
    assert [each.event.key for each in outlook.due] == [FIRST, SECOND, THIRD]


def test_a_delivery_that_is_put_off_is_not_due_before_its_time_and_then_comes_last(
    deliveries: DeliveryRepository,
) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    put_off(deliveries, for_s=60)

    assert due(deliveries) == []
    assert deliveries.chats_with_work() == []

    deliveries.add([a_paid_event(2)], CHAT)
    assert due(deliveries) == [SECOND]


def test_a_delivery_that_was_put_off_comes_behind_all_others_and_remembers_how_often(
    deliveries: DeliveryRepository,
) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    put_off(deliveries, for_s=0.01)
    eventually(lambda: due(deliveries) == [FIRST])
    put_off(deliveries, for_s=0.01)
    deliveries.add([a_paid_event(2)], CHAT)

    eventually(lambda: due(deliveries) == [SECOND, FIRST])

    assert [each.put_offs for each in deliveries.look(CHAT, limit=20).due] == [0, 2]
    assert deliveries.chats_with_work() == [CHAT]


def settled(
    deliveries: DeliveryRepository, settlement: Settlement, *, rest_s: float = 0
) -> Settled:
    """Attempt to send the first event, with this outcome."""
    lease, attempt_id = claimed(deliveries, FIRST)
    settled = deliveries.settle(CHAT, attempt_id, settlement, rest_s=rest_s)
    deliveries.release_chat(lease)
    return settled


def put_off(deliveries: DeliveryRepository, *, for_s: float) -> None:
    later = Settlement(state=DeliveryState.NEW, error="what?", alone=True, put_off_s=for_s)
    settled(deliveries, later)


def test_outages_in_a_row_are_counted_until_an_answer(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    outage = Settlement(state=DeliveryState.NEW, error="502", outage=True)
    counts = []

    for settlement in (outage, outage, AGAIN):
        settled(deliveries, settlement)
        counts.append(deliveries.look(CHAT, limit=20).outages)

    assert counts == [1, 2, 0]


def test_only_finished_deliveries_are_forgotten_in_batches(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(number) for number in (1, 2, 3)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST, SECOND)
    deliveries.settle(CHAT, attempt_id, settlement_of_success(7), rest_s=0)

    assert deliveries.forget(older_than=timedelta(days=60), limit=10) == 0
    assert deliveries.forget(older_than=NO_AGE, limit=1) == 1
    assert deliveries.forget(older_than=NO_AGE, limit=10) == 1
    assert deliveries.forget(older_than=NO_AGE, limit=10) == 0
    assert due(deliveries) == [THIRD]


def test_an_unknown_kind_is_left_alone_and_delays_no_other(deliveries: DeliveryRepository) -> None:
    deliveries.add([*(an_unknown_event(number) for number in range(20)), a_paid_event(21)], CHAT)

    outlook = deliveries.look(CHAT, limit=20)

    assert [each.event for each in outlook.due] == [a_paid_event(21)]
    assert outlook.unknown_kinds == {"unheard_of"}


def test_a_chat_is_not_woken_for_an_unknown_kind_alone(deliveries: DeliveryRepository) -> None:
    deliveries.add([an_unknown_event(1)], CHAT)
    assert deliveries.chats_with_work() == []

    deliveries.add([a_paid_event(2)], CHAT)
    assert deliveries.chats_with_work() == [CHAT]
