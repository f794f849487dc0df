"""How a chat's deliveries are sent, on fakes and a clock that a wait advances."""

import pytest
from structlog.testing import capture_logs

from libs.errors import Unavailable
from notification_service.model.delivery import DeliveryState, Lease
from tests.unit.notification_service.builders import (
    CHAT,
    GROUP,
    a_paid_event,
    an_unknown_event,
    event_uuid,
)
from tests.unit.notification_service.sending.send_pending_on_fakes import (
    SendPendingOnFakes,
    numbered,
)

OTHER_LEASE = Lease(chat_id=CHAT, lease_id=event_uuid(999))
NEW, SENDING, SENT, DEAD = DeliveryState


def test_one_event_is_one_full_message() -> None:
    sending = SendPendingOnFakes(numbered(1))

    sending.send()

    assert sending.messenger.sent == ["1"]
    assert sending.row(1).state is SENT
    assert sending.row(1).message_id == 1


def test_several_events_are_one_digest_in_the_order_they_happened() -> None:
    sending = SendPendingOnFakes(list(reversed(numbered(3))))

    sending.send()

    assert sending.messenger.sent == ["1,2,3"]
    assert sending.deliveries.states() == [SENT] * 3


def test_a_digest_has_at_most_twenty_lines_and_the_next_one_follows_a_second_later() -> None:
    sending = SendPendingOnFakes(numbered(45))

    sending.send()

    assert [text.count(",") + 1 for text in sending.messenger.sent] == [20, 20, 5]
    assert sending.time.waits == [1.0, 1.0]


def test_a_group_rests_three_seconds_between_messages() -> None:
    sending = SendPendingOnFakes(numbered(21), chat_id=GROUP)

    sending.send()

    assert sending.time.waits == [3.0]


def test_a_leased_chat_is_not_written_to() -> None:
    sending = SendPendingOnFakes(numbered(1))
    sending.deliveries.lease_chat(OTHER_LEASE, lease_s=30)

    sending.send()

    assert sending.messenger.sent == []
    assert sending.row(1).state is NEW


def test_an_unknown_chat_has_nothing_to_send() -> None:
    sending = SendPendingOnFakes([])
    sending.deliveries.chats.clear()

    sending.send()

    assert sending.messenger.sent == []


def test_a_finished_run_releases_its_lease_and_queues_no_successor() -> None:
    sending = SendPendingOnFakes(numbered(3))

    sending.send()

    assert sending.deliveries.lease_chat(OTHER_LEASE, lease_s=30)
    assert sending.queue.asked == []


def test_the_lease_is_released_after_a_bug_and_the_row_is_ambiguous() -> None:
    sending = SendPendingOnFakes(numbered(1), RuntimeError("a bug"))

    with pytest.raises(RuntimeError):
        sending.send()
    sending.send()

    assert sending.row(1).state is SENT
    assert sending.row(1).ambiguous == 1


def test_a_run_begins_no_message_after_fifteen_seconds_and_queues_one_successor() -> None:
    sending = SendPendingOnFakes(numbered(20 * 30))

    sending.send()

    assert len(sending.messenger.sent) == 16
    assert sending.queue.asked == [CHAT]


def test_an_event_that_arrives_while_the_run_ends_gets_a_successor() -> None:
    sending = SendPendingOnFakes(numbered(1))
    release = sending.deliveries.release_chat

    def add_then_release(lease: Lease) -> None:
        sending.deliveries.add([a_paid_event(2)], CHAT)
        release(lease)

    sending.deliveries.release_chat = add_then_release  # type: ignore[method-assign]  # one moment

    sending.send()

    assert sending.queue.asked == [CHAT]


def test_a_wait_ends_when_the_process_stops() -> None:
    sending = SendPendingOnFakes(numbered(60))
    sending.time.stop_after_waits = 1

    sending.send()

    assert len(sending.messenger.sent) == 1
    assert sending.queue.asked == [CHAT]
    assert sending.deliveries.lease_chat(OTHER_LEASE, lease_s=30)


def test_a_sender_that_lost_its_lease_before_the_claim_sends_nothing() -> None:
    sending = SendPendingOnFakes(numbered(1))
    look = sending.deliveries.look

    def look_slowly(chat_id: int, *, limit: int) -> object:
        outlook = look(chat_id, limit=limit)
        sending.deliveries.chats[CHAT].lease_id = OTHER_LEASE.lease_id
        return outlook

    sending.deliveries.look = look_slowly  # type: ignore[assignment]  # the process was frozen here

    sending.send()

    assert sending.messenger.sent == []


def test_a_sender_that_lost_its_lease_while_sending_changes_nothing() -> None:
    sending = SendPendingOnFakes(numbered(1))

    def freeze() -> None:
        sending.time.pass_by(31)
        sending.deliveries.lease_chat(OTHER_LEASE, lease_s=300)

    sending.messenger.on_send = freeze

    sending.send()

    assert sending.row(1).state is NEW
    assert sending.row(1).ambiguous == 1
    assert not sending.deliveries.lease_chat(Lease(chat_id=CHAT, lease_id=event_uuid(7)), lease_s=1)


def test_a_short_outage_of_the_database_after_the_send_is_waited_for() -> None:
    sending = SendPendingOnFakes(numbered(1))
    sending.deliveries.failures_of_settle = [Unavailable("down")] * 3

    sending.send()

    assert sending.row(1).state is SENT
    assert sending.messenger.sent == ["1"]


def test_a_long_outage_of_the_database_after_the_send_leaves_the_row_ambiguous() -> None:
    sending = SendPendingOnFakes(numbered(1))
    sending.deliveries.failures_of_settle = [Unavailable("down")] * 6

    with pytest.raises(Unavailable):
        sending.send()
    sending.send()

    assert sending.row(1).state is SENT
    assert sending.row(1).ambiguous == 1
    assert sending.messenger.sent == ["1", "1"]


def test_a_worker_that_meets_an_unknown_kind_says_so_once_and_tells_all_others() -> None:
    sending = SendPendingOnFakes([an_unknown_event(0), *numbered(21)])

    with capture_logs() as lines:
        sending.send()
        sending.send()

    assert [text.count(",") + 1 for text in sending.messenger.sent] == [20, 1]
    assert sending.deliveries.states() == [NEW, *[SENT] * 21]
    assert [line["kind"] for line in lines if line["event"] == "deliveries_of_unknown_kind"] == [
        "unheard_of"
    ]
