"""The inventory service's environment: a class per role and command, <Role>Settings."""

from pydantic import Field

from libs.settings.addresses import Port
from libs.settings.groups import GrpcServerSettings, MongoSettings, ProcessSettings, RoleSettings

SERVICE = "inventory_service"


class CatalogueSettings(MongoSettings):
    mongo_database: str = Field("inventory", alias="MONGO_DATABASE")
    """Database of this service."""


class MigrateSettings(ProcessSettings, CatalogueSettings):
    pass


class GrpcSettings(RoleSettings, MigrateSettings, GrpcServerSettings):
    grpc_port: Port = Field(50051, alias="GRPC_PORT")
    """Port to listen on."""
