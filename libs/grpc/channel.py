"""How a client of this system reaches a gRPC peer."""

import json
from pathlib import Path
from typing import Any

import grpc

from libs.contracts.retries import RETRIED_BY_CALLER

SERVICE_CONFIG: dict[str, Any] = {
    # Every copy behind the peer's name gets its share, and one that goes is passed over.
    "loadBalancingConfig": [{"round_robin": {}}],
    # About twelve calls' worth of attempts; then calls fail at once until some succeed again.
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 1},
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.15s",
                "maxBackoff": "0.4s",
                "backoffMultiplier": 2,
                # CANCELLED: a server that is just stopping says it of a call that still came in.
                "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
            },
        },
        # Without a policy: the channel retries none of their calls.
        *({"name": [{"service": each}]} for each in RETRIED_BY_CALLER),
    ],
}
"""The retries bridge a peer's restart of about 1.2 s.

In a longer outage only its first calls wait that long. The pauses end well before the shortest
deadline, 2 s: who is away is unavailable, not slow.

Every call of this system may repeat; those of RETRIED_BY_CALLER are repeated by their caller.
"""

CHANNEL_OPTIONS: tuple[tuple[str, str | int], ...] = (
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    ("grpc.enable_retries", 1),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 400),
    # Despite its name the time limit of one attempt to connect: a frozen peer accepts in silence.
    ("grpc.min_reconnect_backoff_ms", 2000),
    # A peer that was started anew elsewhere under its old name is found as soon.
    ("grpc.dns_min_time_between_resolutions_ms", 2000),
    # Only while calls are open: servers by default hang up on a client that pings when idle.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 3_000),
    ("grpc.keepalive_permit_without_calls", 0),
    # Peers are neighbours: an http_proxy meant for the internet may not swallow their calls.
    ("grpc.enable_http_proxy", 0),
)


def open_channel(host: str, port: int, *, ca: Path | None = None) -> grpc.Channel:
    """Open a channel that connects on first use and reconnects within 2 s.

    A host with several addresses is several copies of the peer, all on this port.

    It speaks TLS if it is given the certificate of the authority that vouches for the peer.

    One per process, shared by its threads; close() it. Calls still need a timeout each.
    """
    address = f"{host}:{port}"
    if ca is None:
        return grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
    credentials = grpc.ssl_channel_credentials(ca.read_bytes())
    return grpc.secure_channel(address, credentials, options=CHANNEL_OPTIONS)
