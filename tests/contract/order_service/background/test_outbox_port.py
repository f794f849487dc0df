"""Contract of the outbox: the fake of the unit tests, and PostgreSQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from order_service.model.outbox import Lane, OutboxEvent, Publication, Redriven, Refusal
from order_service.repository.outbox import PostgresOutbox
from order_service.service.background.ports import Outbox
from tests.integration.order_service.background.conftest import OrderRows
from tests.unit.order_service.background.fakes import FakeOutbox, an_event


@dataclass(frozen=True, slots=True)
class Subject:
    """An outbox, and ways to add rows to it."""

    outbox: Outbox
    add_waiting: Callable[[], UUID]
    add_overdue: Callable[[], None]
    add_done: Callable[[], None]


def in_memory() -> Subject:
    outbox = FakeOutbox()

    def add_waiting() -> UUID:
        event = an_event(len(outbox.waiting_in[Lane.RECENT]))
        outbox.add(event)
        return event.event_uuid

    def add_overdue() -> None:
        outbox.overdue.append(Redriven(order_uuid=UUID(int=len(outbox.overdue)), redrives=1))

    def add_done() -> None:
        outbox.done += 1

    return Subject(outbox, add_waiting, add_overdue, add_done)


def in_postgres(engine: Engine) -> Subject:
    rows = OrderRows(engine)

    def add_overdue() -> None:
        rows.add_event(rows.add(), published_ago=timedelta(minutes=1))

    def add_done() -> None:
        rows.add_event(rows.add("ASSEMBLED"), published_ago=timedelta(days=8))

    outbox = PostgresOutbox(engine)
    return Subject(outbox, lambda: rows.add_event(rows.add()), add_overdue, add_done)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.engine)])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "fake":
        return in_memory()
    return in_postgres(request.getfixturevalue("engine"))


def test_an_empty_outbox_has_nothing_waiting(subject: Subject) -> None:
    assert not any(subject.outbox.has_waiting(lane) for lane in Lane)


def test_an_acknowledged_event_no_longer_waits(subject: Subject) -> None:
    event_uuid = subject.add_waiting()

    publication = subject.outbox.publish_waiting(Lane.RECENT, acknowledge, limit=500)

    assert publication == Publication(acknowledged=(event_uuid,))
    assert not any(subject.outbox.has_waiting(lane) for lane in Lane)


def test_a_refused_event_waits_in_its_own_lane(subject: Subject) -> None:
    event_uuid = subject.add_waiting()

    subject.outbox.publish_waiting(Lane.RECENT, refuse, limit=500)
    subject.outbox.publish_waiting(Lane.REFUSED, refuse, limit=500)

    assert [lane for lane in Lane if subject.outbox.has_waiting(lane)] == [Lane.REFUSED]
    assert subject.outbox.waiting(Lane.REFUSED, limit=500) == [event_uuid]


def test_a_batch_is_no_larger_than_its_limit(subject: Subject) -> None:
    for _ in range(3):
        subject.add_waiting()

    sizes = [
        len(subject.outbox.publish_waiting(Lane.RECENT, acknowledge, limit=2).acknowledged)
        for _ in range(2)
    ]

    assert sizes == [2, 1]


def test_an_overdue_order_is_redriven_once_a_time(subject: Subject) -> None:
    for _ in range(3):
        subject.add_overdue()

    redriven, after = [], None
    while (page := subject.outbox.redrive_overdue(limit=2, after=after)).last:
        redriven.append(len(page.redriven))
        after = page.last

    assert redriven == [2, 1]
    assert subject.outbox.redrive_overdue(limit=2, after=None).redriven == ()


def test_finished_events_are_deleted_batch_by_batch(subject: Subject) -> None:
    for _ in range(3):
        subject.add_done()

    assert [subject.outbox.delete_done(limit=2) for _ in range(3)] == [2, 1, 0]


def acknowledge(events: Sequence[OutboxEvent]) -> Publication:
    return Publication(acknowledged=tuple(event.event_uuid for event in events))


def refuse(events: Sequence[OutboxEvent]) -> Publication:
    return Publication(refused={event.event_uuid: Refusal(reason="no leader") for event in events})
