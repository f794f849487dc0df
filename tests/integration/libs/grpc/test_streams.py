"""Abandoned streams and half-sent calls take no capacity from other calls."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import grpc
import pytest
from grpc import _cython
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from libs.grpc.channel import CHANNEL_OPTIONS, open_channel
from libs.grpc.server import SERVER_OPTIONS, THREADS
from libs.grpc.streams import MOST_STREAMS
from tests.integration.libs.grpc.serving import SERVICE, FakePayments, ServerInThread, health, pay
from tests.support.eventually import eventually

SERVING = health_pb2.HealthCheckResponse.SERVING


@contextmanager
def held_open(channel: grpc.Channel, kind: str) -> Iterator[Any]:
    """Open a stream or begin a call, then send nothing."""
    go_on = Event()

    def nothing() -> Iterator[Any]:
        go_on.wait(30)
        yield from ()

    match kind:
        case "reflection":
            stream = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(
                nothing()
            )
        case "watch":
            request = health_pb2.HealthCheckRequest(service=SERVICE)
            stream = health_pb2_grpc.HealthStub(channel).Watch(request)
        case _:
            stream = channel.stream_unary(f"/{SERVICE}/PayOrder", bytes, bytes).future(nothing())
    try:
        yield stream
    finally:
        stream.cancel()
        go_on.set()


@pytest.mark.parametrize("kind", ["reflection", "watch", "half a call"])
def test_idle_streams_take_no_capacity_from_calls(
    server: ServerInThread, channel: grpc.Channel, kind: str
) -> None:
    eventually(lambda: health(channel) == SERVING)
    with ExitStack() as idle, open_channel("127.0.0.1", server.port) as other:
        for _ in range(2 * THREADS):
            idle.enter_context(held_open(other, kind))
        if kind == "watch":
            assert next(idle.enter_context(held_open(other, kind))).status == SERVING

        assert [pay(channel).transaction_uuid for _ in range(20)] == ["7"] * 20
        assert health(channel) == SERVING


@pytest.mark.parametrize("kind", ["reflection", "watch"])
def test_streams_are_limited_and_calls_are_not_counted_as_streams(
    server: ServerInThread, channel: grpc.Channel, kind: str
) -> None:
    with ExitStack() as idle, open_channel("127.0.0.1", server.port) as other:
        held = [idle.enter_context(held_open(other, kind)) for _ in range(MOST_STREAMS + 1)]
        refused = eventually(lambda: [each for each in held if not each.is_active()], within_s=5)

        assert refused[0].code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert pay(channel).transaction_uuid == "7"


def test_a_stream_answers_each_request_and_makes_room_when_it_ends(
    server: ServerInThread, channel: grpc.Channel
) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    asks = [reflection_pb2.ServerReflectionRequest(list_services="")] * 3

    for _ in range(MOST_STREAMS + 1):
        assert len(list(stub.ServerReflectionInfo(iter(asks), timeout=5))) == 3


def test_a_half_sent_call_is_ended_soon(server: ServerInThread, channel: grpc.Channel) -> None:
    with held_open(channel, "half a call") as half:
        assert half.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_server_whose_threads_all_hang_is_not_serving(
    server: ServerInThread, channel: grpc.Channel, payments: FakePayments
) -> None:
    eventually(lambda: health(channel) == SERVING)
    payments.may_answer.clear()
    calls = [
        channel.unary_unary(f"/{SERVICE}/PayOrder", bytes, bytes).future(b"", timeout=20)
        for _ in range(THREADS)
    ]

    assert eventually(lambda: health(channel) != SERVING, within_s=15)

    payments.may_answer.set()
    for call in calls:
        call.result()
    assert eventually(lambda: health(channel) == SERVING, within_s=5)


def test_a_silent_connection_is_closed_soon(server: ServerInThread) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as silent:
        while silent.recv(1024):
            pass


@pytest.mark.parametrize("name", [name for name, _ in (*SERVER_OPTIONS, *CHANNEL_OPTIONS)])
def test_every_option_is_one_that_grpc_knows(name: str) -> None:
    library = next(Path(_cython.__path__[0]).glob("cygrpc*.so")).read_bytes()

    assert name.encode() + b"\0" in library
