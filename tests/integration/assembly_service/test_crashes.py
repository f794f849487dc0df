"""Crashes at the worst moments.

The order service redrives a paid order whose ship does not come, with the same record:
a second pay() imitates that.
"""

from uuid import UUID, uuid5

import pytest

from libs.lifecycle.crashing import EXIT_KILLED
from tests.integration.assembly_service.conftest import AssemblyLine
from tests.support.eventually import eventually
from tests.support.roles import StartRole
from tests.unit.assembly_service.builders import EVENT_ID, an_order_paid_wire

SHIP_ID = uuid5(EVENT_ID, "order.assembled")

RECORD = an_order_paid_wire().SerializeToString()


def ids_of(line: AssemblyLine) -> list[UUID]:
    return [UUID(ship.event_uuid) for ship in line.assembled()]


def test_a_consumer_that_dies_between_hand_off_and_commit_builds_the_same_ship_again(
    line: AssemblyLine, start_role: StartRole
) -> None:
    start_role("worker")
    dying = start_role("consumer", crash_at="after_hand_off")
    line.pay(RECORD)
    assert dying.wait_for_exit() == EXIT_KILLED

    start_role("consumer")

    eventually(lambda: ids_of(line) == [SHIP_ID, SHIP_ID], within_s=30)


@pytest.mark.parametrize(
    ("label", "published"), [("before_ship_publish", []), ("after_ship_ack", [SHIP_ID])]
)
def test_a_worker_that_dies_around_the_publish_repeats_only_the_same_id(
    line: AssemblyLine, start_role: StartRole, label: str, published: list[UUID]
) -> None:
    dying = start_role("worker", crash_at=label)
    start_role("consumer")
    line.pay(RECORD)
    assert dying.wait_for_exit() == EXIT_KILLED
    assert ids_of(line) == published

    start_role("worker")
    line.pay(RECORD)

    eventually(lambda: ids_of(line) == [*published, SHIP_ID], within_s=20)
