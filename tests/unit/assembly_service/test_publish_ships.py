from uuid import uuid5

import pytest

from assembly_service.service.publish_ships import PublishShips
from libs.errors import Unavailable
from tests.unit.assembly_service.builders import EVENT_ID, NOW, ORDER_ID, USER_ID, a_ship
from tests.unit.assembly_service.fakes import FakeShipEvents


def test_every_ship_is_published_with_an_id_derived_from_its_order_paid() -> None:
    events = FakeShipEvents()

    PublishShips(events, clock=lambda: NOW)([a_ship(build_time_s=4)])

    (event,) = events.published
    assert event.event_uuid == uuid5(EVENT_ID, "order.assembled")
    assert (event.order_uuid, event.user_uuid) == (ORDER_ID, USER_ID)
    assert (event.build_time_s, event.occurred_at) == (4, NOW)


def test_a_repeat_after_an_outage_carries_the_same_ids() -> None:
    events = FakeShipEvents()
    publish_ships = PublishShips(events, clock=lambda: NOW)
    events.down = True
    with pytest.raises(Unavailable):
        publish_ships([a_ship()])
    events.down = False

    publish_ships([a_ship()])
    publish_ships([a_ship()])

    assert len({event.event_uuid for event in events.published}) == 1
