"""Roles that are killed and stopped."""

import subprocess
import time
from collections.abc import Iterable, Iterator
from functools import partial

from libs.lifecycle.crashing import EXIT_KILLED
from tests.chaos.judging.measures.answers import Answer
from tests.chaos.judging.skips import skipped
from tests.chaos.scenario import RunningSystem, Scenario, nothing_held
from tests.chaos.stack import ALL_ROLES
from tests.chaos.supervising import BACK_WITHIN_S, Supervised
from tests.support.eventually import eventually
from tests.support.roles import running_role

KILLS = 20
CONSUMERS = ("order-consumer", "assembly-consumer", "notification-consumer")

STOPS_WITHIN_S = 15.0
DIES_WITHIN_S = 60.0

MOST_REPEATS = 5
"""Records that may be published again when roles stop in order, out of 200 orders."""

SERVERS = ("inventory-grpc", "payment-grpc")

NOBODY_THERE = "ConnectError"

CUT_SHORT = "shutdown_cut_short"

DIES_IN: dict[str, tuple[str, ...]] = {
    "after_key_claim": ("order-http",),
    "after_create_commit": ("order-http",),
    "after_claim": ("order-http",),
    "after_shared_claims": ("order-http",),
    "after_charge": ("order-http",),
    "after_paid_commit": ("order-http",),
    "after_shared_payments": ("order-http",),
    "after_kafka_ack": ("order-relay",),
    "after_hand_off": CONSUMERS,
    "before_ship_publish": ("assembly-worker",),
    "after_ship_ack": ("assembly-worker",),
    "after_delivery_claim": ("notification-worker",),
    "after_telegram_send": ("notification-worker",),
}


def kill_roles(system: RunningSystem) -> int:
    """Kill every role once in a random order, then others, at random moments."""
    once = system.random.sample(ALL_ROLES, len(ALL_ROLES))
    again = system.random.choices(ALL_ROLES, k=KILLS - len(once))
    for name in (*once, *again):
        system.roles.kill(name)
        system.go_on_for(system.random.uniform(0.3, 2.0))
    return KILLS


def rebalance(system: RunningSystem) -> int:
    """Kill, stop and start consumers, so that their groups keep rebalancing."""
    every = [name for name in system.roles.names() if name.startswith(CONSUMERS)]
    for _ in range(KILLS):
        name = system.random.choice(every)
        _disturb(system.roles, name, system.random.choice(("kill", "stop")))
        system.go_on_for(system.random.uniform(0.2, 2.0))
    for name in every:
        if not system.roles.is_running(name):
            system.roles.start(name)
    system.afterwards.append(partial(skipped, system))
    return KILLS


def _disturb(roles: Supervised, name: str, how: str) -> None:
    if not roles.is_running(name):
        roles.start(name)
    elif how == "kill":
        roles.kill(name)
    else:
        roles.stop(name)


def stop_roles(system: RunningSystem) -> int:
    """Restart role after role, as a deployment does: each exits with 0, no answer is 5xx.

    There is one REST process: meanwhile customers may find its port closed, and
    nothing else.
    """
    every = [name for name in system.roles.names() if name.startswith(tuple(ALL_ROLES))]
    for name in every:
        stop_in_order(system, name)
        system.roles.start(name)
        _wait_for_service(system)
    system.afterwards.append(lambda: noticed(system.load.given()))
    return len(every)


def stop_in_order(system: RunningSystem, name: str) -> None:
    """Send SIGTERM; complain if the role does not exit with 0 in time."""
    code, seconds = system.roles.stop(name)
    if code or seconds > STOPS_WITHIN_S:
        system.complaints.append(f"{name} ended with {code} after {seconds:.1f} s of SIGTERM")
    if CUT_SHORT in system.log_of(name):
        system.complaints.append(f"{name}did not exit by itself")


def noticed(given: Iterable[Answer]) -> Iterator[str]:
    """Return what customers noticed of restarts, except that the port was closed."""
    for each in given:
        if each.is_failure and each.outcome != NOBODY_THERE:
            yield f"{each} while roles were restarted"


def _wait_for_service(system: RunningSystem) -> None:
    """Wait until every role is ready and new orders are accepted."""
    system.chaos.wait_until_ready()
    since_s = time.monotonic()
    eventually(
        lambda: any(
            (each.request, each.outcome) == ("create", "201")
            for each in system.load.given(since_s=since_s)
        ),
        within_s=BACK_WITHIN_S,
    )


def crash_roles(system: RunningSystem) -> int:
    """Replace a role by one that dies at a crash point, label after label."""
    places = [(label, name) for label, names in DIES_IN.items() for name in names]
    for label, name in places:
        system.roles.stop(name)
        _crash(system, name, label)
        system.roles.start(name)
    return len(places)


def _crash(system: RunningSystem, name: str, label: str) -> None:
    service, _, role = name.partition("-")
    environment = {**system.chaos.environment_of(name), "CRASH_AT": label}
    with running_role(f"{service}_service", role, environment) as dying:
        try:
            code = dying.wait_for_exit(within_s=DIES_WITHIN_S)
        except subprocess.TimeoutExpired:
            system.complaints.append(f"{name} never came to {label}")
        else:
            if code != EXIT_KILLED:
                system.complaints.append(f"{name} ended with {code} instead of at {label}")


ROLE_SCENARIOS = (
    Scenario("kill-roles", "20 kill -9 of random roles", kill_roles),
    nothing_held(
        "rebalance",
        "a random consumer of nine is killed, stopped or started 20 times",
        rebalance,
        copied=CONSUMERS,
    ),
    Scenario("crash-points", "a role dies at each crash point", crash_roles),
    nothing_held(
        "sigterm",
        "every role restarted by SIGTERM",
        stop_roles,
        copied=SERVERS,
        most_repeats=MOST_REPEATS,
    ),
)
