from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PaymentMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_METHOD_UNSPECIFIED: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CARD: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_SBP: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CREDIT_CARD: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_INVESTOR_MONEY: _ClassVar[PaymentMethod]
PAYMENT_METHOD_UNSPECIFIED: PaymentMethod
PAYMENT_METHOD_CARD: PaymentMethod
PAYMENT_METHOD_SBP: PaymentMethod
PAYMENT_METHOD_CREDIT_CARD: PaymentMethod
PAYMENT_METHOD_INVESTOR_MONEY: PaymentMethod

class PayOrderRequest(_message.Message):
    __slots__ = ("order_uuid", "user_uuid", "payment_method")
    ORDER_UUID_FIELD_NUMBER: _ClassVar[int]
    USER_UUID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_METHOD_FIELD_NUMBER: _ClassVar[int]
    order_uuid: str
    user_uuid: str
    payment_method: PaymentMethod
    def __init__(self, order_uuid: _Optional[str] = ..., user_uuid: _Optional[str] = ..., payment_method: _Optional[_Union[PaymentMethod, str]] = ...) -> None: ...

class PayOrderResponse(_message.Message):
    __slots__ = ("transaction_uuid",)
    TRANSACTION_UUID_FIELD_NUMBER: _ClassVar[int]
    transaction_uuid: str
    def __init__(self, transaction_uuid: _Optional[str] = ...) -> None: ...
