"""The ten conditions: how each begins and ends, and what names it: words of top, and alerts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from libs.contracts.events.declared import ORDER_PAID
from libs.kafka.client.topics import dead_letter_topic
from tests.chaos.faults.engines.engine_faults import WORKER
from tests.chaos.faults.engines.kafka_faults import KAFKA
from tests.chaos.faults.records.malformed import KEY, malformed_writer
from tests.chaos.judging.stores.database import superuser
from tests.chaos.scenario import RunningSystem
from tests.chaos.stack import PAYMENT
from tests.drill.looking import Alert

CONSUMER = "notification-consumer"

GARBAGE = 12
"""Records; fewer than the limit at which a consumer stops."""

RETRY_AFTER_S = 15

EMPTIED_EVERY_S = 1.5

NO_TOPIC = "order.gone"

STICK = f"""
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, headers, occurred_at)
    SELECT gen_random_uuid(), order_uuid, '{NO_TOPIC}', key, payload, headers, now()
    FROM outbox ORDER BY occurred_at DESC LIMIT 1
    RETURNING event_uuid
"""  # noqa: S608  # constant of this module

UNSTICK = f"DELETE FROM outbox WHERE topic = '{NO_TOPIC}' RETURNING event_uuid"  # noqa: S608  # ours


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong for as long as the context of begin is entered."""

    name: str
    about: str
    words: str
    """Part of the line with which shipyard top names it."""
    alerts: tuple[Alert, ...]
    """Those that lead to it; the best name first."""
    begin: Callable[[RunningSystem], AbstractContextManager[None]]


@contextmanager
def worker_stopped(system: RunningSystem) -> Iterator[None]:
    system.roles.stop(WORKER)
    yield
    system.roles.start(WORKER)


@contextmanager
def consumer_frozen(system: RunningSystem) -> Iterator[None]:
    with system.roles.frozen(CONSUMER):
        yield


@contextmanager
def garbage(system: RunningSystem) -> Iterator[None]:
    """Write malformed records; the end drops their dead letters, as an operator decides."""
    with malformed_writer(system) as writer:
        for _ in range(GARBAGE):
            writer.write(ORDER_PAID.topic, KEY, b"\xff not protobuf")
    yield
    system.malformed.clear()
    topic = dead_letter_topic(ORDER_PAID.topic)
    with (
        closing(KafkaConsumer(bootstrap_servers=system.brokers)) as reader,
        closing(KafkaAdminClient(bootstrap_servers=system.brokers)) as admin,
    ):
        partitions = [
            TopicPartition(topic, number) for number in reader.partitions_for_topic(topic) or ()
        ]
        admin.delete_records(reader.end_offsets(partitions))


@contextmanager
def telegram_429(system: RunningSystem) -> Iterator[None]:
    system.telegram.break_calls("answer", status=429, retry_after=RETRY_AFTER_S)
    yield
    system.telegram.clear_faults()


@contextmanager
def payment_frozen(system: RunningSystem) -> Iterator[None]:
    with system.roles.frozen(PAYMENT):
        yield


@contextmanager
def kafka_frozen(system: RunningSystem) -> Iterator[None]:
    system.engines[KAFKA].freeze()
    yield
    system.engines[KAFKA].thaw()


@contextmanager
def redis_full(system: RunningSystem) -> Iterator[None]:
    with system.redis() as redis:
        before = redis.config_get("maxmemory")["maxmemory"]
        redis.config_set("maxmemory", "1")
        yield
        redis.config_set("maxmemory", before)


@contextmanager
def redis_emptied(system: RunningSystem) -> Iterator[None]:
    """Empty it again and again."""
    stop = Event()

    def empty() -> None:
        with system.redis() as redis:
            while not stop.wait(EMPTIED_EVERY_S):
                redis.flushall()

    emptying = Thread(target=empty, daemon=True)
    emptying.start()
    yield
    stop.set()
    emptying.join()


@contextmanager
def rows_locked(system: RunningSystem) -> Iterator[None]:
    """Lock every order, as a forgotten session does."""
    with superuser(system, database="order") as session, session.cursor() as cursor:
        cursor.execute("SELECT FROM orders FOR UPDATE")
        yield
        session.rollback()


@contextmanager
def outbox_stuck(system: RunningSystem) -> Iterator[None]:
    """Add an event whose topic does not exist."""
    with superuser(system, database="order") as session, session.cursor() as cursor:
        cursor.execute(STICK)
        session.commit()
        yield
        cursor.execute(UNSTICK)
        session.commit()


CONDITIONS = (
    Condition(
        "worker-stopped",
        f"{WORKER} is stopped",
        f"{WORKER} takes nothing",
        (
            Alert.of("RoleDown", service="assembly", role="worker"),
            Alert.of("QueueNotTaken", queue="assembly"),
        ),
        worker_stopped,
    ),
    Condition(
        "consumer-frozen",
        f"{CONSUMER} is frozen",
        f"{CONSUMER} reads nothing",
        (
            Alert.of("RoleDown", service="notification", role="consumer"),
            Alert.of("ConsumerStuck", group=ORDER_PAID.group("notification")),
        ),
        consumer_frozen,
    ),
    Condition(
        "garbage",
        "malformed records are in order.paid",
        "dead letters: ",
        (Alert.of("DeadLetters", topic=ORDER_PAID.topic),),
        garbage,
    ),
    Condition(
        "telegram-429",
        "Telegram answers 429",
        "telegram: too many messages",
        (Alert.of("TelegramThrottles"),),
        telegram_429,
    ),
    Condition(
        "payment-frozen",
        "the payment service is frozen",
        "payment does not answer",
        (Alert.of("ChargesFail"), Alert.of("RoleDown", service="payment", role="grpc")),
        payment_frozen,
    ),
    Condition(
        "kafka-frozen",
        "the broker is frozen",
        "Kafka does not answer",
        (
            Alert.of("StoreAway", store="kafka"),
            Alert.of("OutboxRefused", reason="no_answer"),
        ),
        kafka_frozen,
    ),
    Condition(
        "redis-full",
        "Redis has no memory left",
        "redis is full",
        (Alert.of("RedisRefusesWrites"),),
        redis_full,
    ),
    Condition(
        "redis-emptied",
        "Redis is emptied again and again",
        "redis was emptied",
        (Alert.of("RedisEmptied"),),
        redis_emptied,
    ),
    Condition(
        "rows-locked",
        "a session locks all orders",
        " locks orders",
        (Alert.of("RowsLocked", service="order"),),
        rows_locked,
    ),
    Condition(
        "outbox-stuck",
        "Kafka refuses one event",
        "outbox row refused",
        (Alert.of("OutboxRefused", topic=NO_TOPIC),),
        outbox_stuck,
    ),
)
