"""The documentation page. This process serves all of it; no CDN and no inline script."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from swagger_ui_bundle import swagger_ui_path

PAGE = Path(__file__).parent / "page"

A_DAY_S = 86400


def documentation_blueprint() -> Blueprint:
    blueprint = Blueprint("documentation", __name__)

    @blueprint.get("/docs")
    def page() -> Response:
        return send_from_directory(PAGE, "index.html", max_age=0)

    @blueprint.get("/docs/setup.js")
    def setup() -> Response:
        return send_from_directory(PAGE, "setup.js", max_age=0)

    @blueprint.get("/docs/assets/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(swagger_ui_path, name, max_age=A_DAY_S)

    return blueprint
