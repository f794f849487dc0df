"""Failures that only a consumer on a real broker can have."""

from collections.abc import Callable
from threading import active_count

import pytest
from kafka import KafkaConsumer
from kafka.errors import KafkaConnectionError
from kafka.structs import MemberState

from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.errors import KafkaUnavailable
from tests.integration.libs.kafka.members import new_group
from tests.support.eventually import eventually
from tests.support.servers.broker import Broker
from tests.unit.libs.kafka.client.test_headers import RawName


def test_a_member_whose_join_the_client_dropped_joins_again(
    broker: Broker, make_topic: Callable[..., str]
) -> None:
    topic = make_topic(2)
    member = GroupConsumer({"bootstrap_servers": [broker.address]}, topic, new_group())
    broker.send(topic, b"before")
    eventually(lambda: member.poll(0.2).records)

    # The client's own state after a join, caused by new metadata, that ends between two polls.
    coordinator = member._client._coordinator  # noqa: SLF001
    coordinator.state = MemberState.REBALANCING
    coordinator.rejoin_needed = False
    coordinator._disable_heartbeat()  # noqa: SLF001

    def is_a_member_again() -> bool:
        member.poll(0.2)
        return bool(coordinator.state is MemberState.STABLE)

    eventually(is_a_member_again)
    broker.send(topic, b"after")
    eventually(lambda: member.poll(0.2).records)
    member.close()


@pytest.mark.parametrize("records", [2, 20])
def test_a_topic_that_is_created_again_is_read_from_its_first_record(
    broker: Broker, make_topic: Callable[..., str], records: int
) -> None:
    topic = make_topic(1)
    connection = {"bootstrap_servers": [broker.address], "metadata_max_age_ms": 500}
    member = GroupConsumer(connection, topic, new_group())
    broker.send(topic, *[b"old"] * 10)
    eventually(lambda: member.poll(0.2).records)
    found = set[bytes | None]()

    broker.delete(topic)
    broker.create(topic)
    values = {str(number).encode() for number in range(records)}
    broker.send(topic, *sorted(values))

    def reads_all() -> bool:
        found.update(each.value for each in member.poll(0.2).records)
        return found >= values

    eventually(reads_all)
    member.close()


def test_records_of_the_old_topic_are_dropped_when_it_is_created_again(
    broker: Broker, make_topic: Callable[..., str]
) -> None:
    topic = make_topic(1)
    connection = {"bootstrap_servers": [broker.address], "metadata_max_age_ms": 500}
    member = GroupConsumer(connection, topic, new_group())
    broker.send(topic, *[b"old"] * 10)
    eventually(lambda: member.poll(0.2).records)

    broker.delete(topic)
    broker.create(topic)
    broker.send(topic, b"new")

    eventually(lambda: member.poll(0.2).lost == {0})
    member.close()


def test_a_header_whose_name_is_not_utf_8_delays_no_record(
    broker: Broker, make_topic: Callable[..., str]
) -> None:
    topic = make_topic(1)
    member = GroupConsumer({"bootstrap_servers": [broker.address]}, topic, new_group())
    found = list[bytes | None]()

    broker.send(topic, b"strange", headers=((RawName(), b""),))
    broker.send(topic, b"behind it")

    def reads_both() -> bool:
        found.extend(each.value for each in member.poll(0.2).records)
        return found == [b"strange", b"behind it"]

    eventually(reads_both)
    member.close()


def test_a_member_waits_for_a_broker_that_stops_while_the_member_is_created(
    broker: Broker, make_topic: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def goes_away(*_: object) -> None:
        raise KafkaConnectionError("reset by peer")

    monkeypatch.setattr(KafkaConsumer, "partitions_for_topic", goes_away)
    threads = active_count()

    with pytest.raises(KafkaUnavailable, match="reset by peer"):
        GroupConsumer({"bootstrap_servers": [broker.address]}, make_topic(1), new_group())

    eventually(lambda: active_count() <= threads)
