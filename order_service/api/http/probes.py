"""What supervisors ask: is the process alive, and can it work."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response

from libs.errors import Unavailable

Checks = Mapping[str, Callable[[], object]]
"""Dependency to a quick look at it, which raises Unavailable."""


def probes_blueprint(checks: Checks) -> Blueprint:
    blueprint = Blueprint("probes", __name__)

    @blueprint.get("/livez")
    def livez() -> Response:
        return Response("alive\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        reasons = {dependency: _reason(check) for dependency, check in checks.items()}
        lines = [f"{dependency}: {reason or 'ready'}\n" for dependency, reason in reasons.items()]
        return Response(
            "".join(lines), status=503 if any(reasons.values()) else 200, mimetype="text/plain"
        )

    return blueprint


def _reason(check: Callable[[], object]) -> str | None:
    try:
        check()
    except Unavailable as error:
        return str(error)
    return None
