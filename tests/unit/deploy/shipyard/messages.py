"""Messages as kombu keeps them in Redis."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def a_message(name: str, arguments: Mapping[str, Any], **times: datetime) -> Mapping[str, Any]:
    """Return the message of a task; times are headers, such as eta and sent_at."""
    moments = {header: at.isoformat() for header, at in times.items()}
    return {
        "headers": {"task": name, "id": "a-task", **moments},
        "properties": {"body_encoding": "utf-8"},
        "body": json.dumps([[], arguments, {}]),
    }
