"""A consumer service as a process: how it starts, ends, refuses and recovers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.engines.ports import free_port
from libs.kafka.client.topics import Topics
from tests.integration.libs.kafka.sample_service.__main__ import SERVICE
from tests.integration.libs.kafka.sample_service.sample import Sample
from tests.support.eventually import eventually
from tests.support.roles import run_to_end, running_role
from tests.support.servers.broker import Broker

ENDS_WITHIN_S = 15.0


@pytest.fixture
def sample(
    tmp_path: Path, kafka_brokers: str, broker: Broker, make_topic: Callable[..., str]
) -> Sample:
    topic = make_topic()
    Topics({"bootstrap_servers": [kafka_brokers]}).create([topic], partitions=1, replication=1)
    return Sample({"KAFKA_BROKERS": kafka_brokers}, topic, tmp_path)


def test_sigterm_during_an_outage_ends_it_with_0_and_leaves_the_batch_to_the_next_one(
    sample: Sample, broker: Broker
) -> None:
    (sample.folder / "outage").touch()
    broker.send(sample.topic, b"fine")
    with running_role(SERVICE, "consumer", sample.environment) as role:
        role.wait_for_output("hand_off_postponed")
        role.terminate()

        assert role.wait_for_exit(within_s=ENDS_WITHIN_S) == 0
        assert "batch_left_to_next_member" in role.output
    committed = broker.committed(sample.group, sample.topic)
    (sample.folder / "outage").unlink()

    with running_role(SERVICE, "consumer", sample.environment):
        eventually(lambda: sample.handed_off() == ["0:0"])

    assert committed == {}


def test_without_a_broker_it_waits_healthy_logs_once_and_ends_on_sigterm(
    sample: Sample,
) -> None:
    nowhere = {**sample.environment, "KAFKA_BROKERS": f"127.0.0.1:{free_port()}"}
    with running_role(SERVICE, "consumer", nowhere) as role:
        role.wait_for_output("waiting_for_dependency")
        sick = sample.sick_because()
        role.terminate()

        assert role.wait_for_exit(within_s=ENDS_WITHIN_S) == 0
        assert role.output.count("waiting_for_dependency") == 1
        assert sick is None


def test_it_waits_for_a_topic_that_is_created_later(tmp_path: Path, broker: Broker) -> None:
    sample = Sample({"KAFKA_BROKERS": broker.address}, f"late.{tmp_path.name}", tmp_path)
    with running_role(SERVICE, "consumer", sample.environment) as role:
        role.wait_for_output(f"topic {sample.topic} does not exist")
        broker.create(sample.topic, partitions=1)
        broker.send(sample.topic, b"fine")
        role.wait_for_output(f"topic {sample.topic}.dlq does not exist")
        broker.create(f"{sample.topic}.dlq", max_bytes=2_000_000)

        eventually(lambda: sample.handed_off() == ["0:0"])
    broker.delete(sample.topic, f"{sample.topic}.dlq")


def test_it_does_not_start_while_the_dead_letter_topic_is_too_small(
    tmp_path: Path, broker: Broker
) -> None:
    sample = Sample({"KAFKA_BROKERS": broker.address}, f"narrow.{tmp_path.name}", tmp_path)
    broker.create(sample.topic, max_bytes=1_000_000)
    broker.create(f"{sample.topic}.dlq", max_bytes=1_000_000)
    broker.send(sample.topic, b"fine")
    with running_role(SERVICE, "consumer", sample.environment) as role:
        role.wait_for_output("python -m libs.kafka topics")
        eventually(sample.sick_because)
        before = sample.handed_off()
        Topics({"bootstrap_servers": [broker.address]}).create(
            [sample.topic], partitions=1, replication=1
        )

        eventually(lambda: sample.handed_off() == ["0:0"])
    assert before == []
    broker.delete(sample.topic, f"{sample.topic}.dlq")


def test_a_stream_of_malformed_records_stops_it_until_an_operator_accepts_it(
    sample: Sample, broker: Broker
) -> None:
    broker.send(sample.topic, *[b"malformed"] * 60, b"fine")
    with running_role(SERVICE, "consumer", sample.environment) as role:
        role.wait_for_output("malformed_record_limit_reached")
        eventually(sample.sick_because)
        role.terminate()

        assert role.wait_for_exit(within_s=ENDS_WITHIN_S) == 0
    stopped = (broker.records(f"{sample.topic}.dlq"), sample.handed_off())

    with running_role(SERVICE, "consumer", sample.environment, "--accept-malformed"):
        eventually(lambda: sample.handed_off() == ["0:60"])
        eventually(lambda: broker.committed(sample.group, sample.topic) == {0: 61})

    assert stopped == ([], [])
    assert len(broker.records(f"{sample.topic}.dlq")) == 60


def test_an_operator_accepts_a_stream_of_malformed_records_without_a_restart(
    sample: Sample, broker: Broker
) -> None:
    sample.dlq("accept")
    broker.send(sample.topic, *[b"malformed"] * 60, b"fine")
    with running_role(SERVICE, "consumer", sample.environment) as role:
        role.wait_for_output("malformed_record_limit_reached")
        eventually(sample.sick_because)
        held = (broker.records(f"{sample.topic}.dlq"), sample.handed_off())

        sample.dlq("accept")

        eventually(lambda: sample.handed_off() == ["0:60"])
        eventually(lambda: broker.committed(sample.group, sample.topic) == {0: 61})
        eventually(lambda: sample.sick_because() is None)
    assert held == ([], [])
    assert len(broker.records(f"{sample.topic}.dlq")) == 60


def test_a_dead_letter_is_listed_shown_repaired_and_replayed(
    sample: Sample, broker: Broker
) -> None:
    broker.send(sample.topic, b"malformed", b"malformed too", key=b"an-order")
    with running_role(SERVICE, "consumer", sample.environment):
        eventually(lambda: len(broker.records(f"{sample.topic}.dlq")) == 2)
        listed = sample.dlq("list").stdout.splitlines()
        shown = sample.dlq("show", "0:1", "--save-value", str(sample.folder / "value")).stdout
        (sample.folder / "repaired").write_bytes(b"fine now")

        replayed = sample.dlq("replay", "0:1", "--value-file", str(sample.folder / "repaired"))

        eventually(lambda: sample.handed_off() == ["0:2"])
    assert (len(listed), listed[1].split()[0], "an-order" in listed[1]) == (3, "0:0", True)
    assert (sample.folder / "value").read_bytes() == b"malformed too"
    assert "x-dlq-source-offset: 1" in shown
    assert replayed.stdout == "replayed 0:1\n"
    sent = broker.records(sample.topic)[2]
    assert (sent.key, sent.value) == (b"an-order", b"fine now")
    assert dict(sent.headers) == {"x-replayed-from": f"{sample.topic}.dlq/0:1".encode()}
    waiting, everything = sample.dlq("list").stdout, sample.dlq("list", "--all").stdout
    dead_letters = [line.split()[0] for line in waiting.splitlines()[1:]]
    assert (dead_letters, "0:1 (replayed)" in everything) == (["0:0"], True)
    assert broker.committed(f"{sample.group}.dlq", f"{sample.topic}.dlq") == {0: 0}


def test_dead_letters_of_other_groups_are_not_seen(sample: Sample, broker: Broker) -> None:
    foreign = (("x-dlq-group", b"another-group"), ("x-dlq-source-topic", sample.topic.encode()))
    broker.send(f"{sample.topic}.dlq", b"malformed", headers=foreign)

    listed = sample.dlq("list")

    assert listed.stdout == "no dead letters\n"


def test_the_service_has_the_commands_and_an_error_is_one_line(sample: Sample) -> None:
    shown = run_to_end(SERVICE, "dlq", sample.environment, "show", "0:7")

    assert shown == (1, "there is no dead letter 0:7 of this group\n")


def test_a_malformed_dead_letter_is_explained(sample: Sample) -> None:
    shown = sample.dlq("show", "seven")

    assert shown.exit_code == 2
    assert "PARTITION:OFFSET" in shown.stderr
