"""What the inventory service reads from its environment."""

from pydantic import Field

from libs.settings.groups import GrpcServerSettings, MongoSettings, ProcessSettings


class InventorySettings(ProcessSettings, GrpcServerSettings, MongoSettings):
    grpc_port: int = Field(50051, alias="GRPC_PORT", ge=1, le=65535)
