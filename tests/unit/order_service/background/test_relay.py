import time
from threading import Event

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from libs.errors import Unavailable
from libs.resilience.monotonic import MonotonicClock
from libs.resilience.on_change import OncePerIncident
from order_service.app.roles.relay import PACES, AllAlive, Relay
from order_service.model.outbox import Lane, Publication
from order_service.service.background.relay_outbox import BATCH_SIZE, LOCKED_FOR_S, RelayOutbox
from tests.unit.order_service.background.fakes import FakeOutbox, FakePublisher, an_event


def a_use_case(
    outbox: FakeOutbox,
    publisher: FakePublisher,
    lane: Lane = Lane.RECENT,
    monotonic: MonotonicClock = time.monotonic,
) -> RelayOutbox:
    said = OncePerIncident(monotonic)
    return RelayOutbox(outbox, publisher.publish, lane, said=said, monotonic=monotonic)


def relayed(outbox: FakeOutbox, publisher: FakePublisher, lane: Lane = Lane.RECENT) -> Publication:
    return a_use_case(outbox, publisher, lane)()


def test_waiting_events_are_published_batch_by_batch() -> None:
    outbox = FakeOutbox().add(*(an_event(n) for n in range(BATCH_SIZE + 1)))
    publisher = FakePublisher()

    sizes = [len(relayed(outbox, publisher).acknowledged) for _ in range(3)]

    assert sizes == [BATCH_SIZE, 1, 0]
    assert len(publisher.published) == BATCH_SIZE + 1


def test_any_number_of_refused_events_delays_one_batch_of_their_lane() -> None:
    stuck = [an_event(n) for n in range(BATCH_SIZE + 100)]
    publisher = FakePublisher(refusing={event.event_uuid for event in stuck}, local=True)
    outbox = FakeOutbox().add(*stuck)
    for lane in (Lane.RECENT, Lane.RECENT, Lane.REFUSED, Lane.REFUSED):
        relayed(outbox, publisher, lane)
    fine = [an_event(n) for n in range(1000, 1020)]

    publication = relayed(outbox.add(*fine), publisher)

    assert publication.acknowledged == tuple(event.event_uuid for event in fine)
    assert len(outbox.waiting_in[Lane.REFUSED]) == len(stuck)


def test_a_refused_event_is_retried_in_its_own_lane_until_it_is_published() -> None:
    event = an_event()
    publisher = FakePublisher(refusing={event.event_uuid})
    outbox = FakeOutbox().add(event)
    for lane in Lane:
        relayed(outbox, publisher, lane)

    publisher.refusing.clear()

    assert relayed(outbox, publisher, Lane.REFUSED).acknowledged == (event.event_uuid,)


def test_a_refusal_by_kafka_is_logged_once_for_each_reason() -> None:
    outbox, publisher = FakeOutbox(), FakePublisher(reason="no such topic", local=True)
    relay_outbox = a_use_case(outbox, publisher)

    with capture_logs() as logs:
        for number in range(50):
            event = an_event(number)
            publisher.refusing.add(event.event_uuid)
            outbox.add(event)
            relay_outbox()

    [said] = [line for line in logs if line["log_level"] == "error"]
    assert (said["event"], said["reason"]) == ("outbox_events_refused", "no such topic")
    assert said["event_uuids"] == [str(an_event(0).event_uuid)]


def test_an_event_that_stays_locked_is_logged_once_and_delays_no_other() -> None:
    now_s = 0.0
    locked, publisher = an_event(1), FakePublisher()
    outbox = FakeOutbox(locked={locked.event_uuid}).add(locked, an_event(2))
    relay_outbox = a_use_case(outbox, publisher, monotonic=lambda: now_s)

    with capture_logs() as logs:
        for _ in range(100):
            relay_outbox()
            now_s += LOCKED_FOR_S / 10

    assert publisher.published == [an_event(2).event_uuid]
    [said] = [line for line in logs if line["log_level"] == "error"]
    assert said["event"] == "outbox_events_locked"
    assert said["event_uuids"] == [str(locked.event_uuid)]


def test_an_event_that_another_relay_retries_is_not_logged_as_locked() -> None:
    now_s = 0.0
    event = an_event()
    outbox = FakeOutbox().add(event, lane=Lane.REFUSED)
    publisher = FakePublisher(refusing={event.event_uuid})
    relay_outbox = a_use_case(outbox, publisher, Lane.REFUSED, monotonic=lambda: now_s)

    with capture_logs() as logs:
        for number in range(40):
            outbox.locked = {event.event_uuid} if number % 4 else set()
            relay_outbox()
            now_s += LOCKED_FOR_S / 10

    assert [line["event"] for line in logs] == []


