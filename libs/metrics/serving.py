"""Serves the metrics of this process over HTTP."""

from pathlib import Path
from typing import Any

import structlog
from prometheus_client import ProcessCollector, disable_created_metrics, start_http_server

from libs.metrics.declared.process import PROCESS_THREADS
from libs.metrics.instruments import REGISTRY, gauge

SLOW_CLIENT_S = 5.0
"""Seconds that a client may take for its request; each holds a thread."""

TASKS = Path("/proc/self/task")

log = structlog.get_logger(__name__)


def serve_metrics(host: str, port: int | None) -> None:
    """Answer scrapes from a thread of its own until the process ends; without a port do nothing.

    A port that cannot be used is logged, and the role works without metrics.
    """
    if port is None:
        return
    try:
        server, _ = start_http_server(port, host, REGISTRY)
    except OSError as error:
        log.error(  # noqa: TRY400  # the port is at fault; a traceback does not help
            "metrics_not_served", host=host, port=port, reason=error.strerror
        )
        return
    _be_impatient(server)
    # Otherwise each series of a counter has a second one with the time of its beginning.
    disable_created_metrics()
    ProcessCollector(registry=REGISTRY)
    gauge(PROCESS_THREADS).set_function(_threads)
    log.info("metrics_served", host=host, port=port)


def _be_impatient(server: Any) -> None:
    """Hang up on slow clients. By default each is waited for, and then printed to stderr."""
    server.handle_error = lambda *_: None
    handler = server.RequestHandlerClass
    server.RequestHandlerClass = type("Handler", (handler,), {"timeout": SLOW_CLIENT_S})


def _threads() -> float:
    return sum(1 for _ in TASKS.iterdir())
