"""Faults of Telegram."""

import time
from collections import Counter
from functools import partial

from notification_service.service.digest import MAX_LINES
from tests.chaos.judging.evidence import Told
from tests.chaos.judging.stores.chat import KINDS, told_in
from tests.chaos.judging.stores.deliveries import (
    ambiguities,
    attempts,
    hurried,
    in_state,
    unanswered,
)
from tests.chaos.scenario import RunningSystem, nothing_held
from tests.support.eventually import eventually

RETRY_AFTER_S = 20
THROTTLES = 2

OUTAGE_S = 600.0

GATHERING_S = 4.0
"""Number of events that wait for the digest in which one of them is refused."""

REFUSED_WITHIN_S = 120.0
"""Each refused digest becomes twenty messages, one a second; the others wait for them."""

BLOCKED_S = 10.0

REVOKED_S = 40.0

SANDBOX = "telegram-sandbox"
DEATHS = 4
FROZEN_S = 30.0

RECORDED_WITHIN_S = 60.0

CUT_WITHIN_S = 2.0
"""Seconds for a fault to begin and to end."""


def throttle(system: RunningSystem) -> int:
    """Answer one call with 429: all workers must wait."""
    for _ in range(THROTTLES):
        system.telegram.break_calls("answer", status=429, retry_after=RETRY_AFTER_S, calls=1)
        system.go_on_for(RETRY_AFTER_S + 10.0)
    _complain_without(system, 429, times=THROTTLES)
    system.complaints.extend(hurried(system.telegram.received(), asked_to_wait_s=RETRY_AFTER_S))
    _complain_of_records(system)
    return THROTTLES


def fail(system: RunningSystem, *, for_s: float) -> int:
    system.telegram.break_calls("answer", status=500, seconds=for_s)
    system.go_on_for(for_s)
    _complain_without(system, 500)
    _complain_of_records(system)
    return 1


def refuse(system: RunningSystem, *, for_s: float) -> int:
    began_at_s = time.time()
    system.telegram.break_calls("refuse", seconds=for_s)
    system.go_on_for(for_s + CUT_WITHIN_S)
    meanwhile = (began_at_s + CUT_WITHIN_S, began_at_s + for_s - CUT_WITHIN_S)
    if any(meanwhile[0] < send.at_s < meanwhile[1] for send in system.telegram.received()):
        system.complaints.append("a message was sent while connections were refused")
    # The closed connection may have held a message that Telegram had not read.
    _complain_of_records(system, most_unread=MAX_LINES)
    return 1


def refuse_a_line(system: RunningSystem) -> int:
    """Refuse every message that contains one chosen order."""
    system.telegram.break_calls("answer", status=429, retry_after=2 * int(GATHERING_S), calls=1)
    eventually(
        lambda: any(send.status == 429 for send in system.telegram.received()), within_s=30.0
    )
    system.go_on_for(GATHERING_S)
    chosen = system.random.choice(in_state(system, "NEW")).order_uuid
    refused = {Told(kind, chosen) for kind in KINDS.values()} - system.telegram.told().keys()
    system.condemned.update(refused)
    system.telegram.break_calls("answer", status=400, text=str(chosen))
    system.expect(
        lambda: refused <= set(in_state(system, "DEAD")),
        lambda: f"{refused - set(in_state(system, 'DEAD'))} are not given up",
        within_s=REFUSED_WITHIN_S,
    )
    system.telegram.clear_faults()
    sizes = [
        told_in([send.text]).total() for send in system.telegram.received() if send.status == 400
    ]
    if max(sizes, default=0) <= 1:
        system.complaints.append(f"no digest was refused, only messages of {sizes} events")
    return 1


def block(system: RunningSystem) -> int:
    """Let the chat's owner block the bot: meanwhile messages are given up."""
    system.telegram.break_calls("answer", status=403, seconds=BLOCKED_S)
    system.go_on_for(BLOCKED_S + 2.0)
    _complain_without(system, 403)
    sends = system.telegram.received()
    system.condemned.update(told_in(send.text for send in sends if send.status == 403))
    return 1


