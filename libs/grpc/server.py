"""A gRPC server with reflection, health, one error table and a graceful shutdown.

An event loop holds the open calls; threads work on those that wait: see interceptor.py.
"""

import asyncio
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any

import grpc
import structlog
from grpc import aio
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from libs.grpc.interceptor import CallEdge
from libs.grpc.readiness import Check, Readiness, nothing_needed
from libs.health.heartbeat import Heartbeat
from libs.settings.groups import GrpcServerSettings

THREADS = 16
"""Calls that run at once; they mostly wait for a database."""

MOST_OPEN = 4096
"""Calls and streams that may be open at once. They only cost memory, and incomplete calls end soon;
the limits that matter are those of running calls and of streams."""

LOOK_EVERY_S = 1.0
"""Seconds between two heartbeats, each with a check of the dependencies."""

GRACE_S = 5.0
"""Seconds for open calls to finish after SIGTERM; longer than any deadline of this system."""

SERVER_OPTIONS: tuple[tuple[str, int], ...] = (
    # A second server on the same port is an error; by default both would share the port.
    ("grpc.so_reuseport", 0),
    # Clients may ping every 5 s, also without a call; by default the server disconnects them.
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    # A silent connection holds a file descriptor, by default for two minutes.
    ("grpc.server_handshake_timeout_ms", 3_000),
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HostedService:
    name: str
    """Full name, like sample.v1.SampleService."""
    add_to_server: Callable[[Any, Any], None]
    """The generated add_…Servicer_to_server."""
    servicer: object
    waits: bool = True
    """False if no method waits for anything; then the event loop answers, a thread costs more."""


class GrpcServer:
    """One server per process: bind() in the main thread, then serve() as a worker.

    With credentials (see server_credentials) it uses TLS and refuses plaintext clients.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        service: HostedService,
        heartbeat: Heartbeat,
        check: Check = nothing_needed,
        credentials: grpc.ServerCredentials | None = None,
    ) -> None:
        self._host, self._port = host, port
        self._service = service
        self._heartbeat = heartbeat
        self._credentials = credentials
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="grpc")
        self._readiness = Readiness(service.name, check, self._pool)

    def bind(self) -> None:
        """Bind the port, or exit 1 with a line that names the variables that change it."""
        if reason := _unbindable_reason(self._host, self._port):
            address = f"{self._host}:{self._port}"
            sys.exit(f"cannot listen on {address} ({reason}): change GRPC_PORT or GRPC_HOST")
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self._listening())

    def serve(self, stop: Event) -> None:
        """Answer calls until stop is set. Then report NOT_SERVING and let open calls finish."""
        try:
            self._loop.run_until_complete(self._serve(stop))
        finally:
            self._pool.shutdown(wait=False)
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _listening(self) -> aio.Server:
        """Create the server in its loop. Clients that connect now are answered by serve()."""
        server = aio.server(
            interceptors=[CallEdge(self._pool if self._service.waits else None)],
            options=SERVER_OPTIONS,
            maximum_concurrent_rpcs=MOST_OPEN,
        )
        self._service.add_to_server(self._service.servicer, server)
        health_pb2_grpc.add_HealthServicer_to_server(self._readiness.servicer, server)
        names = [self._service.name, health.SERVICE_NAME, reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, server)
        address = f"{self._host}:{self._port}"
        if self._credentials is None:
            server.add_insecure_port(address)
        else:
            server.add_secure_port(address, self._credentials)
        return server

    async def _serve(self, stop: Event) -> None:
        await self._readiness.begin()
        await self._server.start()
        log.info("grpc_server_listened", host=self._host, port=self._port)
        try:
            while not stop.is_set():
                if await self._readiness.look():
                    self._heartbeat.touch()
                await asyncio.to_thread(stop.wait, LOOK_EVERY_S)
        finally:
            await self._readiness.end()
            await self._server.stop(GRACE_S)


def server_credentials(settings: GrpcServerSettings) -> grpc.ServerCredentials | None:
    """Read certificate and key; None if the environment names none."""
    if settings.grpc_tls_cert is None or settings.grpc_tls_key is None:
        return None
    pair = (settings.grpc_tls_key.read_bytes(), settings.grpc_tls_cert.read_bytes())
    return grpc.ssl_server_credentials([pair])


def _unbindable_reason(host: str, port: int) -> str | None:
    """Return the system's reason why it cannot listen there; gRPC's message is a page long."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror
    return None
