"""The connection pool, with the time limits that keep a slow database from holding a process."""

from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.errors import Unavailable
from libs.postgres.deadline import set_deadline
from libs.settings.groups import PostgresSettings

SESSION_LIMITS = (
    "-c statement_timeout=5s -c lock_timeout=2s"
    " -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
    # After 25 s the server gives up a machine that vanished, and with it its advisory locks. By
    # default it takes two hours, or a quarter of an hour where an answer is on its way.
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=25s"
)


READ_ONLY = "25006"
"""What a server says that is not, or no longer, the primary."""


class DatabaseUnavailable(Unavailable):
    """PostgreSQL refused, timed out or hung up; whether a commit took effect is unknown."""


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
    """Create a pool that connects on first use and gives up after 3 s. One per process.

    From then on every connection of this process waits as long as libs.postgres.deadline says.
    """
    set_deadline()
    engine = create_engine(
        database_url(settings),
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
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
    return engine


def _leave_a_standby(context: ExceptionContext) -> None:
    """Have the pool connect anew: after a failover the address leads to another server."""
    if getattr(context.original_exception, "pgcode", None) == READ_ONLY:
        context.is_disconnect = True


def _authority(settings: PostgresSettings) -> dict[str, str]:
    certificate = settings.postgres_ssl_root_cert
    return {"sslrootcert": str(certificate)} if certificate else {}


def ping(engine: Engine) -> None:
    """One round trip. Raises DatabaseUnavailable."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except PoolTimeout as error:
        raise DatabaseUnavailable("no free database connection") from error
    except DBAPIError as error:
        raise DatabaseUnavailable(first_line(error)) from error


def is_transient(error: BaseException) -> bool:
    """Whether an idempotent transaction may simply be tried again.

    Lost or refused connection, serialization failure, deadlock, a server that is shutting down.
    """
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "pgcode", None) or ""
    return error.connection_invalidated or code[:2] in {"08", "40", "57"} or _no_answer(error, code)


def is_out_of_means(error: BaseException) -> bool:
    """Whether the server lives and lacks what it needs.

    Classes 53 (full disk, memory, connections) and 58 (its own system fails).
    """
    code = getattr(getattr(error, "orig", None), "pgcode", None) or ""
    return code[:2] in {"53", "58"}


def _no_answer(error: DBAPIError, code: str) -> bool:
    return isinstance(error, OperationalError) and not code


def first_line(error: BaseException) -> str:
    """Return the server's own words, without SQLAlchemy's statement and parameters."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().partition("\n")[0]
