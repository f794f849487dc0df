"""The connection pool, with timeouts so that a slow database cannot hold a process."""

from typing import Any

from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from libs.errors import Unavailable
from libs.postgres.deadline import set_deadline
from libs.settings.groups import PostgresSettings

SESSION_LIMITS = (
    "-c statement_timeout=5s -c lock_timeout=2s"
    " -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
    # After 25 s the server drops a machine that vanished, and releases its advisory locks. By
    # default that takes two hours, or 15 minutes while an answer is being sent.
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=25s"
)


READ_ONLY = "25006"
"""SQLSTATE of a write on a standby."""


class DatabaseUnavailable(Unavailable):
    """PostgreSQL refused, timed out or disconnected. Whether a commit took effect is unknown."""


def database_url(settings: PostgresSettings) -> URL:
    return URL.create(
        "postgresql+psycopg2",
        username=settings.postgres_user,
        password=settings.postgres_password.get_secret_value(),
        host=settings.postgres_host,
        port=settings.postgres_port,
        database=settings.postgres_db,
    )


def create_database_engine(settings: PostgresSettings, *, pool_size: int = 8) -> Engine:
    """Create a pool that connects on first use, with a timeout of 3 s. Create one per process.

    Sets the timeouts of libs.postgres.deadline for every connection of this process.
    """
    set_deadline()
    engine = create_engine(
        database_url(settings),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=3,
        connect_args={
            "sslmode": settings.postgres_ssl_mode,
            **_authority(settings),
            "application_name": "shipyard",
            "options": SESSION_LIMITS,
            "keepalives_idle": 10,
            "tcp_user_timeout": 8000,
        },
    )
    event.listen(engine, "handle_error", _leave_a_standby)
    event.listen(engine, "checkin", _end_autocommit)
    return engine


def _end_autocommit(session: Any, _record: object) -> None:
    """Reset what libs.postgres.transactions sets, without a round trip."""
    if session is not None and not session.closed:
        session.autocommit = False


def _leave_a_standby(context: ExceptionContext) -> None:
    """Make the pool reconnect: after a failover the address leads to another server."""
    if getattr(context.original_exception, "pgcode", None) == READ_ONLY:
        context.is_disconnect = True


def _authority(settings: PostgresSettings) -> dict[str, str]:
    certificate = settings.postgres_ssl_root_cert
    return {"sslrootcert": str(certificate)} if certificate else {}


def is_transient(error: BaseException) -> bool:
    """Return True if an idempotent transaction may be retried.

    That is after a lost or refused connection, a serialization failure, a deadlock, or when the
    server is shutting down.
    """
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "pgcode", None) or ""
    return error.connection_invalidated or code[:2] in {"08", "40", "57"} or _no_answer(error, code)


def is_out_of_means(error: BaseException) -> bool:
    """Return True if the server answers but lacks resources.

    SQLSTATE classes 53 (disk, memory or connections are used up) and 58 (system error).
    """
    code = getattr(getattr(error, "orig", None), "pgcode", None) or ""
    return code[:2] in {"53", "58"}


def _no_answer(error: DBAPIError, code: str) -> bool:
    return isinstance(error, OperationalError) and not code


def first_line(error: BaseException) -> str:
    """Return the server's message, without SQLAlchemy's statement and parameters."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().partition("\n")[0]
