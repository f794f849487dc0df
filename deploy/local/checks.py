"""How the stack sees that a program is of use."""

import urllib.error
import urllib.request
from pathlib import Path

from deploy.local.program import Check
from libs.errors import Unavailable
from libs.health.heartbeat import heartbeat_path, unhealthy_reason

HTTP_TIMEOUT_S = 2.0


def heartbeat_is_fresh(state_dir: Path, service: str, role: str) -> Check:
    heartbeat = heartbeat_path(state_dir, service, role)

    def check() -> None:
        if not heartbeat.exists():
            raise Unavailable("waits or starts, no heartbeat yet")
        if reason := unhealthy_reason(heartbeat):
            raise Unavailable(reason)

    return check


def answers_http(url: str) -> Check:
    def check() -> None:
        try:
            with urllib.request.urlopen(url, timeout=HTTP_TIMEOUT_S):  # noqa: S310  # our own url
                return
        except OSError as error:
            raise Unavailable(f"{url}: {error}") from error

    return check
