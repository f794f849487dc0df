"""The Flask application, from its use cases."""

from flask import Blueprint, Flask, Response, send_from_directory
from swagger_ui_bundle import swagger_ui_path

from order_service.api.http.edge import register_edge
from order_service.api.http.failures import ContractApi, register_failures
from order_service.api.http.orders import OrderUseCases, orders_blueprint
from order_service.api.http.parsing import READ_AT_MOST_BYTES
from order_service.api.http.probes import Checks, probes_blueprint

CONFIG = {
    "MAX_CONTENT_LENGTH": READ_AT_MOST_BYTES,
    "API_TITLE": "Shipyard orders",
    "API_VERSION": "v1",
    # The newest version that the bundled documentation page can show.
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "OPENAPI_SWAGGER_UI_PATH": "/docs",
    "OPENAPI_SWAGGER_UI_URL": "/docs/assets/",
}


def create_application(use_cases: OrderUseCases, checks: Checks) -> Flask:
    """Build the WSGI application; connects to nothing."""
    app = Flask(__name__, static_folder=None)
    app.config.update(CONFIG)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    api = ContractApi(app)
    api.register_blueprint(orders_blueprint(use_cases))
    app.register_blueprint(probes_blueprint(checks))
    app.register_blueprint(_assets_blueprint())
    register_failures(app)
    register_edge(app)
    return app


def _assets_blueprint() -> Blueprint:
    """Serve the documentation page's files from their wheel: no network needed."""
    blueprint = Blueprint("docs_assets", __name__)

    @blueprint.get("/docs/assets/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(swagger_ui_path, name, max_age=86400)

    return blueprint
