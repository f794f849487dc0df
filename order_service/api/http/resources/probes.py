"""Health probes: whether the process is alive, and whether it can work."""

import time
from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Response

from libs.errors import Unavailable
from libs.resilience.monotonic import MonotonicClock
from libs.resilience.on_change import OnChange
from order_service.api.http.shared_answer import SharedAnswer

Checks = Mapping[str, Callable[[], object]]
"""Name of a dependency to a quick check of it, which raises Unavailable."""


ASK_AGAIN_AFTER_S = 1.0
"""Seconds for which all probes share one result."""

log = structlog.get_logger(__name__)


class SharedCheck:
    """A check of a dependency that runs at most once a second, however many probes ask."""

    def __init__(
        self,
        dependency: str,
        check: Callable[[], object],
        *,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._dependency = dependency
        self._check = check
        self._reason = OnChange()
        self._look = SharedAnswer(
            self._is_ready, at_first=False, every_s=ASK_AGAIN_AFTER_S, monotonic=monotonic
        )

    def is_ready(self) -> bool:
        return self._look()

    def _is_ready(self) -> bool:
        reason = self._unready_reason()
        if self._reason.changes_to(reason) and reason:
            # The probe is open to all callers, so addresses go to the log only.
            log.warning("dependency_not_ready", dependency=self._dependency, reason=reason)
        return not reason

    def _unready_reason(self) -> str:
        """Return why it is not ready; an empty string if it is."""
        try:
            self._check()
        except Unavailable as error:
            return str(error) or "unavailable"
        return ""


def probes_blueprint(checks: Checks) -> Blueprint:
    blueprint = Blueprint("probes", __name__)
    looks = {dependency: SharedCheck(dependency, check) for dependency, check in checks.items()}

    @blueprint.get("/livez")
    def livez() -> Response:
        return Response("alive\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        ready = {dependency: look.is_ready() for dependency, look in looks.items()}
        lines = [f"{name}: {'ready' if well else 'unavailable'}\n" for name, well in ready.items()]
        return Response(
            "".join(lines), status=200 if all(ready.values()) else 503, mimetype="text/plain"
        )

    return blueprint
