"""Waits at the start until the engines of a role answer, in whatever order they start."""

from collections.abc import Callable
from threading import Event

import structlog

from libs.errors import Unavailable
from libs.resilience.on_change import OnChange

POLL_S = 0.5
"""Seconds between two checks of a dependency that does not answer yet."""

log = structlog.get_logger(__name__)


def wait_until_ready(
    what: str, check: Callable[[], object], *, stop: Event, poll_s: float = POLL_S
) -> bool:
    """Call check until it no longer raises Unavailable; return False if stop is set before.

    Logs the reason once, and again only when it changes.
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
