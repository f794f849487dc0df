"""The health that a server reports through grpc.health.v1."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

import structlog
from grpc_health.v1 import health, health_pb2

from libs.errors import Unavailable

Check = Callable[[], object]
"""Checks quickly that the server's dependencies work; raises Unavailable."""

ANSWER_TIMEOUT_S = 5.0
"""Seconds for a check, including the wait for a free thread."""

log = structlog.get_logger(__name__)


def nothing_needed() -> None:
    """Check nothing, for a server without dependencies."""


class Readiness:
    """Reports SERVING while the check passes in time, else NOT_SERVING.

    Each change is one line in the log. A check runs in the same threads as calls, so a server
    whose threads all hang becomes unhealthy.
    """

    def __init__(
        self,
        service: str,
        check: Check,
        pool: Executor,
        *,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self.servicer = health.aio.HealthServicer()  # type: ignore[attr-defined]  # stubs are older
        self._services = (health.OVERALL_HEALTH, service)
        self._check = check
        self._pool = pool
        self._answer_timeout_s = answer_timeout_s
        self._looking: asyncio.Future[object] | None = None
        self._reason: str | None = ""

    async def begin(self) -> None:
        await self._say(health_pb2.HealthCheckResponse.NOT_SERVING)

    async def look(self) -> bool:
        """Check once and report the result; return whether the check ended in time.

        A check that did not end is awaited again at the next look. Raises what the check raises,
        except Unavailable.
        """
        if self._looking is None:
            loop = asyncio.get_running_loop()
            self._looking = loop.run_in_executor(self._pool, self._check)
        done, _ = await asyncio.wait({self._looking}, timeout=self._answer_timeout_s)
        if not done:
            await self._note(f"no call was answered within {self._answer_timeout_s:.0f} s")
            return False
        answered, self._looking = self._looking, None
        try:
            answered.result()
        except Unavailable as error:
            await self._note(str(error))
        else:
            await self._note(None)
        return True

    async def end(self) -> None:
        """Report NOT_SERVING until the end of the process."""
        await self.servicer.enter_graceful_shutdown()

    async def _note(self, reason: str | None) -> None:
        before, self._reason = self._reason, reason
        if reason == before:
            return
        if reason is None:
            await self._say(health_pb2.HealthCheckResponse.SERVING)
            log.info("serving_began")
            return
        await self._say(health_pb2.HealthCheckResponse.NOT_SERVING)
        log.warning("waiting_for_dependency", reason=reason)

    async def _say(self, status: "health_pb2.HealthCheckResponse.ServingStatus") -> None:
        for service in self._services:
            await self.servicer.set(service, status)
