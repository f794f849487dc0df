from threading import Event

import pytest
from structlog.testing import capture_logs

from libs.errors import Unavailable
from order_service.app.relay import IDLE_PAUSE_S, Relay
from order_service.model.outbox import Publication
from order_service.service.relay_outbox import BATCH_SIZE, RelayOutbox
from tests.unit.order_service.background.fakes import FakeOutbox, FakePublisher, an_event


def test_waiting_events_are_published_batch_by_batch() -> None:
    outbox = FakeOutbox(waiting=[an_event(n) for n in range(BATCH_SIZE + 1)])
    publisher = FakePublisher()
    relay_outbox = RelayOutbox(outbox, publisher)

    sizes = [len(relay_outbox().acknowledged) for _ in range(3)]

    assert sizes == [BATCH_SIZE, 1, 0]
    assert len(publisher.published) == BATCH_SIZE + 1


def test_what_was_not_acknowledged_waits_on_and_its_neighbours_get_out() -> None:
    stuck, fine = an_event(1), an_event(2)
    outbox = FakeOutbox(waiting=[stuck, fine])
    publisher = FakePublisher(refusing={stuck.event_uuid})

    publication = RelayOutbox(outbox, publisher)()

    assert publication.refused == {stuck.event_uuid: "no leader"}
    assert publisher.published == [fine.event_uuid]
    assert outbox.waiting == [stuck]


def a_relay(outbox: FakeOutbox, publisher: FakePublisher) -> Relay:
    return Relay(RelayOutbox(outbox, publisher), alive=lambda: None)


def test_a_busy_relay_does_not_rest_and_an_idle_one_looks_again_soon() -> None:
    relay = a_relay(FakeOutbox(waiting=[an_event()]), FakePublisher())

    assert [relay.step(), relay.step()] == [0.0, IDLE_PAUSE_S]


def test_while_kafka_is_away_the_rest_grows_and_the_reason_is_said_once() -> None:
    event = an_event()
    publisher = FakePublisher(refusing={event.event_uuid})
    relay = a_relay(FakeOutbox(waiting=[event]), publisher)

    with capture_logs() as logs:
        rests = [relay.step() for _ in range(8)]
        publisher.refusing.clear()
        after = relay.step()

    assert rests == [0.2, 0.4, 0.8, 1.6, 3.2, 4.0, 4.0, 4.0]
    assert after == 0.0
    assert [line["event"] for line in logs if line["event"].startswith("relay_")] == [
        "relay_held_up",
        "relay_resumed",
    ]


def test_a_database_that_is_away_is_waited_for_too() -> None:
    outbox = FakeOutbox(waiting=[an_event()], down=True)
    relay = a_relay(outbox, FakePublisher())

    assert relay.step() == 0.2
    outbox.down = False
    assert relay.step() == 0.0


def test_a_bug_is_not_waited_for() -> None:
    def broken() -> Publication:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Relay(broken, alive=lambda: None).step()


def test_the_loop_shows_that_it_is_alive_also_while_it_can_not_relay() -> None:
    stop = Event()
    touches: list[int] = []

    def alive() -> None:
        touches.append(1)
        if len(touches) == 2:
            stop.set()

    def away() -> Publication:
        raise Unavailable("no database")

    Relay(away, alive=alive)(stop)

    assert len(touches) == 2
