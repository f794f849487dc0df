"""The client, with the time limits that keep a slow database from holding a call."""

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

OPERATION_TIMEOUT_MS = 1500
"""For one operation with finding a server, connecting and repeating; callers' deadlines are 2 s."""

CONNECT_TIMEOUT_MS = 1000
"""For one connection, those included that watch the servers in the background."""

TLS_FAILURE = re.compile(r"\[SSL: [^)]*\)")

NOT_LET_IN = frozenset({13, 18, 8000})
"""Server codes of missing rights and refused passwords: an operator may still put them right."""


class MongoUnavailable(Unavailable):
    """MongoDB refused, hung up, or is not there."""


class MongoTimedOut(TimedOut):
    """MongoDB was reached and did not answer in time."""


def create_mongo_client(settings: MongoSettings, *, pool_size: int = 16) -> MongoClient[Document]:
    """Create a pool that connects on first use. One per process, shared by its threads."""
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
    """Raise what happens to the connection as our kinds; what the query did wrong stays a bug."""
    try:
        yield
    except PyMongoError as error:
        if isinstance(error, ServerSelectionTimeoutError):
            raise MongoUnavailable(_why_not_reached(error)) from error
        if error.timeout:
            raise MongoTimedOut("mongodb answers too slowly") from error
        if isinstance(error, ConnectionFailure):
            raise MongoUnavailable("mongodb hung up") from error
        if isinstance(error, OperationFailure) and error.code in NOT_LET_IN:
            raise MongoUnavailable("mongodb does not let this user in") from error
        raise


def _why_not_reached(error: ServerSelectionTimeoutError) -> str:
    """Tell a failed handshake, which waiting does not mend, from a server that is away."""
    handshake = TLS_FAILURE.search(str(error))
    return f"TLS with mongodb fails: {handshake[0]}" if handshake else "mongodb does not answer"
