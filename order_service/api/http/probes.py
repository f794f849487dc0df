"""What supervisors ask: is the process alive, and can it work."""

from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Response

from libs.errors import Unavailable

Checks = Mapping[str, Callable[[], object]]
"""Dependency to a quick look at it, which raises Unavailable."""


log = structlog.get_logger(__name__)


def probes_blueprint(checks: Checks) -> Blueprint:
    blueprint = Blueprint("probes", __name__)

    @blueprint.get("/livez")
    def livez() -> Response:
        return Response("alive\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        ready = {dependency: _is_ready(dependency, check) for dependency, check in checks.items()}
        lines = [f"{name}: {'ready' if well else 'unavailable'}\n" for name, well in ready.items()]
        return Response(
            "".join(lines), status=200 if all(ready.values()) else 503, mimetype="text/plain"
        )

    return blueprint


def _is_ready(dependency: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Unavailable as error:
        # Anybody may ask; addresses are for the log.
        log.warning("dependency_not_ready", dependency=dependency, reason=str(error))
        return False
    return True
