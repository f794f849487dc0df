from libs.lifecycle.stopping import end_job_on_signal
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from order_service.app.app import start


def run_migrate() -> None:
    """Bring the database schema to its newest revision, then exit."""
    end_job_on_signal()
    migrate(create_database_engine(start()), "order_service.migrations")
