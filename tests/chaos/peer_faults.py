"""What others do to the system: producers, payment, Telegram, an operator who replays."""

from contextlib import closing

from kafka import KafkaAdminClient, TopicPartition
from kafka.structs import OffsetAndMetadata

from tests.chaos.brake_faults import BRAKE_SCENARIOS
from tests.chaos.payment_faults import PAYMENT_SCENARIOS
from tests.chaos.poison import GROUPS
from tests.chaos.poison_faults import POISON_SCENARIOS
from tests.chaos.role_faults import CONSUMERS
from tests.chaos.scenario import Scenario, Stage
from tests.chaos.telegram_faults import TELEGRAM_SCENARIOS

HISTORY_S = 15.0
"""Of orders that are there to be replayed."""


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


PEER_SCENARIOS = (
    Scenario(
        name="replay",
        about="every group reads its topic again from offset 0",
        fault=replay_topics,
    ),
    *POISON_SCENARIOS,
    *BRAKE_SCENARIOS,
    *PAYMENT_SCENARIOS,
    *TELEGRAM_SCENARIOS,
)
