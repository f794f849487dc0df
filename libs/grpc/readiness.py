"""What a server says of itself through grpc.health.v1."""

from collections.abc import Callable

import structlog
from grpc_health.v1 import health, health_pb2

from libs.errors import Unavailable

Check = Callable[[], object]
"""One quick look at what the server needs; raises Unavailable."""

log = structlog.get_logger(__name__)


def nothing_needed() -> None:
    """Be the check of a server that needs no other."""


class Readiness:
    """SERVING while the check passes, else NOT_SERVING; each change is one line in the log."""

    def __init__(self, service: str, check: Check) -> None:
        self.servicer = health.HealthServicer()
        self._services = (health.OVERALL_HEALTH, service)
        self._check = check
        self._reason: str | None = ""
        self._say(health_pb2.HealthCheckResponse.NOT_SERVING)

    def look(self) -> None:
        """Check once and tell the watchers. Blocks as long as the check does."""
        before, self._reason = self._reason, self._unready_reason()
        if self._reason == before:
            return
        if self._reason is None:
            self._say(health_pb2.HealthCheckResponse.SERVING)
            log.info("serving_began")
            return
        self._say(health_pb2.HealthCheckResponse.NOT_SERVING)
        log.warning("waiting_for_dependency", reason=self._reason)

    def end(self) -> None:
        """Say NOT_SERVING for good."""
        self.servicer.enter_graceful_shutdown()

    def _unready_reason(self) -> str | None:
        try:
            self._check()
        except Unavailable as error:
            return str(error)
        return None

    def _say(self, status: "health_pb2.HealthCheckResponse.ServingStatus") -> None:
        for service in self._services:
            self.servicer.set(service, status)
