"""Runs Alembic without an ini file: a service passes its package and a connection."""

from threading import Event

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Engine, text

from libs.lifecycle.waiting import wait_until_ready
from libs.postgres.deadline import no_deadline
from libs.postgres.transactions import ping


def migrate(engine: Engine, package: str) -> None:
    """Wait for the database and migrate its schema to the newest revision.

    package is the dotted name of the folder with env.py and versions/. A repeat does nothing. If
    several run at once, one migrates and the others wait for it.
    """
    wait_until_ready("postgresql", lambda: ping(engine), stop=Event())
    with no_deadline(), engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"migrate {package}"},
        )
        config = Config()
        config.set_main_option("script_location", package.replace(".", ":", 1))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def run_migrations_online() -> None:
    """Run the migrations; a service's migrations/env.py calls only this."""
    context.configure(connection=context.config.attributes["connection"])
    with context.begin_transaction():
        context.run_migrations()
