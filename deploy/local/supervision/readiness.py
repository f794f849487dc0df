"""Waits until the running programs are ready, and reports why one is not."""

import time
from collections.abc import Callable, Mapping, Sequence

from deploy.local.errors import NotReady
from deploy.local.supervision.daemon import Running
from deploy.local.supervision.program import Program
from libs.errors import Unavailable

Say = Callable[[str], None]

Look = Callable[[], Sequence[Running]]
"""Returns the state of every process. Raises NotRunning."""

READY_TIMEOUT_S = 120.0
LOOK_EVERY_S = 0.2


def wait_until_ready(
    programs: Sequence[Program],
    look: Look,
    *,
    say: Say,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when every program is ready; print once which ones it waits for.

    Raises NotReady as soon as one has failed for good, or after 120 s.
    """
    deadline = time.monotonic() + READY_TIMEOUT_S
    has_said = False
    while pending := pending_reasons(programs, running := look()):
        has_given_up = any(each.is_given_up for each in running)
        if has_given_up or time.monotonic() > deadline:
            raise NotReady("\n".join(problems_of(pending)))
        if not has_said:
            say(f"waiting for {', '.join(pending)}")
            has_said = True
        sleep(LOOK_EVERY_S)


def pending_reasons(programs: Sequence[Program], running: Sequence[Running]) -> dict[str, str]:
    """Map each program that is not ready to the reason."""
    known = {each.name: each for each in running}
    reasons = {program.name: _reason(program, known.get(program.name)) for program in programs}
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(program: Program, running: Running | None) -> str | None:
    if running is None:
        return "is not known to supervisor"
    if program.is_one_shot and running.has_succeeded:
        return None
    if running.is_given_up:
        return f"has given up after exit code {running.exit_code}"
    if not running.pid:
        return f"is {running.state.lower()} after exit code {running.exit_code}"
    return "has not finished" if program.is_one_shot else _reason_of_check(program)


def _reason_of_check(program: Program) -> str | None:
    try:
        if program.check:
            program.check()
    except Unavailable as error:
        return str(error)
    return None


def problems_of(reasons: Mapping[str, str]) -> list[str]:
    """Say for each program why it is not ready, and where its log is."""
    return [f"{name}: {reason} (see `make logs S={name}`)" for name, reason in reasons.items()]
