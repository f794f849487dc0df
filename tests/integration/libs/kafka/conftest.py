from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.integration.libs.kafka.members import Member, Sink
from tests.support.servers.broker import Broker

Join = Callable[..., Member]


@pytest.fixture
def broker(kafka_brokers: str) -> Iterator[Broker]:
    broker = Broker(kafka_brokers)
    yield broker
    broker.close()


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def join(kafka_brokers: str, sink: Sink) -> Iterator[Join]:
    """Return a function that starts a member of a group in a thread, stopped after the test."""
    with ExitStack() as members:

        def start(topic: str, group: str) -> Member:
            member = Member(kafka_brokers, topic, group, sink)
            members.callback(member.stop)
            return member

        yield start
