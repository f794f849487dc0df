"""The Flask application, from its use cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask

from order_service.api.http.failures import ContractApi, register_failures
from order_service.api.http.guards.callers import HEADER, ApiKeys, identify_callers, require_keys
from order_service.api.http.guards.cross_origin import register_cross_origin
from order_service.api.http.guards.edge import register_edge
from order_service.api.http.guards.rate_limits import RateLimit, register_rate_limit
from order_service.api.http.guards.security_headers import register_security_headers
from order_service.api.http.parsing import READ_AT_MOST_BYTES
from order_service.api.http.resources.documentation import documentation_blueprint
from order_service.api.http.resources.idempotency import AnswerOnce
from order_service.api.http.resources.orders import OrderUseCases, orders_blueprint
from order_service.api.http.resources.parts import parts_blueprint
from order_service.api.http.resources.probes import Checks, probes_blueprint
from order_service.api.http.resources.walk import WALK

CONFIG = {
    "MAX_CONTENT_LENGTH": READ_AT_MOST_BYTES,
    "API_TITLE": "Shipyard orders",
    "API_VERSION": "v1",
    # The newest version that the bundled documentation page can show.
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
}

SECURITY_SCHEME = "ApiKey"

View = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Who may call, from which origins, and how often; a rate limit of None means no limit."""

    keys: ApiKeys
    limit: RateLimit | None = None
    origins: Sequence[str] = ()


class SyncFlask(Flask):
    def ensure_sync(self, func: View) -> View:
        """Return func. Flask looks some twenty times per request whether it is a coroutine."""
        return func


def create_application(
    use_cases: OrderUseCases, checks: Checks, *, gate: Gate, once: AnswerOnce
) -> Flask:
    """Build the WSGI application; connects to nothing."""
    app = SyncFlask(__name__, static_folder=None)
    app.config.update(CONFIG, API_SPEC_OPTIONS=_document(gate.keys))
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    # Treats a doubled slash as part of the path; the default redirects with an HTML page.
    app.url_map.merge_slashes = False
    register_edge(app)
    register_security_headers(app)
    _register_gate(app, gate)
    api = ContractApi(app)
    api.register_blueprint(orders_blueprint(use_cases, once))
    api.register_blueprint(parts_blueprint(use_cases.parts))
    app.register_blueprint(probes_blueprint(checks))
    app.register_blueprint(documentation_blueprint())
    register_failures(app)
    return app


def _register_gate(app: Flask, gate: Gate) -> None:
    """Identify the caller, count the call, then refuse unknown callers: see require_keys."""
    register_cross_origin(app, gate.origins)
    identify_callers(app, gate.keys)
    if gate.limit is not None:
        register_rate_limit(app, gate.limit)
    require_keys(app, gate.keys)


def _document(keys: ApiKeys) -> dict[str, Any]:
    """Document a first walk, how a key is sent, and whether this server requires one."""
    scheme = {"type": "apiKey", "in": "header", "name": HEADER}
    required: list[dict[str, list[str]]] = [{SECURITY_SCHEME: []}] if keys.are_required else []
    return {
        "info": {"description": WALK},
        "components": {"securitySchemes": {SECURITY_SCHEME: scheme}},
        "security": required,
    }
