from uuid import uuid4

import pytest
from celery import Celery
from celery.app.trace import build_tracer
from structlog.testing import capture_logs

from libs.errors import Unavailable
from libs.tasks.registering import register_task


def fail() -> None:
    raise Unavailable("gone")


@pytest.mark.parametrize(
    ("options", "delays_s"),
    [({}, [1, 2, 4, 8, 16, 20, 20]), ({"longest_delay_s": 4}, [1, 2, 4, 4, 4, 4, 4])],
)
def test_a_task_that_can_not_run_yet_is_postponed_twice_as_long_each_time_up_to_its_limit(
    options: dict[str, int], delays_s: list[int]
) -> None:
    app = Celery("tiny", broker="memory://", set_as_current=False)
    app.conf.task_ignore_result = True
    register_task(app, "fail", fail, **options)
    run = build_tracer("fail", app.tasks["fail"], app=app)

    with capture_logs() as logs:
        for retries in range(len(delays_s)):
            run(str(uuid4()), [], {}, {"retries": retries, "is_eager": False})

    assert [each["delay_s"] for each in logs] == delays_s
