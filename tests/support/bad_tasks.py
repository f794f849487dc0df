"""Malformed messages in a Celery queue."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

IDENTITY = UUID(int=13)

TELLTALE = "nothing-for-a-log"
"""Task id in the headers and the body of each message that has them."""


def bad_messages(queue: str, known_task: str) -> Mapping[str, bytes]:
    """Return malformed messages for a queue's Redis list, by what is wrong with them."""
    return {
        **_no_messages(),
        **_incomplete(queue, known_task),
        **_wrong_bodies(queue, known_task),
        **_wrong_fields(queue, known_task),
        "wrong arguments": _message(queue, known_task),
    }


def _no_messages() -> Mapping[str, bytes]:
    return {
        "not utf-8": b"\xff\xfe",
        "not JSON": b"not JSON",
        "nested without end": b"[" * 100_000,
        "a number of 5,000 digits": b"1" * 5_000,
        "an object that kombu cannot make": b'{"__type__": "uuid", "__value__": 7}',
        "no object": b"7",
        "a list": b"[]",
        "an empty object": b"{}",
    }


def _incomplete(queue: str, known_task: str) -> Mapping[str, bytes]:
    return {
        "no properties": _message(queue, known_task, properties=None),
        "no delivery tag": _message(queue, known_task, properties={}),
        "no headers": _message(queue, known_task, headers=None),
        "no task": _message(queue, known_task, headers={}),
        "no id": _message(queue, known_task, headers={"task": known_task}),
        "unknown task": _message(queue, "no.such.task"),
        "headers are text": _message(queue, known_task, headers="none"),
    }


def _wrong_bodies(queue: str, known_task: str) -> Mapping[str, bytes]:
    return {
        "body not base64": _message(queue, known_task, body="%%%"),
        "body not JSON": _message(queue, known_task, body=_base64(b"{")),
        "body not arguments": _message(queue, known_task, body=_base64(b"7")),
        "no body": _message(queue, known_task, body=None),
        "a malformed chord": _message(
            queue, known_task, body=_base64(json.dumps([[], {}, {"chord": 5}]).encode())
        ),
    }


def _wrong_fields(queue: str, known_task: str) -> Mapping[str, bytes]:
    return {
        "pickled": _message(
            queue, known_task, **{"content-type": "application/x-python-serialize"}
        ),
        "unknown content type": _message(queue, known_task, **{"content-type": "image/png"}),
        "unknown encoding": _message(queue, known_task, **{"content-encoding": "klingon"}),
        "body encoding unknown": _changed(queue, known_task, "properties", body_encoding="klingon"),
        "body encoding is not a text": _changed(queue, known_task, "properties", body_encoding=7),
        "unknown compression": _changed(
            queue, known_task, "headers", compression="application/x-none"
        ),
        "a malformed time": _changed(queue, known_task, "headers", eta="tomorrow"),
        "an empty moment": _changed(queue, known_task, "headers", eta=""),
        "time limits are text": _changed(queue, known_task, "headers", timelimit="abc"),
        "time limits are a number": _changed(queue, known_task, "headers", timelimit=5),
        "stamped with a number": _changed(queue, known_task, "headers", stamped_headers=5),
        "stamped with lists": _changed(queue, known_task, "headers", stamped_headers=[["a"]]),
        "shadow is a list": _changed(queue, known_task, "headers", shadow=["a"]),
    }


def _changed(queue: str, task: str, part: str, **changes: object) -> bytes:
    whole = json.loads(_message(queue, task))
    return json.dumps({**whole, part: {**whole[part], **changes}}).encode()


def _message(queue: str, task: str, **changes: Any) -> bytes:
    whole = {
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
    return json.dumps({**whole, **changes}).encode()


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


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()
