"""What the inventory service reads from its environment."""

from pydantic import Field

from libs.settings.addresses import Port
from libs.settings.groups import GrpcServerSettings, MongoSettings, ProcessSettings


class InventorySettings(ProcessSettings, GrpcServerSettings, MongoSettings):
    mongo_database: str = Field("inventory", alias="MONGO_DATABASE")
    grpc_port: Port = Field(50051, alias="GRPC_PORT")
