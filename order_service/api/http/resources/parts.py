"""The catalogue's call of the REST interface."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from order_service.api.http.resources.blueprint import RATE_LIMIT, GuardedBlueprint
from order_service.api.http.resources.schemas import PartListSchema, PartsQuerySchema
from order_service.converter.answers import PARTS_PATH
from order_service.converter.rest import parts_to_json
from order_service.model.part import PartsWanted
from order_service.service.orders.list_parts import ListParts


def parts_blueprint(list_parts: ListParts) -> Blueprint:
    blueprint = GuardedBlueprint(
        "parts", __name__, url_prefix=PARTS_PATH, description="Parts of spaceships"
    )

    @blueprint.get("")
    @blueprint.arguments(PartsQuerySchema(), location="query")
    @blueprint.response(HTTPStatus.OK, PartListSchema, headers=RATE_LIMIT)
    @blueprint.fails(422, 503, 504)
    @blueprint.is_guarded
    def show_parts(query: dict[str, Any]) -> Response:
        """List parts by name, with the ids that an order names.

        A parameter may be repeated: any of its values matches, and all parameters must match.
        """
        wanted = PartsWanted(
            names=tuple(query.get("name", ())),
            categories=tuple(query.get("category", ())),
            manufacturer_countries=tuple(query.get("manufacturer_country", ())),
            tags=tuple(query.get("tag", ())),
        )
        return jsonify(parts_to_json(list_parts(wanted, limit=query["limit"])))

    return blueprint
