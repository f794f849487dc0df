"""The role that answers REST calls, in one process or in several."""

import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from threading import Event
from typing import Annotated

import structlog
import typer

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.starting import start
from libs.metrics.serving import serve_metrics
from libs.metrics.workers import count_for_main_process, sum_up_workers
from order_service.api.http.guards.key_ids import key_id
from order_service.api.http.server.listener import Shared, listen
from order_service.api.http.server.main_process import (
    WorkerCommand,
    end_with_main_process,
    keep_workers,
)
from order_service.config.settings import SERVICE, HttpSettings

MIN_KEY_CHARACTERS = 16
"""Shorter keys can be guessed, also from the key's id in a log."""

LISTENER = "--listener"
PLACE = "--place"

WORKER = (sys.executable, "-m", SERVICE, "http")

log = structlog.get_logger(__name__)


def run_http(
    listener: Annotated[int | None, typer.Option(LISTENER, hidden=True)] = None,
    place: Annotated[int, typer.Option(PLACE, hidden=True)] = 0,
) -> None:
    """Answer REST calls. Also starts while engines are down: calls that need them get 503."""
    settings = start(HttpSettings)
    heartbeat = Heartbeat(settings.state_dir, SERVICE, "http")
    if listener is None and settings.http_workers > 1:
        sys.exit(run_workers(settings, heartbeat))
    is_stopping = Event()
    if listener is not None:
        end_with_main_process(is_stopping)
        count_for_main_process(place)
    # Not loaded by the main process of several workers.
    from order_service.app.roles.http_worker import HttpWorker  # noqa: PLC0415

    if listener is None:
        serve_metrics(settings.metrics_host, settings.metrics_port)
        worker = HttpWorker(settings, heartbeat)
        say_who_may_call(settings.each_api_key)
    else:
        others = max(1, settings.http_workers - 1)
        inherited = socket.socket(fileno=listener)
        shared = Shared(listener=inherited, others=others, is_stopping=is_stopping)
        worker = HttpWorker(settings, heartbeat, shared)
    worker.run()


def run_workers(settings: HttpSettings, heartbeat: Heartbeat) -> int:
    listener = listen(settings.http_host, settings.http_port)
    say_who_may_call(settings.each_api_key)
    shared = (*WORKER, LISTENER, str(listener.fileno()))
    with tempfile.TemporaryDirectory(prefix="shipyard-metrics-") as folder:
        variables = sum_up_workers(folder) if settings.metrics_port else {}
        serve_metrics(settings.metrics_host, settings.metrics_port)
        command = WorkerCommand(
            lambda place: (*shared, PLACE, str(place)), {**os.environ, **variables}
        )
        return keep_workers(settings.http_workers, command, listener, heartbeat)


def say_who_may_call(keys: Sequence[str]) -> None:
    if keys:
        log.info("api_keys_required", keys=[key_id(key) for key in keys])
    else:
        log.warning("api_open_to_everybody", set_this="ORDER_API_KEYS")
    for key in keys:
        if len(key) < MIN_KEY_CHARACTERS:
            log.warning("api_key_short", key=key_id(key), characters=len(key))
