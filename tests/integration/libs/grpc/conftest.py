from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from libs.grpc.channel import open_channel
from tests.integration.libs.grpc.serving import FakePayments, ServerInThread


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def waits() -> bool:
    """Say whether the service needs threads; a test may parametrize it."""
    return True


@pytest.fixture
def server(payments: FakePayments, tmp_path: Path, *, waits: bool) -> Iterator[ServerInThread]:
    running = ServerInThread(payments, tmp_path, waits=waits)
    yield running
    payments.may_answer.set()
    running.stop()
    running.wait_stopped()


@pytest.fixture
def channel(server: ServerInThread) -> Iterator[grpc.Channel]:
    with open_channel("127.0.0.1", server.port) as channel:
        yield channel
