"""What others do to the system: payment, Telegram, producers of poison."""

from contextlib import closing
from uuid import UUID

from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from libs.contracts.events.v1.events_pb2 import OrderPaid, ShipAssembled
from order_service.model.evidence import Poison
from tests.chaos.payment_faults import PAYMENT_SCENARIOS
from tests.chaos.role_faults import CONSUMERS
from tests.chaos.scenario import Scenario, Stage
from tests.chaos.telegram_faults import TELEGRAM_SCENARIOS

GROUPS = {
    "order.paid": ("assembly-group-order-paid", "notification-group-order-paid"),
    "order.assembled": ("order-group-order-assembled", "notification-group-order-assembled"),
}

POISONED = 20

HISTORY_S = 15.0
"""Of orders that are there to be replayed."""

LARGE_BYTES = 900_000
"""As large as a topic takes."""

NOBODY = str(UUID(int=0))


def mix_poison(stage: Stage) -> int:
    """Write a malformed record for every twenty orders into each topic."""
    brokers = stage.chaos.stack.environments.kafka()["KAFKA_BROKERS"]
    with closing(KafkaProducer(bootstrap_servers=brokers, acks="all")) as producer:
        for number in range(POISONED):
            for topic, groups in GROUPS.items():
                value = _malformed(topic, number)
                sent = producer.send(topic, key=NOBODY.encode(), value=value).get(10)
                stage.poison.update(
                    Poison(group, topic, sent.partition, sent.offset) for group in groups
                )
            stage.go_on_for(stage.random.uniform(1.0, 2.4))
    return POISONED * len(GROUPS)


def replay_topics(stage: Stage) -> int:
    """Let every group read its topic again from the first record."""
    stage.go_on_for(HISTORY_S)
    for name in CONSUMERS:
        stage.roles.stop(name)
    brokers = stage.chaos.stack.environments.kafka()["KAFKA_BROKERS"]
    with closing(KafkaAdminClient(bootstrap_servers=brokers)) as admin:
        for topic, groups in GROUPS.items():
            (described,) = admin.describe_topics([topic])
            beginning = {
                TopicPartition(topic, number): OffsetAndMetadata(0, "", -1)
                for number in range(len(described["partitions"]))
            }
            for group in groups:
                admin.alter_group_offsets(group, beginning)
    for name in CONSUMERS:
        stage.roles.start(name)
    return sum(map(len, GROUPS.values()))


def _malformed(topic: str, number: int) -> bytes | None:
    kind = OrderPaid if topic == "order.paid" else ShipAssembled
    choices = (
        b"\xff\xff not protobuf",
        kind(event_uuid=NOBODY, order_uuid="seven", user_uuid=NOBODY).SerializeToString(),
        b"",
        None,
        b"\xff" * LARGE_BYTES,
    )
    return choices[number % len(choices)]


PEER_SCENARIOS = (
    Scenario(
        name="replay",
        about="every group reads its topic again from offset 0",
        fault=replay_topics,
    ),
    Scenario(name="poison", about="one malformed record for twenty orders", fault=mix_poison),
    *PAYMENT_SCENARIOS,
    *TELEGRAM_SCENARIOS,
)
