"""How a chat's deliveries are sent, against fakes and a clock that moves when somebody waits."""

import pytest

from libs.errors import Unavailable
from notification_service.model.delivery import DeliveryState, Lease
from tests.unit.notification_service.builders import CHAT, GROUP, a_paid_event, event_uuid
from tests.unit.notification_service.stage import Stage, numbered

OTHER_LEASE = Lease(chat_id=CHAT, lease_id=event_uuid(999))
NEW, SENDING, SENT, DEAD = DeliveryState


def test_one_event_is_one_full_message() -> None:
    stage = Stage(numbered(1))

    stage.send()

    assert stage.messenger.sent == ["1"]
    assert stage.row(1).state is SENT
    assert stage.row(1).message_id == 1


def test_several_events_are_one_digest_in_the_order_they_happened() -> None:
    stage = Stage(list(reversed(numbered(3))))

    stage.send()

    assert stage.messenger.sent == ["1,2,3"]
    assert stage.deliveries.states() == [SENT] * 3


def test_a_digest_has_at_most_twenty_lines_and_the_next_one_follows_a_second_later() -> None:
    stage = Stage(numbered(45))

    stage.send()

    assert [text.count(",") + 1 for text in stage.messenger.sent] == [20, 20, 5]
    assert stage.time.waits == [1.0, 1.0]


def test_a_group_rests_three_seconds_between_messages() -> None:
    stage = Stage(numbered(21), chat_id=GROUP)

    stage.send()

    assert stage.time.waits == [3.0]


def test_a_chat_that_is_being_written_to_is_left_alone() -> None:
    stage = Stage(numbered(1))
    stage.deliveries.lease_chat(OTHER_LEASE, lease_s=30)

    stage.send()

    assert stage.messenger.sent == []
    assert stage.row(1).state is NEW


def test_an_unknown_chat_is_nothing_to_do() -> None:
    stage = Stage([])
    stage.deliveries.chats.clear()

    stage.send()

    assert stage.messenger.sent == []


def test_the_chat_is_free_again_after_a_run() -> None:
    stage = Stage(numbered(1))

    stage.send()

    assert stage.deliveries.lease_chat(OTHER_LEASE, lease_s=30)


def test_the_chat_is_free_again_after_a_bug_and_the_row_is_ambiguous_then() -> None:
    stage = Stage(numbered(1))
    stage.messenger.failures = [RuntimeError("a bug")]

    with pytest.raises(RuntimeError):
        stage.send()
    stage.send()

    assert stage.row(1).state is SENT
    assert stage.row(1).ambiguous == 1


def test_a_run_begins_no_message_after_fifteen_seconds_and_asks_for_one_successor() -> None:
    stage = Stage(numbered(20 * 30))

    stage.send()

    assert len(stage.messenger.sent) == 16
    assert stage.queue.asked == [CHAT]


def test_a_finished_run_asks_for_no_successor() -> None:
    stage = Stage(numbered(3))

    stage.send()

    assert stage.queue.asked == []


def test_an_event_that_arrives_while_the_run_ends_gets_a_successor() -> None:
    stage = Stage(numbered(1))
    release = stage.deliveries.release_chat

    def add_then_release(lease: Lease) -> None:
        stage.deliveries.add([a_paid_event(2)], CHAT)
        release(lease)

    stage.deliveries.release_chat = add_then_release  # type: ignore[method-assign]  # one moment

    stage.send()

    assert stage.queue.asked == [CHAT]


def test_a_wait_ends_when_the_process_stops() -> None:
    stage = Stage(numbered(60))
    stage.time.stop_after_waits = 1

    stage.send()

    assert len(stage.messenger.sent) == 1
    assert stage.queue.asked == [CHAT]
    assert stage.deliveries.lease_chat(OTHER_LEASE, lease_s=30)


def test_a_sender_that_lost_its_lease_before_the_claim_sends_nothing() -> None:
    stage = Stage(numbered(1))
    look = stage.deliveries.look

    def look_slowly(chat_id: int, *, limit: int) -> object:
        outlook = look(chat_id, limit=limit)
        stage.deliveries.chats[CHAT].lease_id = OTHER_LEASE.lease_id
        return outlook

    stage.deliveries.look = look_slowly  # type: ignore[assignment]  # the process was frozen here

    stage.send()

    assert stage.messenger.sent == []


def test_a_sender_that_lost_its_lease_while_sending_changes_nothing() -> None:
    stage = Stage(numbered(1))

    def freeze() -> None:
        stage.time.pass_by(31)
        stage.deliveries.lease_chat(OTHER_LEASE, lease_s=300)

    stage.messenger.on_send = freeze

    stage.send()

    assert stage.row(1).state is NEW
    assert stage.row(1).ambiguous == 1
    assert not stage.deliveries.lease_chat(Lease(chat_id=CHAT, lease_id=event_uuid(7)), lease_s=1)


def test_a_short_outage_of_the_database_after_the_send_is_sat_out() -> None:
    stage = Stage(numbered(1))
    stage.deliveries.failures_of_settle = [Unavailable("down")] * 3

    stage.send()

    assert stage.row(1).state is SENT
    assert stage.messenger.sent == ["1"]


def test_a_long_outage_of_the_database_after_the_send_leaves_the_row_ambiguous() -> None:
    stage = Stage(numbered(1))
    stage.deliveries.failures_of_settle = [Unavailable("down")] * 6

    with pytest.raises(Unavailable):
        stage.send()
    stage.send()

    assert stage.row(1).state is SENT
    assert stage.row(1).ambiguous == 1
    assert stage.messenger.sent == ["1", "1"]
