from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from kafka.cluster import ClusterMetadata
from kafka.errors import KafkaError, KafkaTimeoutError, LeaderNotAvailableError
from kafka.partitioner import DefaultPartitioner
from kafka.protocol.metadata import MetadataResponse

from libs.kafka.client.routing import ANSWER_TIMEOUT_S, ASKED_AGAIN_AFTER_S, Routing
from libs.kafka.types import OutgoingRecord

Topic = MetadataResponse.MetadataResponseTopic
Partition = Topic.MetadataResponsePartition

NO_SUCH_TOPIC = 3

A_LOOK = 2
"""Requests of one look; the first may have been on its way before."""

KEYS = [str(number).encode() for number in range(40)]


class Brokers:
    """A client's metadata, and its thread that requests it; a test gives the answers.

    As in the client, a topic is part of all requests after it was added.
    """

    def __init__(self, answer: MetadataResponse | None = None) -> None:
        self.cluster = ClusterMetadata()
        self.answer = answer
        self.asked: list[set[str]] = []
        self.before_the_answer: Callable[[], object] = lambda: None
        self.in_flight: MetadataResponse | None = None
        self.now_s = 0.0
        self.routing = Routing(self.cluster, self, monotonic=self._tick)  # type: ignore[arg-type]  # all it needs
        self._topics_to_add: set[str] = set()

    def add_topic(self, topic: str) -> None:
        self._topics_to_add.add(topic)

    def wakeup(self) -> None:
        while self._topics_to_add:
            self.cluster.add_topic(self._topics_to_add.pop())
        if self.in_flight:
            self.cluster.update_metadata(self.in_flight)
            self.in_flight = None
            return
        self.before_the_answer()
        self.asked.append({each.name for each in self.cluster.metadata_request().topics})
        if self.answer is None:
            self.now_s += ANSWER_TIMEOUT_S
        else:
            self.cluster.update_metadata(self.answer)

    def _tick(self) -> float:
        self.now_s += 0.001
        return self.now_s


def cluster_of(*leaders: int, topic: str = "order.paid") -> MetadataResponse:
    partitions = [
        Partition(error_code=0, partition_index=number, leader_id=leader, leader_epoch=1)
        for number, leader in enumerate(leaders)
    ]
    known = Topic(error_code=0, name=topic, is_internal=False, partitions=partitions)
    gone = Topic(error_code=NO_SUCH_TOPIC, name="gone", is_internal=False, partitions=[])
    broker = MetadataResponse.MetadataResponseBroker(1, "localhost", 9092, None, version=8)
    return MetadataResponse(version=8, brokers=[broker], controller_id=1, topics=[known, gone])


def records_to(topic: str = "order.paid") -> list[OutgoingRecord]:
    return [OutgoingRecord(topic=topic, key=key, value=b"") for key in KEYS]


def test_records_for_a_partition_without_a_leader_are_separated_at_once() -> None:
    brokers = Brokers(cluster_of(1, -1, 1))
    brokers.routing.learn(records_to())
    leaderless = [
        record
        for record in records_to()
        if (found := brokers.routing.partition_of(record)) and found.partition == 1
    ]

    for record in leaderless:
        with pytest.raises(LeaderNotAvailableError, match=r"order\.paid/1 has no leader"):
            brokers.routing.ensure_reachable(record)
    for record in records_to():
        if record not in leaderless:
            brokers.routing.ensure_reachable(record)

    assert 0 < len(leaderless) < len(KEYS)


@pytest.mark.parametrize(
    ("leaders", "reached"), [((1, 1, 1), {"order.paid"}), ((1, -1, 1), set()), ((), set())]
)
def test_records_of_a_topic_need_no_look_if_every_partition_has_a_leader(
    leaders: Sequence[int], reached: set[str]
) -> None:
    brokers = Brokers(cluster_of(*leaders))
    brokers.routing.learn(records_to())

    assert set(brokers.routing.learn([*records_to(), *records_to("gone")])) == reached


def test_a_missing_topic_is_requested_once_a_second_and_not_by_the_client_itself() -> None:
    brokers = Brokers(cluster_of(1))

    for _ in range(50):
        brokers.routing.learn([*records_to(), *records_to("gone")])
    in_the_first_second = len(brokers.asked)
    client_asks_for = {each.name for each in brokers.cluster.metadata_request().topics}
    brokers.now_s += ASKED_AGAIN_AFTER_S
    brokers.routing.learn(records_to("gone"))

    assert (in_the_first_second, len(brokers.asked)) == (A_LOOK, 2 * A_LOOK)
    assert client_asks_for == {"order.paid"}
    with pytest.raises(KafkaError, match="topic gone does not exist"):
        brokers.routing.ensure_reachable(records_to("gone")[0])


def test_while_no_broker_answers_no_topic_counts_as_missing() -> None:
    brokers = Brokers()

    brokers.routing.learn(records_to())

    with pytest.raises(KafkaTimeoutError):
        brokers.routing.ensure_reachable(records_to()[0])


def test_a_partition_is_the_one_where_the_client_itself_puts_the_record() -> None:
    brokers = Brokers(cluster_of(1, 1, 1, 1, 1, 1))
    brokers.routing.learn(records_to())

    partitions = [brokers.routing.partition_of(record) for record in records_to()]

    client = DefaultPartitioner()
    assert [each and each.partition for each in partitions] == [
        client.partition("order.paid", key, key, b"", b"", brokers.cluster) for key in KEYS
    ]


def test_a_partition_that_has_a_leader_again_is_reached_a_second_later() -> None:
    brokers = Brokers(cluster_of(-1))
    brokers.routing.learn(records_to())
    brokers.answer = cluster_of(1)

    brokers.now_s += ASKED_AGAIN_AFTER_S
    brokers.routing.learn(records_to())

    brokers.routing.ensure_reachable(records_to()[0])


def test_an_answer_to_an_older_request_says_nothing_about_a_topic() -> None:
    brokers = Brokers(cluster_of(1))
    brokers.in_flight = cluster_of(1, topic="another")

    brokers.routing.learn(records_to())

    brokers.routing.ensure_reachable(records_to()[0])


def test_threads_that_miss_the_same_topic_request_it_once() -> None:
    brokers = Brokers(cluster_of(1))
    others: list[Future[Collection[str]]] = []

    def have_another_thread_learn() -> None:
        if not others:
            others.append(pool.submit(brokers.routing.learn, records_to()))
            wait(others, timeout=0.3)

    brokers.before_the_answer = have_another_thread_learn
    with ThreadPoolExecutor(1) as pool:
        brokers.routing.learn(records_to())
        others[0].result(timeout=10)

    assert len(brokers.asked) == A_LOOK
    brokers.routing.ensure_reachable(records_to()[0])