def a_relay(outbox: FakeOutbox, publisher: FakePublisher, lane: Lane = Lane.RECENT) -> Relay:
    return Relay(lane, a_use_case(outbox, publisher, lane), alive=lambda: None)


def of_the_relay(logs: list[EventDict]) -> list[str]:
    return [line["event"] for line in logs if line["event"].startswith("relay_")]


def test_a_lane_rests_unless_its_batch_was_full() -> None:
    outbox = FakeOutbox().add(*(an_event(number) for number in range(BATCH_SIZE + 1)))
    relay = a_relay(outbox, FakePublisher())

    rests = [relay.step() for _ in ("full", "one event", "none")]

    rest_s = PACES[Lane.RECENT].batching.max_batch_time_s
    assert rests == [0.0, rest_s, rest_s]


def test_while_kafka_is_down_the_back_off_grows_and_the_reason_is_logged_once() -> None:
    event = an_event()
    publisher = FakePublisher(refusing={event.event_uuid})
    relay = a_relay(FakeOutbox().add(event, lane=Lane.REFUSED), publisher, Lane.REFUSED)

    with capture_logs() as logs:
        rests = [relay.step() for _ in range(8)]
        publisher.refusing.clear()
        after = relay.step()

    assert rests == [0.2, 0.4, 0.8, 1.6, 3.2, 4.0, 4.0, 4.0]
    assert after == PACES[Lane.REFUSED].batching.max_batch_time_s
    assert of_the_relay(logs) == ["relay_held_up", "relay_resumed"]


@pytest.mark.parametrize("lane", list(Lane))
def test_a_lane_logs_an_outage_of_kafka_once_whatever_the_error_texts(lane: Lane) -> None:
    outbox, publisher = FakeOutbox(), FakePublisher()
    relay = a_relay(outbox, publisher, lane)

    with capture_logs() as logs:
        for number in range(20):
            publisher.reason = (
                "no answer" if number % 2 else "not tried after a recent failure: no answer"
            )
            publisher.refusing.add(an_event(number).event_uuid)
            outbox.add(an_event(number), lane=lane)
            relay.step()
            relay.step()
        publisher.refusing.clear()
        outbox.add(an_event(20), lane=lane)
        relay.step()

    assert of_the_relay(logs) == ["relay_held_up", "relay_resumed"]


@pytest.mark.parametrize("lane", [Lane.RECENT, Lane.LATE])
def test_a_stream_of_refused_events_never_delays_the_others(lane: Lane) -> None:
    outbox, publisher = FakeOutbox(), FakePublisher()
    relay = a_relay(outbox, publisher, lane)

    rests = []
    for number in range(20):
        publisher.refusing.add(an_event(number).event_uuid)
        outbox.add(an_event(number), lane=lane)
        rests.append(relay.step())

    assert max(rests) <= 0.2


def test_an_unavailable_database_is_waited_for_too() -> None:
    outbox = FakeOutbox(down=True).add(an_event())
    relay = a_relay(outbox, FakePublisher())

    with capture_logs() as logs:
        rests = [relay.step(), relay.step()]
        outbox.down = False
        rests.append(relay.step())

    assert rests == [0.2, 0.4, PACES[Lane.RECENT].batching.max_batch_time_s]
    assert of_the_relay(logs) == ["relay_held_up", "relay_resumed"]


def test_a_bug_ends_the_relay() -> None:
    def broken() -> Publication:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Relay(Lane.RECENT, broken, alive=lambda: None).step()


def test_the_loop_shows_that_it_is_alive_also_while_it_cannot_relay() -> None:
    stop = Event()
    touches: list[int] = []

    def alive() -> None:
        touches.append(1)
        if len(touches) == 2:
            stop.set()

    def away() -> Publication:
        raise Unavailable("no database")

    Relay(Lane.RECENT, away, alive=alive)(stop)

    assert len(touches) == 2


def test_a_hanging_lane_is_not_hidden_by_the_others() -> None:
    touches: list[int] = []
    alive = AllAlive(["recent", "late"], alive=lambda: touches.append(1))

    for part in ("recent", "recent", "late", "recent", "recent", "recent"):
        alive.see(part)

    assert len(touches) == 1
