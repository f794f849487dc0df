"""Malformed messages in a Celery queue."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

IDENTITY = UUID(int=13)

TELLTALE = "nothing-for-a-log"
"""Task id in the headers and the body of each message that has them."""


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


NO_MESSAGES = {
    "not utf-8": b"\xff\xfe",
    "not JSON": b"not JSON",
    "nested without end": b"[" * 100_000,
    "a number of 5,000 digits": b"1" * 5_000,
    "an object that kombu cannot make": b'{"__type__": "uuid", "__value__": 7}',
    "no object": b"7",
    "a list": b"[]",
    "an empty object": b"{}",
}

WRONG_PARTS: Mapping[str, Mapping[str, object]] = {
    "no properties": {"properties": None},
    "no delivery tag": {"properties": {}},
    "no headers": {"headers": None},
    "no task": {"headers": {}},
    "headers are text": {"headers": "none"},
    "body not base64": {"body": "%%%"},
    "body not JSON": {"body": _base64(b"{")},
    "body not arguments": {"body": _base64(b"7")},
    "no body": {"body": None},
    "a malformed chord": {"body": _base64(json.dumps([[], {}, {"chord": 5}]).encode())},
    "pickled": {"content-type": "application/x-python-serialize"},
    "unknown content type": {"content-type": "image/png"},
    "unknown encoding": {"content-encoding": "klingon"},
    "wrong arguments": {},
}

WRONG_PROPERTIES: Mapping[str, Mapping[str, object]] = {
    "body encoding unknown": {"body_encoding": "klingon"},
    "body encoding is not a text": {"body_encoding": 7},
}

WRONG_HEADERS: Mapping[str, Mapping[str, object]] = {
    "unknown task": {"task": "no.such.task"},
    "unknown compression": {"compression": "application/x-none"},
    "a malformed time": {"eta": "tomorrow"},
    "an empty moment": {"eta": ""},
    "time limits are text": {"timelimit": "abc"},
    "time limits are a number": {"timelimit": 5},
    "stamped with a number": {"stamped_headers": 5},
    "stamped with lists": {"stamped_headers": [["a"]]},
    "shadow is a list": {"shadow": ["a"]},
}


def bad_messages(queue: str, known_task: str) -> Mapping[str, bytes]:
    """Return malformed messages for a queue's Redis list, by what is wrong with them."""
    whole = _message(queue, known_task)
    properties, headers = whole["properties"], whole["headers"]
    changes = {
        **WRONG_PARTS,
        **{name: {"properties": properties | each} for name, each in WRONG_PROPERTIES.items()},
        **{name: {"headers": headers | each} for name, each in WRONG_HEADERS.items()},
        "no id": {"headers": {"task": known_task}},
    }
    return {
        **NO_MESSAGES,
        **{name: json.dumps({**whole, **each}).encode() for name, each in changes.items()},
    }


def _message(queue: str, task: str) -> dict[str, Any]:
    return {
        "body": _base64(json.dumps([[], {"wrong": TELLTALE}, {}]).encode()),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": _headers(task),
        "properties": {
            "correlation_id": str(IDENTITY),
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": queue},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(IDENTITY),
        },
    }


def _headers(task: str) -> dict[str, Any]:
    return {
        "lang": "py",
        "task": task,
        "id": str(IDENTITY),
        "root_id": str(IDENTITY),
        "parent_id": None,
        "group": None,
        "retries": 0,
        "timelimit": [None, None],
        "eta": None,
        "expires": None,
        "kwargsrepr": TELLTALE,
    }
