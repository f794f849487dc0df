from sqlalchemy import Engine

from libs.postgres.migrating import migrate
from order_service.app.app import start


def run_migrate() -> None:
    """Bring the database schema to its newest revision, then exit."""
    _, injector = start()
    migrate(injector.get(Engine), "order_service.migrations")
