"""The payment service's environment: a class per role, <Role>Settings."""

from pydantic import Field

from libs.settings.addresses import Port
from libs.settings.groups import GrpcServerSettings, RoleSettings

SERVICE = "payment_service"


class GrpcSettings(RoleSettings, GrpcServerSettings):
    grpc_port: Port = Field(50052, alias="GRPC_PORT")
    """Port to listen on."""
