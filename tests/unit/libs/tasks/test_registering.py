from uuid import uuid4

from celery import Celery
from celery.app.trace import build_tracer
from structlog.testing import capture_logs

from libs.errors import Unavailable
from libs.tasks.registering import register_task


def fail() -> None:
    raise Unavailable("gone")


def test_a_task_that_cannot_run_yet_is_tried_again_ever_later_up_to_four_seconds() -> None:
    app = Celery("tiny", broker="memory://", set_as_current=False)
    app.conf.task_ignore_result = True
    register_task(app, "fail", fail)
    run = build_tracer("fail", app.tasks["fail"], app=app)

    with capture_logs() as logs:
        for retries in range(6):
            run(str(uuid4()), [], {}, {"retries": retries, "is_eager": False})

    assert [each["delay_s"] for each in logs] == [1, 2, 4, 4, 4, 4]
