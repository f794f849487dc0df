"""What supervisors ask: is the process alive, and can it work."""

import math
import time
from collections.abc import Callable, Mapping
from threading import Lock

import structlog
from flask import Blueprint, Response

from libs.errors import Unavailable

Checks = Mapping[str, Callable[[], object]]
"""Dependency to a quick look at it, which raises Unavailable."""


ASK_AGAIN_AFTER_S = 1.0
"""Seconds for which an answer of a dependency is everybody's."""

log = structlog.get_logger(__name__)


class SharedLook:
    """Asks a dependency at most once a second, for whoever wants to know.

    One caller asks; those who come meanwhile get the answer before, and wait for nothing.
    """

    def __init__(
        self,
        dependency: str,
        check: Callable[[], object],
        *,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dependency = dependency
        self._check = check
        self._ticks = ticks
        self._lock = Lock()
        self._is_being_asked = False
        self._ask_again_at = -math.inf
        self._reason: str | None = "not asked yet"

    def is_ready(self) -> bool:
        with self._lock:
            if self._is_being_asked or self._ticks() < self._ask_again_at:
                return self._reason is None
            self._is_being_asked = True
        try:
            self._note(self._unready_reason())
        finally:
            with self._lock:
                self._is_being_asked = False
                self._ask_again_at = self._ticks() + ASK_AGAIN_AFTER_S
        return self._reason is None

    def _unready_reason(self) -> str | None:
        try:
            self._check()
        except Unavailable as error:
            return str(error)
        return None

    def _note(self, reason: str | None) -> None:
        before, self._reason = self._reason, reason
        if reason is not None and reason != before:
            # Anybody may ask; addresses are for the log.
            log.warning("dependency_not_ready", dependency=self._dependency, reason=reason)


def probes_blueprint(checks: Checks) -> Blueprint:
    blueprint = Blueprint("probes", __name__)
    looks = {dependency: SharedLook(dependency, check) for dependency, check in checks.items()}

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
