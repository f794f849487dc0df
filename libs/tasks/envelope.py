"""Checks that a message in a queue is a task as this system writes it.

Celery and kombu trust every field: for most of them there is a value that ends the worker's process
or that the worker holds forever.
"""

from base64 import b64decode
from typing import Annotated, Any, Literal, Self

from celery.app.task import Context
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import loads
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError, model_validator

CELERY_S_OWN = frozenset({*dir(Context), "compression"})
"""Headers that Celery reads, and attributes that it creates from headers."""


class Malformed(Exception):
    """The message is not a task as this system writes it. Names the field, never its value."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class _Place(_Part):
    exchange: str
    routing_key: str
    redelivered: bool = False


class _Properties(_Part):
    delivery_tag: str
    delivery_info: _Place
    delivery_mode: int = 2
    priority: Annotated[int, Field(ge=0, le=9)] = 0
    correlation_id: str | None = None
    reply_to: str | None = None
    body_encoding: Literal["base64", "utf-8"] | None = None


_Moment = Annotated[str, Field(min_length=1)]
"""Check the body. Celery drops an invalid one itself, but an empty one ends the worker."""


class _Headers(_Part):
    """Check the headers: Celery turns each into an attribute of the running task.

    Headers that an agent adds, for tracing for example, pass: Celery does nothing with them.
    """

    model_config = ConfigDict(extra="allow")

    task: str
    id: str
    lang: str | None = None
    origin: str | None = None
    shadow: str | None = None
    root_id: str | None = None
    parent_id: str | None = None
    group: str | None = None
    group_index: int | None = None
    retries: NonNegativeInt = 0
    eta: _Moment | None = None
    expires: _Moment | None = None
    argsrepr: str | None = None
    kwargsrepr: str | None = None
    ignore_result: bool | None = None
    redelivered: bool = False
    celery_beat_task: bool = False
    replaced_task_nesting: int | None = None
    timelimit: Annotated[list[None], Field(min_length=2, max_length=2)] | None = None
    stamped_headers: None = None
    stamps: Annotated[dict[str, Any], Field(max_length=0)] | None = None
    headers: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _leave_celery_s_own(self) -> Self:
        if hidden := self.__pydantic_extra__.keys() & CELERY_S_OWN:  # type: ignore[union-attr]  # allowed
            raise ValueError(f"hides {', '.join(sorted(hidden))}")
        return self


class _Envelope(_Part):
    body: str
    content_encoding: Literal["utf-8"] = Field(alias="content-encoding")
    content_type: Literal["application/json"] = Field(alias="content-type")
    headers: _Headers
    properties: _Properties


class _Canvas(_Part):
    """Check that no header asks Celery to do something after the task."""

    model_config = ConfigDict(extra="forbid")

    callbacks: None = None
    errbacks: None = None
    chain: None = None
    chord: None = None


class _Body(_Part):
    arguments: list[Any]
    named_arguments: dict[str, Any]
    canvas: _Canvas | None


def ensure_task(raw: bytes) -> None:
    """Check every field on which Celery or kombu could fail. Raises Malformed."""
    try:
        envelope = _Envelope.model_validate(loads(bytes_to_str(raw)))
        is_base64 = envelope.properties.body_encoding == "base64"
        body = loads(b64decode(envelope.body) if is_base64 else envelope.body)
        _Body.model_validate(dict(zip(_Body.model_fields, body, strict=True)))
    except ValidationError as error:
        raise Malformed(_reason(error)) from None
    except Exception as error:  # noqa: BLE001  # what kombu reads JSON with raises anything
        raise Malformed(type(error).__name__) from None


def _reason(error: ValidationError) -> str:
    first = error.errors(include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
