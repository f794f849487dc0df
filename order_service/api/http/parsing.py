"""Reading request bodies: type and size first, then JSON, then the schema."""

import json
from typing import Any

from flask import Request
from marshmallow import Schema
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

LARGEST_BODY_BYTES = 64 * 1024


class StrictParser(FlaskParser):
    """Answers 415, 413 and 400 where webargs would see an empty object and answer 422."""

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002  # webargs' signature
        if not is_json_request(req):
            raise UnsupportedMediaType("the body must be application/json")
        try:
            # Raises 413 by itself: Flask knows LARGEST_BODY_BYTES.
            return json.loads(req.get_data())
        except (ValueError, RecursionError) as error:
            raise BadRequest("the body is not JSON") from error
