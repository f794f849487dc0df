"""What stands on the database alone.

A role imports the modules that it needs, so that a relay holds no web framework.
"""

from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.postgres.engine import create_database_engine
from libs.settings.groups import PostgresSettings
from order_service.repository.idempotency import PostgresIdempotencyKeys
from order_service.repository.outbox import PostgresOutbox
from order_service.service.background.ports import Outbox
from order_service.service.orders.edge_ports import IdempotencyKeys

CONNECTIONS = 12
"""Of the pool: the worker needs one for each reconciler, two for each other thread, and a lock."""


class StorageModule(Module):
    def __init__(self, settings: PostgresSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def engine(self) -> Engine:
        return create_database_engine(self._settings, pool_size=CONNECTIONS)

    @singleton
    @provider
    def outbox(self, engine: Engine) -> Outbox:
        return PostgresOutbox(engine)

    @singleton
    @provider
    def idempotency_keys(self, engine: Engine) -> IdempotencyKeys:
        return PostgresIdempotencyKeys(engine)
