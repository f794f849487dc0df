import pytest
from kafka.cluster import ClusterMetadata
from kafka.errors import KafkaError, KafkaTimeoutError, LeaderNotAvailableError
from kafka.protocol.metadata import MetadataResponse

from libs.kafka.client.routing import ANSWERED_WITHIN_S, ASKED_AGAIN_AFTER_S, Routing
from libs.kafka.types import OutgoingRecord

Topic = MetadataResponse.MetadataResponseTopic
Partition = Topic.MetadataResponsePartition

NO_SUCH_TOPIC = 3

KEYS = [str(number).encode() for number in range(40)]


class Brokers:
    """A client's view of the brokers, and its thread that asks them; a test says the answer."""

    def __init__(self) -> None:
        self.cluster = ClusterMetadata()
        self.answer: MetadataResponse | None = None
        self.asked: list[set[str]] = []
        self.now_s = 0.0
        self.routing = Routing(self.cluster, self, ticks=self._tick)  # type: ignore[arg-type]  # all it needs
        self._topics_to_add: set[str] = set()

    def add_topic(self, topic: str) -> None:
        self.cluster.add_topic(topic)

    def wakeup(self) -> None:
        self.asked.append({each.name for each in self.cluster.metadata_request().topics})
        if self.answer is None:
            self.now_s += ANSWERED_WITHIN_S
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


def test_records_for_a_partition_without_a_leader_are_told_from_the_others_at_once() -> None:
    brokers = Brokers()
    brokers.answer = cluster_of(1, -1, 1)
    brokers.routing.learn(records_to())
    leaderless = [
        record
        for record in records_to()
        if (place := brokers.routing.place(record)) and place.partition == 1
    ]

    for record in leaderless:
        with pytest.raises(LeaderNotAvailableError, match=r"order\.paid/1 has no leader"):
            brokers.routing.ensure_reachable(record)
    for record in records_to():
        if record not in leaderless:
            brokers.routing.ensure_reachable(record)

    assert 0 < len(leaderless) < len(KEYS)


def test_a_missing_topic_is_asked_for_once_a_second_and_not_by_the_client_itself() -> None:
    brokers = Brokers()
    brokers.answer = cluster_of(1)

    for _ in range(50):
        brokers.routing.learn([*records_to(), *records_to("gone")])
    in_the_first_second = len(brokers.asked)
    client_asks_for = {each.name for each in brokers.cluster.metadata_request().topics}
    brokers.now_s += ASKED_AGAIN_AFTER_S
    brokers.routing.learn(records_to("gone"))

    assert (in_the_first_second, len(brokers.asked)) == (1, 2)
    assert client_asks_for == {"order.paid"}
    with pytest.raises(KafkaError, match="topic gone does not exist"):
        brokers.routing.ensure_reachable(records_to("gone")[0])


def test_while_no_broker_answers_nobody_says_that_a_topic_does_not_exist() -> None:
    brokers = Brokers()

    brokers.routing.learn(records_to())

    with pytest.raises(KafkaTimeoutError):
        brokers.routing.ensure_reachable(records_to()[0])
