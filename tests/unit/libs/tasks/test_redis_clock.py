"""Redis's clock decides when a task is due, not the machines' clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from kombu.message import Message
from structlog.testing import capture_logs

from libs.tasks.app import create_celery
from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.clock import ASK_AGAIN_AFTER_S, ASK_EVERY_S, RedisClock
from libs.tasks.timed import TimedCelery, TimedRequest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SKEWS_S = [-120.0, 0.0, 120.0]
"""Seconds that a machine's clock is ahead of Redis's."""


class RedisAndMachine:
    """Redis and one machine whose clock is ahead by some seconds."""

    def __init__(self, ahead_s: float = 0.0) -> None:
        self.passed_s = 0.0
        self.ahead_s = ahead_s
        self.is_up = True
        self.way_s = self.way_back_s = 0.0
        self.asked = 0
        self.clock = RedisClock(
            self.ask, clock=self.machine, monotonic=lambda: 1000 + self.passed_s
        )

    def redis(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s)

    def machine(self) -> datetime:
        return self.redis() + timedelta(seconds=self.ahead_s)

    def ask(self) -> datetime:
        self.asked += 1
        self.passed_s += self.way_s
        if not self.is_up:
            raise QueueUnavailable("redis: away")
        answer = self.redis()
        self.passed_s += self.way_back_s
        return answer


@pytest.mark.parametrize("ahead_s", SKEWS_S)
def test_it_returns_the_time_of_redis_and_translates_it_to_the_machine_s(ahead_s: float) -> None:
    both = RedisAndMachine(ahead_s)
    moment = NOON + timedelta(seconds=7)
    both.passed_s = 3.0

    assert both.clock.now() == both.redis()
    assert both.clock.local(moment) == moment + timedelta(seconds=ahead_s)


@pytest.mark.parametrize(("way_s", "way_back_s"), [(0.2, 0.0), (0.0, 0.2), (0.1, 0.1)])
def test_a_slow_answer_never_shortens_a_countdown(way_s: float, way_back_s: float) -> None:
    publisher, worker = RedisAndMachine(), RedisAndMachine()
    for each in (publisher, worker):
        each.way_s, each.way_back_s = way_s, way_back_s

    eta = publisher.clock.now() + timedelta(seconds=7)
    worker.passed_s = publisher.passed_s
    due = worker.clock.local(eta) - publisher.machine()

    assert timedelta(seconds=7) <= due <= timedelta(seconds=7.41)


def test_redis_is_asked_now_and_then_and_rarely_while_it_is_down() -> None:
    both = RedisAndMachine(120)
    for passed_s in (0.0, 1.0, ASK_EVERY_S - 0.1):
        both.passed_s = passed_s
        assert both.clock.now() == both.redis()
    asked_while_up = both.asked
    both.is_up = False
    for passed_s in (ASK_EVERY_S, ASK_EVERY_S + ASK_AGAIN_AFTER_S - 0.1):
        both.passed_s = passed_s
        assert both.clock.now() == both.redis()

    assert (asked_while_up, both.asked) == (2, 3)


def test_a_clock_that_is_set_while_redis_is_down_changes_nothing() -> None:
    both = RedisAndMachine()
    both.clock.now()
    both.is_up, both.ahead_s, both.passed_s = False, 3600.0, ASK_EVERY_S

    assert both.clock.now() == both.redis()


def test_the_clock_of_the_machine_is_used_until_redis_has_answered() -> None:
    both = RedisAndMachine(120)
    both.is_up = False
    before = both.clock.now()
    both.is_up, both.passed_s = True, ASK_AGAIN_AFTER_S

    assert before == NOON + timedelta(seconds=120)
    assert both.clock.now() == both.redis()


def test_a_wrong_clock_is_logged_once_and_so_is_its_recovery() -> None:
    both = RedisAndMachine(120)

    with capture_logs() as lines:
        for turn in range(6):
            both.passed_s = turn * ASK_EVERY_S
            both.ahead_s = 120.0 if turn < 3 else 0.1
            both.clock.now()

    assert [(line["event"], line.get("ahead_s")) for line in lines] == [
        ("clock_differs_from_redis", 120.0),
        ("clock_agrees_with_redis", None),
    ]


@pytest.mark.parametrize(
    ("moment", "ahead_s"),
    [
        (datetime.min.replace(tzinfo=UTC), -120.0),
        (datetime.max.replace(tzinfo=UTC), 120.0),
    ],
)
def test_an_impossible_time_is_left_unchanged(moment: datetime, ahead_s: float) -> None:
    assert RedisAndMachine(ahead_s).clock.local(moment) == moment


def an_application(both: RedisAndMachine) -> TimedCelery:
    app: Any = create_celery("test", "redis://127.0.0.1:1/0", queues=("test",))
    app.redis_clock = both.clock
    assert isinstance(app, TimedCelery)

    @app.task(name="test.task", shared=False)
    def task() -> None:
        """Do nothing."""

    return app


def published(app: Celery, **options: Any) -> dict[str, Any]:
    """Return the headers of the task's message."""
    headers: dict[str, Any] = app.amqp.as_task_v2("1", "test.task", **options).headers
    return headers


def received(app: Celery, headers: dict[str, Any]) -> TimedRequest:
    body = '[[], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]'
    message = Message(
        body=body, headers=headers, content_type="application/json", content_encoding="utf-8"
    )
    return TimedRequest(message, app=app, task=app.tasks["test.task"])


@pytest.mark.parametrize("publishers_ahead_s", SKEWS_S)
@pytest.mark.parametrize("workers_ahead_s", SKEWS_S)
def test_a_countdown_ends_in_time_with_any_clocks_of_the_machines(
    publishers_ahead_s: float, workers_ahead_s: float
) -> None:
    publisher, worker = RedisAndMachine(publishers_ahead_s), RedisAndMachine(workers_ahead_s)
    headers = published(an_application(publisher), countdown=7, expires=20)
    worker.passed_s = 2.0

    request = received(an_application(worker), headers)

    assert request.eta == worker.machine() + timedelta(seconds=5)
    assert request.expires == worker.machine() + timedelta(seconds=18)


def test_every_task_is_received_with_its_times_translated_if_it_has_any() -> None:
    app = an_application(RedisAndMachine(120))

    request = received(app, published(app))

    assert app.tasks["test.task"].Request == "libs.tasks.timed:TimedRequest"
    assert request.eta is None
    assert request.expires is None
