"""The live view: a store that dies, and one screen for everything."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from rich.console import Console

from deploy.shipyard.readings.flow import Flow
from deploy.shipyard.readings.outbox import Unpublished
from deploy.shipyard.readings.restarts import Restarts
from deploy.shipyard.readings.ships import QueueSeen
from deploy.shipyard.screen.dashboard import Seen, dashboard
from deploy.shipyard.screen.watching import SILENCE_S, Watch
from libs.errors import Unavailable
from notification_service.model.delivery import DeliveryState
from notification_service.repository.overview import StateCount
from order_service.model.outbox import Lane
from tests.support.monotonic import FakeMonotonic
from tests.unit.order_service.builders import NOON, HandClock

FLOW = Flow(
    minutes=5,
    created_a_minute=12.0,
    paid_a_minute=11.0,
    assembled_a_minute=10.0,
    failed_pays=0.25,
    overdue=3,
    overdue_oldest=NOON,
    overdue_oldest_age_s=61.0,
    p95_paid_to_assembled_s=9.5,
)

WAITING = Unpublished(
    lane=Lane.REFUSED,
    topic="order.paid",
    events=7,
    oldest=NOON,
    oldest_age_s=12.0,
    redrives=0,
    oldest_order=UUID(int=1),
    last_error="no leader " * 20,
)

FULL = Seen(
    now=NOON,
    flow=FLOW,
    outbox=[WAITING],
    queues=[
        QueueSeen(
            queue=name,
            waiting=1,
            held=2,
            orders=3,
            next_due=NOON,
            overdue_s=None,
            held_longest_s=None,
            oldest_s=None,
        )
        for name in ("order", "assembly", "notification")
    ],
    groups=[{"group": f"group-{number}", "lag": number, "ago_s": 1.0} for number in range(4)],
    chats={state: StateCount(2, NOON - timedelta(seconds=4)) for state in DeliveryState},
    restarts={
        "order-relay": Restarts(
            number=1, last_at=NOON - timedelta(minutes=9), last_reason="exit status 70"
        ),
        "order-worker": Restarts(
            number=2, last_at=NOON - timedelta(minutes=3), last_reason="terminated by SIGKILL"
        ),
    },
    problems=[f"problem {number} {'of many words ' * 9}" for number in range(9)],
)


def drawn(seen: Seen, *, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(dashboard(seen))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_everything_fits_a_screen_of_80_by_24() -> None:
    lines = drawn(FULL)

    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_what_is_wrong_is_on_the_screen() -> None:
    text = "\n".join(drawn(FULL, width=120))

    assert "failed pays 25%" in text
    assert "3, the oldest for 1.0 min" in text
    assert "7 wait, the oldest 12.0 s, order.paid: no leader" in text
    assert "2 untold, the oldest 4.0 s" in text
    assert "! problem 2" in text
    assert "! and 6 more" in text
    assert "! problem 3" not in text


def test_problems_that_fit_are_all_shown() -> None:
    problems = [f"problem {n}" for n in range(9)]
    text = "\n".join(drawn(replace(FULL, restarts={}, problems=problems)))

    assert "! problem 8" in text
    assert "more" not in text


def test_roles_that_were_started_again_are_named_the_last_one_first() -> None:
    text = "\n".join(drawn(FULL))

    assert "restarts order-worker 2 times, 3.0 min ago; order-relay once, 9.0 min ago" in text


def test_without_a_restart_nothing_is_said_of_them() -> None:
    assert "restarts" not in "\n".join(drawn(replace(FULL, restarts={})))


def test_a_store_without_an_answer_yet_is_unknown_and_not_zero() -> None:
    lines = drawn(Seen(now=NOON))

    assert sum("unknown" in line for line in lines) == 6


def test_a_healthy_system_shows_that_no_problem_was_found() -> None:
    assert "problems none found" in " ".join(drawn(Seen(now=NOON, problems=[])))


def test_a_store_that_dies_is_away_since_its_last_answer_and_keeps_it() -> None:
    clock, monotonic = HandClock(), FakeMonotonic()
    answers = iter([5])

    def look() -> int:
        try:
            return next(answers)
        except StopIteration:
            raise Unavailable("connection refused") from None

    watch = Watch("Redis", look, clock=clock, monotonic=monotonic)
    watch.look()
    clock.pass_s(3)
    watch.look()

    assert watch.answer == 5
    assert watch.recent == ()
    assert watch.away == "Redis does not answer since 12:00:00: connection refused"


def test_a_store_that_hangs_is_away_too() -> None:
    monotonic = FakeMonotonic()
    watch = Watch("Redis", lambda: 5, clock=HandClock(), monotonic=monotonic)
    watch.look()
    assert watch.away is None

    monotonic.advance(SILENCE_S)

    assert watch.away == "Redis does not answer since 12:00:00: no answer"
