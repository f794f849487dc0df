"""All problems together."""

from deploy.shipyard.problems.found import AllLooks, problems_in
from tests.unit.deploy.shipyard.problems.looked import looked
from tests.unit.deploy.shipyard.problems.test_stores import holder, redis
from tests.unit.deploy.shipyard.problems.test_work import group, queue
from tests.unit.order_service.builders import NOON


def test_stores_without_an_answer_and_healthy_ones_have_no_problem() -> None:
    healthy = AllLooks(redis=looked(redis()), queues=looked([queue()]), outbox=looked([]))

    assert problems_in(AllLooks(), NOON) == []
    assert problems_in(healthy, NOON) == []


def test_causes_come_before_what_follows_from_them() -> None:
    looks = AllLooks(
        away=["payment does not answer since 12:00:00: UNAVAILABLE"],
        redis=looked(redis(share=1.0)),
        locks_of_orders=looked([holder(age_s=60)]),
        groups=looked([group(lag=1)], [group(lag=1)], [group(lag=1)]),
        queues=looked([queue(waiting=1, oldest_s=9)]),
    )

    lines = problems_in(looks, NOON)

    assert [line.split()[0] for line in lines] == [
        *("payment", "redis", "session", "notification-consumer", "assembly-worker")
    ]
