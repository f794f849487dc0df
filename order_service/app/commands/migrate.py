from libs.lifecycle.starting import start
from libs.lifecycle.stopping import end_job_on_signal
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from order_service.config.settings import MigrateSettings


def run_migrate() -> None:
    """Bring the database schema to its newest revision, then exit."""
    end_job_on_signal()
    migrate(create_database_engine(start(MigrateSettings)), "order_service.migrations")
