from datetime import timedelta
from uuid import uuid5

from assembly_service.model.build_time import BuildTimes
from assembly_service.service.start_building import StartBuilding
from tests.unit.assembly_service.builders import EVENT_ID, NOW, a_ship, an_order_paid
from tests.unit.assembly_service.fakes import FakeBuildTimer

SEVEN_SECONDS = BuildTimes(min_s=7, max_s=7)


def test_a_paid_order_is_published_when_its_build_time_is_over() -> None:
    timer = FakeBuildTimer()
    start_building = StartBuilding(timer, SEVEN_SECONDS, clock=lambda: NOW)

    start_building([an_order_paid(traceparent="00-trace")])

    (bucket,) = timer.buckets
    assert bucket.ships == (a_ship(build_time_s=7, traceparent="00-trace"),)
    assert bucket.countdown_s == 7.0


def test_a_repeat_builds_the_same_ship_in_the_remaining_time() -> None:
    timer = FakeBuildTimer()
    event = an_order_paid()

    StartBuilding(timer, SEVEN_SECONDS, clock=lambda: NOW)([event])
    StartBuilding(timer, SEVEN_SECONDS, clock=lambda: NOW + timedelta(seconds=4))([event])

    first, second = timer.buckets
    assert first.ships == second.ships
    assert (first.countdown_s, second.countdown_s) == (7.0, 3.0)


def test_a_burst_of_a_thousand_orders_is_a_few_tasks() -> None:
    timer = FakeBuildTimer()
    burst = [an_order_paid(event_uuid=uuid5(EVENT_ID, str(n))) for n in range(1000)]

    StartBuilding(timer, BuildTimes(min_s=1, max_s=10), clock=lambda: NOW)(burst)

    assert len(timer.buckets) == 10
    assert sum(len(bucket.ships) for bucket in timer.buckets) == 1000
