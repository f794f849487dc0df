"""Alembic's entrance."""

from libs.postgres.migrating import run_migrations_online

run_migrations_online()
