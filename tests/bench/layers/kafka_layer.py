"""kafka-python alone, and a handler that sleeps."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from tests.bench.errors import NotMeasured
from tests.bench.load.orders import per_piece_ms
from tests.bench.load.past import paid_orders
from tests.bench.results import Line
from tests.bench.stack.system import System
from tests.bench.statistics import difference

TOPIC, SLEEPING_TOPIC = "bench.records", "bench.sleeping"

BROKER, CLIENT = "kafka", "kafka-python"

WITHIN_S = 60.0

POLL_MS = 500


def produce_and_consume(system: System, records: int) -> list[Line]:
    """Produce records of an OrderPaid's size and consume them, each as fast as it goes."""
    _create_topic(system, TOPIC, partitions=6)
    payload = paid_orders(1, ago_s=0)[0].payload

    def produce() -> None:
        _send(system, TOPIC, [payload] * records)

    def consume() -> None:
        for _ in _records(system, TOPIC, records):
            pass

    return [
        _measured(system, "kafka-python: produce", records, produce),
        _measured(system, "kafka-python: consume", records, consume),
    ]


def one_at_a_time(system: System, builds_s: Sequence[float]) -> Line:
    """Handle records that came at once as a handler that sleeps does: each waits its turn."""
    _create_topic(system, SLEEPING_TOPIC, partitions=1)
    _send(system, SLEEPING_TOPIC, [b"order"] * len(builds_s))
    begun, late_s = time.monotonic(), 0.0
    for build_s, _ in zip(builds_s, _records(system, SLEEPING_TOPIC, len(builds_s)), strict=True):
        time.sleep(build_s)
        late_s = time.monotonic() - begun - build_s
    elapsed_s = time.monotonic() - begun
    return Line(
        label=f"a handler that sleeps, {len(builds_s)} records",
        figures={"per s": len(builds_s) / elapsed_s, "late max s": late_s},
    )


def _measured(system: System, label: str, records: int, work: Callable[[], None]) -> Line:
    """Measure the work; this process is the client."""
    before, own, begun = system.processes.cpu_s(), time.process_time(), time.monotonic()
    work()
    elapsed_s, own = time.monotonic() - begun, time.process_time() - own
    broker = difference(system.processes.cpu_s(), before)[BROKER]
    return Line(
        label=label,
        figures={"per s": records / elapsed_s},
        cpu_ms=per_piece_ms({CLIENT: own, BROKER: broker}, records),
    )


def _create_topic(system: System, name: str, *, partitions: int) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=[system.kafka])) as admin:
        if name not in admin.list_topics():
            admin.create_topics({name: {"num_partitions": partitions, "replication_factor": 1}})


def _send(system: System, topic: str, values: Sequence[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=[system.kafka], acks="all", linger_ms=5)
    with closing(producer):
        for value in values:
            producer.send(topic, value=value)
        producer.flush(timeout=WITHIN_S)


def _records(system: System, topic: str, count: int) -> Iterator[object]:
    """Yield records from the topic's beginning. Raises NotMeasured if they do not come."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=[system.kafka],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        group_id=None,
    )
    deadline, seen = time.monotonic() + WITHIN_S, 0
    with closing(consumer):
        while seen < count:
            for records in consumer.poll(timeout_ms=POLL_MS).values():
                for record in records[: count - seen]:
                    seen += 1
                    yield record
            if time.monotonic() > deadline:
                raise NotMeasured(f"{topic}: {seen} of {count} records")
