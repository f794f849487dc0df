"""Checks whether a program is ready."""

from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from deploy.local.supervision.program import Check
from libs.errors import Unavailable
from libs.health.heartbeat import roles_begun, unhealthy_reason

HTTP_TIMEOUT_S = 2.0

DIRECT = build_opener(ProxyHandler({}))
"""Opens URLs without a proxy, whatever the environment says."""


def heartbeat_is_fresh(state_dir: Path, service: str, role: str) -> Check:
    def check() -> None:
        if not roles_begun(state_dir):
            raise Unavailable("starting or waiting, no heartbeat yet")
        if reason := unhealthy_reason(state_dir, f"{service}.{role}"):
            raise Unavailable(reason)

    return check


def answers_http(url: str) -> Check:
    def check() -> None:
        try:
            with DIRECT.open(url, timeout=HTTP_TIMEOUT_S):
                return
        except OSError as error:
            raise Unavailable(f"{url}: {error}") from error

    return check
