"""What the payment service reads from its environment."""

from pydantic import Field

from libs.settings.addresses import Port
from libs.settings.groups import GrpcServerSettings, ProcessSettings

SERVICE = "payment_service"


class PaymentSettings(ProcessSettings, GrpcServerSettings):
    grpc_port: Port = Field(50052, alias="GRPC_PORT")
