"""Reads request bodies: checks type and size first, then JSON, then the schema."""

import json
from typing import Any

from flask import Request, g
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

LARGEST_BODY_BYTES = 64 * 1024

READ_AT_MOST_BYTES = LARGEST_BODY_BYTES + 1
"""Werkzeug silently truncates a body of unknown length; one byte more shows that it did."""


class StrictParser(FlaskParser):
    """Answers 415, 413 and 400 where webargs reads an empty object and answers 422."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  # webargs declares it so
        "json": RAISE,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002  # webargs' signature
        if req.mimetype != "application/json":
            raise UnsupportedMediaType("the body must be application/json")
        raw = req.get_data()
        if len(raw) > LARGEST_BODY_BYTES:
            raise RequestEntityTooLarge
        g.body_was_read = True
        try:
            return json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise BadRequest("the body is not JSON") from error
