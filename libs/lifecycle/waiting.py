"""Waiting at boot for the engines a role needs, in any order of starting."""

from collections.abc import Callable
from threading import Event

import structlog

from libs.errors import Unavailable
from libs.resilience.on_change import OnChange

POLL_S = 0.5
"""Seconds between two looks at a dependency that is not there yet."""

log = structlog.get_logger(__name__)


def wait_until_ready(
    what: str, check: Callable[[], object], *, stop: Event, poll_s: float = POLL_S
) -> bool:
    """Call check until it stops raising Unavailable; False if stop was set before.

    Logs what it waits for once, and again only when the reason changes.
    """
    reason = OnChange()
    while not stop.is_set():
        try:
            check()
        except Unavailable as error:
            if reason.changes_to(str(error)):
                log.warning("waiting_for_dependency", dependency=what, reason=reason.state)
            stop.wait(poll_s)
        else:
            if reason.changes_to(""):
                log.info("dependency_arrived", dependency=what)
            return True
    return False
