"""Objects that need only the database.

A role imports only the modules that it needs: the relay loads no web framework.
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
"""Pool size. The worker needs one per reconciler, two per other thread, and one for a lock."""


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
