"""The consumer role as a process, on Kafka and PostgreSQL."""

from uuid import uuid4

import pytest

from libs.contracts.events.declared import TOLD
from libs.contracts.events.v1 import events_pb2
from libs.kafka.client.topics import Topics
from tests.conftest import MakeTopic
from tests.integration.notification_service.stack import NotificationStack
from tests.support.eventually import eventually
from tests.support.golden import golden_sample
from tests.support.roles import run_to_end, running_role
from tests.support.servers import broker
from tests.unit.notification_service.builders import CHAT, ORDER_UUID, USER_UUID, event_uuid

pytestmark = pytest.mark.timeout(90)

SERVICE = "notification_service"
PAID, ASSEMBLED = "ORDER_PAID_TOPIC_NAME", "ORDER_ASSEMBLED_TOPIC_NAME"


@pytest.fixture
def environment(
    stack: NotificationStack, kafka_brokers: str, make_topic: MakeTopic
) -> dict[str, str]:
    topics = {event.topic_variable: make_topic(2) for event in TOLD}
    Topics({"bootstrap_servers": [kafka_brokers]}).create(
        tuple(topics.values()), partitions=2, replication=1
    )
    return {
        **stack.environment,
        **topics,
        "KAFKA_BROKERS": kafka_brokers,
        "TELEGRAM_CHAT_ID": str(CHAT),
        **{event.group_variable: f"group.{topics[event.topic_variable]}" for event in TOLD},
    }


def produce(environment: dict[str, str], variable: str, *values: bytes) -> None:
    """Produce to the topic of a variable."""
    broker.produce(environment["KAFKA_BROKERS"], environment[variable], *values)


def a_foreign_ship(number: int) -> bytes:
    return events_pb2.ShipAssembled(
        event_uuid=str(event_uuid(number)),
        order_uuid=ORDER_UUID,
        user_uuid=USER_UUID,
        build_time_sec=3,
    ).SerializeToString()


def test_events_of_both_topics_are_sent_and_a_malformed_record_delays_none(
    stack: NotificationStack, environment: dict[str, str]
) -> None:
    produce(environment, PAID, b"garbage", golden_sample("order_paid"))
    produce(environment, ASSEMBLED, golden_sample("ship_assembled"), a_foreign_ship(1))

    with (
        running_role(SERVICE, "consumer", environment),
        running_role(SERVICE, "worker", environment),
    ):
        eventually(lambda: len(stack.rows()) == 3, within_s=30)
        eventually(stack.all_sent, within_s=20)

    told = "\n".join(stack.telegram.texts(CHAT))
    assert "CREDIT_CARD" in told
    assert ORDER_UUID in told


def test_a_replay_of_the_topic_sends_nothing_twice(
    stack: NotificationStack, environment: dict[str, str]
) -> None:
    produce(environment, PAID, golden_sample("order_paid"))
    with running_role(SERVICE, "worker", environment):
        with running_role(SERVICE, "consumer", environment):
            eventually(lambda: stack.states() == ["SENT"], within_s=30)
        from_the_start = {**environment, "ORDER_PAID_CONSUMER_GROUP_ID": f"again.{uuid4()}"}
        with running_role(SERVICE, "consumer", from_the_start) as replaying:
            replaying.wait_for_output("batch_handed_off")
            produce(environment, ASSEMBLED, golden_sample("ship_assembled"))
            eventually(lambda: stack.states() == ["SENT", "SENT"], within_s=30)

    assert len(stack.telegram.texts(CHAT)) == 2


def test_a_consumer_without_redis_still_makes_events_due(
    stack: NotificationStack, environment: dict[str, str]
) -> None:
    produce(environment, PAID, golden_sample("order_paid"))

    with running_role(
        SERVICE, "consumer", {**environment, "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}
    ) as consumer:
        consumer.wait_for_output("send_pending_not_enqueued")

    assert stack.states() == ["NEW"]


def test_a_consumer_waits_for_the_tables(
    stack: NotificationStack, environment: dict[str, str]
) -> None:
    produce(environment, PAID, golden_sample("order_paid"))
    stack.drop_tables()

    with running_role(SERVICE, "consumer", environment) as consumer:
        consumer.wait_for_output("does not exist")
        assert run_to_end(SERVICE, "migrate", environment)[0] == 0
        eventually(lambda: stack.states() == ["NEW"], within_s=30)
