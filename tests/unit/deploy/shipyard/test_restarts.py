"""Restarts in supervisor's log."""

from datetime import datetime
from pathlib import Path

from deploy.shipyard.readings.restarts import recent_restarts, restarts_since

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


def test_the_restarts_of_the_last_hour_include_those_before_a_rotation(tmp_path: Path) -> None:
    assert recent_restarts(tmp_path) == {}
    now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S},001"
    (tmp_path / "supervisord.log.1").write_text(
        f"{LOG[0]}\n{now} WARN exited: order-relay (exit status 1; not expected)\n"
    )
    (tmp_path / "supervisord.log").write_text(
        f"{now} WARN exited: order-relay (exit status 70; not expected)\n"
    )

    assert recent_restarts(tmp_path)["order-relay"].number == 2
