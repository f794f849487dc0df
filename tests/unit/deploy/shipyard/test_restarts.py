"""Restarts in supervisor's log."""

from datetime import datetime

from deploy.shipyard.readings.restarts import restarts_since

LOG = """\
2026-03-01 11:00:00,001 WARN exited: order-relay (exit status 1; not expected)
2026-03-01 12:00:00,001 INFO spawned: 'order-worker' with pid 5
2026-03-01 12:10:00,001 WARN exited: order-worker (terminated by SIGKILL; not expected)
2026-03-01 12:20:00,001 WARN exited: order-worker (exit status 70; not expected)
2026-03-01 12:21:00,001 INFO exited: order-migrate (exit status 0; expected)
2026-03-01 12:22:00,001 WARN stopped: order-http (terminated by SIGTERM)
""".splitlines()


def test_restarts_are_counted_with_the_last_reason() -> None:
    since = datetime(2026, 3, 1, 11, 30).astimezone()

    found = restarts_since(LOG, since)

    assert found.keys() == {"order-worker"}
    assert found["order-worker"].number == 2
    assert found["order-worker"].last_reason == "exit status 70"
    assert found["order-worker"].last_at == datetime(2026, 3, 1, 12, 20).astimezone()
