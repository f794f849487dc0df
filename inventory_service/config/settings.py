"""What the inventory service reads from its environment."""

from pydantic import Field

from libs.settings.addresses import Port
from libs.settings.groups import GrpcServerSettings, MongoSettings, ProcessSettings

SERVICE = "inventory_service"


class InventorySettings(ProcessSettings, GrpcServerSettings, MongoSettings):
    grpc_port: Port = Field(50051, alias="GRPC_PORT")
