"""How a client of this system reaches a gRPC peer."""

import json
from pathlib import Path
from typing import Any

import grpc

from libs.contracts.retries import NOT_RETRIED, RETRIED_BY_CALLER

SERVICE_CONFIG: dict[str, Any] = {
    # Calls are spread over all replicas behind the peer's name; a dead replica is skipped.
    "loadBalancingConfig": [{"round_robin": {}}],
    # Enough for the attempts of about twelve calls. Then calls fail at once until some succeed.
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 1},
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.15s",
                "maxBackoff": "0.4s",
                "backoffMultiplier": 2,
                # CANCELLED: the status of a call that reaches a server while it stops.
                "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
            },
        },
        # No retry policy: the channel does not retry calls of these services.
        *({"name": [{"service": each}]} for each in (*RETRIED_BY_CALLER, *NOT_RETRIED)),
    ],
}
"""The retries bridge a peer's restart of about 1.2 s.

In a longer outage only the first calls wait that long. The retries end well before the shortest
deadline of a retried call, 2 s, so that a peer that is down is reported as unavailable, not as
slow.

Every call of this system may be repeated; the callers of RETRIED_BY_CALLER repeat them.
"""

CHANNEL_OPTIONS: tuple[tuple[str, str | int], ...] = (
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    ("grpc.enable_retries", 1),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 400),
    # Despite its name, this is the timeout of one connection attempt. A frozen peer accepts the
    # connection and never answers.
    ("grpc.min_reconnect_backoff_ms", 2000),
    # Finds a peer within 2 s when it restarts at another address under its old name.
    ("grpc.dns_min_time_between_resolutions_ms", 2000),
    # Only while calls are open: by default a server disconnects a client that pings when idle.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 3_000),
    ("grpc.keepalive_permit_without_calls", 0),
    # Peers are in the same network: an http_proxy for the internet must not get their calls.
    ("grpc.enable_http_proxy", 0),
)


def open_channel(host: str, port: int, *, ca: Path | None = None) -> grpc.Channel:
    """Open a channel that connects on first use and reconnects within 2 s.

    Every address of the host is a replica of the peer, listening on this port. With ca, the
    certificate of the authority that signed the peer's, the channel uses TLS.

    Open one per process and share it between threads; close() it. Each call needs a timeout.
    """
    address = f"{host}:{port}"
    if ca is None:
        return grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
    credentials = grpc.ssl_channel_credentials(ca.read_bytes())
    return grpc.secure_channel(address, credentials, options=CHANNEL_OPTIONS)