def hang(system: RunningSystem) -> int:
    """Accept a message and never answer; show it once and drop it once."""
    for accept in (False, True):
        system.telegram.break_calls("hang", accept=accept, calls=1)
        system.go_on_for(15.0)
    system.telegram.clear_faults()
    _complain_without(system, None, times=2)
    _complain_of_records(system)
    return 2


def drop(system: RunningSystem) -> int:
    """Show messages and close without an answer, single ones and two in a row."""
    calls = (1, 2, 1)
    for each in calls:
        system.telegram.break_calls("drop", accept=True, calls=each)
        system.go_on_for(8.0)
    _complain_without(system, None, times=sum(calls))
    _complain_of_records(system)
    return sum(calls)


def revoke_token(system: RunningSystem) -> int:
    system.telegram.break_calls("answer", status=401, method="*", seconds=REVOKED_S)
    system.go_on_for(REVOKED_S)
    _complain_without(system, 401)
    _complain_of_records(system)
    for name in ("notification-worker", "notification-bot"):
        if "telegram_token_refused" not in system.log_of(name):
            system.complaints.append(f"{name} did not log that the token is refused")
    return 1


def kill_telegram(system: RunningSystem) -> int:
    """Kill Telegram in the middle of calls, repeatedly."""
    for _ in range(DEATHS):
        system.roles.kill(SANDBOX)
        system.go_on_for(system.random.uniform(3.0, 8.0))
    system.roles.wait_for(SANDBOX)
    _complain_of_attempts(system)
    return DEATHS


def freeze_telegram(system: RunningSystem) -> int:
    with system.roles.frozen(SANDBOX):
        system.go_on_for(FROZEN_S)
    _complain_of_attempts(system)
    return 1


def _complain_of_records(system: RunningSystem, *, most_unread: int = 0) -> None:
    """Complain if a failure counted as an attempt, or if unanswered sends are not recorded exactly.

    most_unread allows for events that were sent and that Telegram never read.
    """

    def is_exact() -> bool:
        missing, surplus = _unrecorded(system)
        return not missing and surplus.total() <= most_unread

    system.expect(
        is_exact,
        lambda: "unanswered sends: not recorded {}, recorded too often {}".format(
            *_unrecorded(system)
        ),
        within_s=RECORDED_WITHIN_S,
    )
    _complain_of_attempts(system)


def _complain_of_attempts(system: RunningSystem) -> None:
    if burnt := attempts(system):
        system.complaints.append(f"{burnt} refusals counted as attempts")


def _complain_without(system: RunningSystem, status: int | None, *, times: int = 1) -> None:
    met = sum(send.status == status for send in system.telegram.received())
    if met < times:
        system.complaints.append(f"{met} of {times} messages were answered {status or 'nothing'}")


def _unrecorded(system: RunningSystem) -> tuple[Counter[Told], Counter[Told]]:
    """Return the unanswered sends that are not recorded, and the records of no such send."""
    dropped, recorded = unanswered(system.telegram.received()), ambiguities(system)
    return dropped - recorded, recorded - dropped


TELEGRAM_SCENARIOS = (
    nothing_held(
        "telegram-429",
        "Telegram answers three workers with 429 for 20 s, twice",
        throttle,
        copied=("notification-worker",),
    ),
    nothing_held(
        "telegram-500",
        "Telegram answers 500 for 10 minutes",
        partial(fail, for_s=OUTAGE_S),
        per_s=1.0,
    ),
    nothing_held(
        "telegram-refuses",
        "Telegram refuses connections for 10 minutes",
        partial(refuse, for_s=OUTAGE_S),
        per_s=1.0,
    ),
    nothing_held("telegram-400", "Telegram refuses one line of a digest", refuse_a_line, per_s=3.0),
    nothing_held("telegram-403", "the bot is blocked for 10 s", block),
    nothing_held("telegram-hangs", "Telegram accepts messages and never answers", hang),
    nothing_held("telegram-drops", "Telegram shows messages and closes the connection", drop),
    nothing_held(
        "telegram-kill",
        "Telegram itself is killed four times and restarted with its data",
        kill_telegram,
    ),
    nothing_held("telegram-freeze", "Telegram itself is frozen for 30 s", freeze_telegram),
    nothing_held("telegram-401", "the token is revoked for 40 s", revoke_token, per_s=4.0),
)
