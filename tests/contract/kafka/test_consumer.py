"""Contract of consumers: in memory and on a broker."""

from collections.abc import Callable, Iterator

import pytest

from tests.contract.kafka.groups import (
    PARTITIONS,
    SENT_AT,
    BrokerGroup,
    Group,
    MemoryGroup,
    hand_over,
    nothing_comes,
    poll_all,
    read,
    send_everywhere,
    values,
)
from tests.support.eventually import eventually
from tests.support.servers.broker import Broker


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.engine)])
def group(request: pytest.FixtureRequest) -> Iterator[Group]:
    if request.param == "memory":
        yield MemoryGroup()
        return
    make: Callable[..., str] = request.getfixturevalue("make_topic")
    group = BrokerGroup(Broker(request.getfixturevalue("kafka_brokers")), make(PARTITIONS))
    yield group
    group.close()


def test_a_record_arrives_as_it_was_sent(group: Group) -> None:
    group.send(b"\x00value", key=b"\xffkey", headers=(("a", b"1"), ("a", b"2")))
    group.send(None)

    first, second = read(group.join(), 2)

    assert (first.key, first.value) == (b"\xffkey", b"\x00value")
    assert first.headers == (("a", b"1"), ("a", b"2"))
    assert (first.partition, first.offset, first.timestamp) == (0, 0, SENT_AT)
    assert (second.key, second.value, second.headers, second.offset) == (None, None, (), 1)


def test_a_member_that_polls_without_waiting_gets_its_partitions_too(group: Group) -> None:
    group.send(b"a")
    member = group.join()

    eventually(lambda: member.poll(0.0).records, within_s=15)


def test_records_of_a_partition_come_in_order_and_once(group: Group) -> None:
    sent = [str(number).encode() for number in range(1200)]
    group.send(*sent)
    member = group.join()

    records = read(member, 1200)

    assert values(records) == sent
    assert nothing_comes(member)


def test_a_paused_partition_keeps_its_position_until_it_is_resumed(group: Group) -> None:
    group.send(b"before")
    member = group.join()
    read(member, 1)

    member.pause()
    group.send(b"meanwhile")
    silent = nothing_comes(member)
    member.resume()

    assert silent
    assert values(read(member, 1)) == [b"meanwhile"]


def test_records_of_an_aborted_transaction_are_skipped_with_their_offsets(group: Group) -> None:
    group.send(b"a")
    group.send_in_transaction(b"never happened", commit=False)
    group.send_in_transaction(b"b", commit=True)
    group.send(b"c")
    group.send_in_transaction(b"never happened either", commit=False)
    member = group.join()

    assert values(read(member, 3)) == [b"a", b"b", b"c"]
    eventually(lambda: member.poll(0.1).positions.get(0) == 8, within_s=15)
    assert member.lag({0: 8}) == 0


def test_a_rewound_partition_is_read_again(group: Group) -> None:
    group.send(b"a", b"b", b"c")
    member = group.join()
    read(member, 3)

    member.rewind({0: 1})

    assert values(read(member, 2)) == [b"b", b"c"]


def test_rewinding_before_a_pause_keeps_the_records_for_later(group: Group) -> None:
    group.send(b"a", b"b")
    member = group.join()
    read(member, 2)

    member.rewind({0: 0})
    member.pause()
    silent = nothing_comes(member)
    member.resume()

    assert silent
    assert values(read(member, 2)) == [b"a", b"b"]


def test_rewinding_a_partition_of_another_member_does_nothing(group: Group) -> None:
    group.join().rewind({3: 7})


def test_the_next_member_starts_at_the_committed_offsets(group: Group) -> None:
    group.send(b"a", b"b", b"c")
    first = group.join()
    read(first, 3)
    first.commit({0: 2})
    first.close()

    assert values(read(group.join(), 1)) == [b"c"]


def test_uncommitted_records_are_redelivered_to_the_next_member(group: Group) -> None:
    group.send(b"a")
    first = group.join()
    read(first, 1)
    first.close()

    assert values(read(group.join(), 1)) == [b"a"]


def test_partitions_that_go_to_a_new_member_are_reported_lost_once(group: Group) -> None:
    send_everywhere(group, b"a")
    first = group.join()
    read(first, PARTITIONS)
    second = group.join()

    lost = [partition for polled in hand_over(first, second) for partition in polled.lost]

    assert len(set(lost)) == len(lost) == PARTITIONS // 2
    assert first.poll(0.1).lost == frozenset()


def test_a_kept_partition_continues_at_its_position_without_a_commit(group: Group) -> None:
    send_everywhere(group, b"before")
    first = group.join()
    read(first, PARTITIONS)
    second = group.join()
    said = hand_over(first, second)

    send_everywhere(group, b"after")

    def all_came() -> bool:
        said.extend(poll_all(first, second))
        return sum(len(each.records) for each in said) >= PARTITIONS // 2 + PARTITIONS

    eventually(all_came, within_s=20)
    came = values([record for polled in said for record in polled.records])
    assert came.count(b"before") == PARTITIONS // 2
    assert came.count(b"after") == PARTITIONS


def test_a_kept_partition_stays_paused_and_a_new_one_is_not_paused(group: Group) -> None:
    send_everywhere(group, b"before")
    first = group.join()
    read(first, PARTITIONS)
    first.commit(dict.fromkeys(range(PARTITIONS), 1))
    second = group.join()
    hand_over(first, second)

    first.pause()
    second.close()
    send_everywhere(group, b"after")

    assert len(read(first, PARTITIONS // 2)) == PARTITIONS // 2
    assert nothing_comes(first)


def test_lag_counts_records_beyond_the_position(group: Group) -> None:
    group.send(*[b"a"] * 10)
    member = group.join()
    read(member, 10)

    assert member.lag({0: 4}) == 6
    assert member.lag({0: 10}) == 0


def test_closing_twice_is_harmless(group: Group) -> None:
    member = group.join()
    member.close()
    member.close()
