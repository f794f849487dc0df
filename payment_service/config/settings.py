"""What the payment service reads from its environment."""

from pydantic import Field

from libs.settings.groups import GrpcServerSettings, ProcessSettings


class PaymentSettings(ProcessSettings, GrpcServerSettings):
    grpc_port: int = Field(50052, alias="GRPC_PORT", ge=1, le=65535)
