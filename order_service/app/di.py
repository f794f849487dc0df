"""The only place of the order service that builds things."""

from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.postgres.engine import create_database_engine
from order_service.config.settings import OrderSettings


class OrderModule(Module):
    def __init__(self, settings: OrderSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def engine(self) -> Engine:
        return create_database_engine(self._settings)
