"""The heartbeat of the HTTP role: the server itself must answer."""

import http.client
from threading import Event

import structlog

from libs.health.heartbeat import Heartbeat

ASK_EVERY_S = 5.0

ANSWER_TIMEOUT_S = 5.0

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared with, not bound
"""Loopback address for a server that listens on all addresses."""

log = structlog.get_logger(__name__)


class SelfProbe:
    """Touches the heartbeat after each answer of /livez: a hanging server becomes stale."""

    def __init__(self, host: str, port: int, heartbeat: Heartbeat) -> None:
        self._host = ANYWHERE.get(host, host)
        self._port = port
        self._heartbeat = heartbeat

    def run(self, stop: Event) -> None:
        while not stop.is_set():
            if self._alive():
                self._heartbeat.touch()
            stop.wait(ASK_EVERY_S)

    def _alive(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_TIMEOUT_S)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException) as error:
            log.warning("self_probe_failed", reason=str(error))
            return False
        finally:
            connection.close()
