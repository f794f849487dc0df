"""The smallest request that only a working Kafka broker answers.

A client library would add a thread and its own timeouts to each attempt.
"""

import socket
import struct

METADATA = 3
VERSION = 4
CORRELATION = 1

ANSWER = struct.Struct(">iiii")
"""The beginning of the answer: its size, the correlation, the throttle time, the brokers."""

TIMEOUT_S = 2.0


def live_brokers(host: str, port: int) -> int:
    """Return how many brokers the cluster has. Raises OSError if there is no answer within 2 s."""
    body = struct.pack(">iB", 0, 0)  # no topics, do not create any
    header = struct.pack(">hhih", METADATA, VERSION, CORRELATION, -1)
    with (
        socket.create_connection((host, port), timeout=TIMEOUT_S) as connection,
        connection.makefile("rb") as stream,
    ):
        connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        beginning = stream.read(ANSWER.size)
    if len(beginning) < ANSWER.size:
        raise ConnectionResetError("the broker closed the connection")
    _size, _correlation, _throttle_ms, brokers = ANSWER.unpack(beginning)
    return int(brokers)
