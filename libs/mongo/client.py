"""The MongoDB client, with timeouts so that a slow database cannot hold a call."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.errors import (
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from libs.errors import TimedOut, Unavailable
from libs.settings.groups import MongoSettings

Document = dict[str, Any]

OPERATION_TIMEOUT_MS = 1200
"""Timeout of an operation, server selection, connecting and retries included. Callers' deadlines
are 2 s, and the rest of them is for the way there and back."""

CONNECT_TIMEOUT_MS = 1000
"""Timeout of one connection, including those that monitor the servers."""

TLS_FAILURE = re.compile(r"\[SSL: [^)]*\)")

NOT_LET_IN = frozenset({13, 18, 8000})
"""Server codes for missing rights and refused passwords, which an operator can fix."""


class MongoUnavailable(Unavailable):
    """MongoDB refused the connection, closed it, or does not exist."""


class MongoTimedOut(TimedOut):
    """MongoDB was reached and did not answer in time."""


def create_mongo_client(settings: MongoSettings, *, pool_size: int = 16) -> MongoClient[Document]:
    """Create a pool that connects on first use. Create one per process; threads share it."""
    password = settings.mongo_password
    return MongoClient(
        settings.mongo_host,
        settings.mongo_port,
        connect=False,
        appname="shipyard",
        username=settings.mongo_username,
        password=password.get_secret_value() if password else None,
        authSource=settings.mongo_auth_db,
        tls=settings.mongo_tls_ca is not None,
        tlsCAFile=settings.mongo_tls_ca and str(settings.mongo_tls_ca),
        tz_aware=True,
        maxPoolSize=pool_size,
        timeoutMS=OPERATION_TIMEOUT_MS,
        connectTimeoutMS=CONNECT_TIMEOUT_MS,
    )


def ping(client: MongoClient[Document]) -> None:
    """One round trip. Raises MongoUnavailable or MongoTimedOut."""
    with mongo_errors():
        client.admin.command("ping")


@contextmanager
def mongo_errors() -> Iterator[None]:
    """Map connection errors to kinds of libs.errors. An error of the query itself is a bug."""
    try:
        yield
    except PyMongoError as error:
        if isinstance(error, ServerSelectionTimeoutError):
            raise MongoUnavailable(_why_not_reached(error)) from error
        if error.timeout:
            raise MongoTimedOut("mongodb answers too slowly") from error
        if isinstance(error, ConnectionFailure):
            raise MongoUnavailable("mongodb closed the connection") from error
        if isinstance(error, OperationFailure) and error.code in NOT_LET_IN:
            raise MongoUnavailable("mongodb refuses this user") from error
        raise


def _why_not_reached(error: ServerSelectionTimeoutError) -> str:
    """Tell a failed TLS handshake, which waiting does not fix, from a server that is down."""
    handshake = TLS_FAILURE.search(str(error))
    return f"TLS with mongodb fails: {handshake[0]}" if handshake else "mongodb does not answer"
