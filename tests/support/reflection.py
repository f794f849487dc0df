"""Calls gRPC methods by server reflection, as grpcurl does, without generated code."""

from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

Json = dict[str, Any]


class Reflected:
    """Reads a server's services, methods and messages by reflection."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self._database = ProtoReflectionDescriptorDatabase(channel)
        self._pool = DescriptorPool(self._database)

    @property
    def services(self) -> list[str]:
        return sorted(self._database.get_services())

    def call(self, service: str, method: str, request: Json, *, timeout_s: float = 5.0) -> Json:
        """Send the request and return the reply with JSON names. Raises grpc.RpcError."""
        described = self._pool.FindServiceByName(service).FindMethodByName(method)
        message = json_format.ParseDict(request, GetMessageClass(described.input_type)())
        rpc = self._channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=lambda each: each.SerializeToString(),
            response_deserializer=GetMessageClass(described.output_type).FromString,
        )
        reply = rpc(message, timeout=timeout_s)
        return json_format.MessageToDict(reply, preserving_proto_field_name=True)
