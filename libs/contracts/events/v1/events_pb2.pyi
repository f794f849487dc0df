import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrderPaid(_message.Message):
    __slots__ = ("event_uuid", "order_uuid", "user_uuid", "payment_method", "transaction_uuid", "occurred_at")
    EVENT_UUID_FIELD_NUMBER: _ClassVar[int]
    ORDER_UUID_FIELD_NUMBER: _ClassVar[int]
    USER_UUID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_METHOD_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_UUID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    event_uuid: str
    order_uuid: str
    user_uuid: str
    payment_method: str
    transaction_uuid: str
    occurred_at: _timestamp_pb2.Timestamp
    def __init__(self, event_uuid: _Optional[str] = ..., order_uuid: _Optional[str] = ..., user_uuid: _Optional[str] = ..., payment_method: _Optional[str] = ..., transaction_uuid: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ShipAssembled(_message.Message):
    __slots__ = ("event_uuid", "order_uuid", "user_uuid", "build_time_sec", "occurred_at")
    EVENT_UUID_FIELD_NUMBER: _ClassVar[int]
    ORDER_UUID_FIELD_NUMBER: _ClassVar[int]
    USER_UUID_FIELD_NUMBER: _ClassVar[int]
    BUILD_TIME_SEC_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    event_uuid: str
    order_uuid: str
    user_uuid: str
    build_time_sec: int
    occurred_at: _timestamp_pb2.Timestamp
    def __init__(self, event_uuid: _Optional[str] = ..., order_uuid: _Optional[str] = ..., user_uuid: _Optional[str] = ..., build_time_sec: _Optional[int] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
