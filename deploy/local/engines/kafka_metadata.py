"""The smallest request that only a working Kafka broker answers.

A client library would add a thread and its own timeouts to each attempt.
"""

import socket
import struct

METADATA = 3
VERSION = 4
CORRELATION = 1

TIMEOUT_S = 2.0


def live_brokers(host: str, port: int) -> int:
    """Return how many brokers the cluster has. Raises OSError if there is no answer within 2 s."""
    body = struct.pack(">iB", 0, 0)  # no topics, do not create any
    header = struct.pack(">hhih", METADATA, VERSION, CORRELATION, -1)
    with socket.create_connection((host, port), timeout=TIMEOUT_S) as connection:
        connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        (size,) = struct.unpack(">i", _read(connection, 4))
        answer = _read(connection, size)
    _correlation, _throttle_ms, brokers = struct.unpack_from(">iii", answer)
    return int(brokers)


def _read(connection: socket.socket, size: int) -> bytes:
    answer = b""
    while len(answer) < size:
        piece = connection.recv(size - len(answer))
        if not piece:
            raise ConnectionResetError("the broker closed the connection")
        answer += piece
    return answer
