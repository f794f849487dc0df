"""What the looks at Redis and the databases say is wrong."""

from datetime import datetime, timedelta

from deploy.shipyard.problems.stores import emptied, full, locking
from deploy.shipyard.readings.sessions import RedisSeen
from libs.postgres.locks import Holder
from tests.unit.deploy.shipyard.problems.looked import looked
from tests.unit.order_service.builders import NOON


def redis(
    *,
    times: int = 0,
    filled_since: datetime | None = None,
    share: float = 0.1,
    policy: str = "noeviction",
) -> RedisSeen:
    return RedisSeen(
        started_at=NOON - timedelta(hours=1),
        emptied=times,
        filled_since=filled_since,
        keys=1,
        used_mib=1.0,
        limit_mib=10.0,
        full=share,
        policy=policy,
        evicted=0,
    )


def holder(*, pid: int = 123, age_s: float | None = None, blocks: int = 0) -> Holder:
    return Holder(
        pid=pid,
        transaction="3/9",
        user_name="psql",
        since=None if age_s is None else NOON - timedelta(seconds=age_s),
        tables=["outbox"],
        blocks=blocks,
    )


def test_a_redis_that_is_emptied_is_named_with_the_times_and_the_last_time() -> None:
    looks = looked(redis(times=2), redis(times=3), redis(times=3))

    [line] = emptied(looks, NOON)

    assert line.startswith("redis was emptied 3 times since ")
    assert line.endswith("last 1.0 s ago")


def test_a_redis_that_a_scrape_found_empty_lately_was_emptied_then() -> None:
    looks = looked(redis(times=1, filled_since=NOON - timedelta(minutes=5)))

    [line] = emptied(looks, NOON)

    assert "emptied once" in line
    assert line.endswith("last 5.0 min ago")


def test_a_redis_that_was_emptied_long_ago_or_never_is_fine() -> None:
    long_ago = redis(times=1, filled_since=NOON - timedelta(hours=1))

    assert list(emptied(looked(long_ago, long_ago), NOON)) == []
    assert list(emptied(looked(redis(filled_since=NOON)), NOON)) == []


def test_a_restarted_redis_was_not_emptied_by_that() -> None:
    assert list(emptied(looked(redis(times=3), redis(times=0)), NOON)) == []


def test_a_full_redis_is_named_with_what_it_does_then() -> None:
    assert list(full(redis(share=700.0))) == ["redis is full: 100% of its limit, refuses writes"]
    [line] = full(redis(share=0.98, policy="allkeys-lru"))
    assert line.endswith("98% of its limit, drops keys")
    assert list(full(redis(share=0.9))) == []


def test_a_session_that_holds_rows_for_long_is_named_also_if_nobody_waits() -> None:
    [line] = locking("orders", looked([holder(age_s=40)]), NOON)

    assert line == "session 123 (psql) locks outbox of orders since 40.0 s"


def test_a_session_that_others_wait_for_is_named_earlier() -> None:
    assert list(locking("orders", looked([holder(age_s=3)]), NOON)) == []

    [line] = locking("orders", looked([holder(age_s=3, blocks=2)]), NOON)

    assert line.endswith("since 3.0 s, 2 wait for it")


def test_a_session_whose_age_is_hidden_is_as_old_as_the_looks_that_saw_it() -> None:
    assert list(locking("orders", looked([holder()]), NOON)) == []
    assert list(locking("orders", looked([holder(pid=1)], [holder()]), NOON)) == []

    [line] = locking("orders", looked([], [holder()], [holder()], [holder()]), NOON)

    assert "since 2.0 s" in line
