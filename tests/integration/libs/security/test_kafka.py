"""Kafka with logins and TLS: every client is configured only by environment."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from libs.kafka.client.options import connection_options
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord
from libs.settings.base import EXIT_BAD_CONFIGURATION
from libs.settings.groups import KafkaSettings
from order_service.client.evidence import see_dead_letters, see_progress
from tests.integration.libs.kafka.sample_service.__main__ import SERVICE
from tests.integration.libs.kafka.sample_service.sample import Sample
from tests.integration.libs.security.conftest import WORD, GuardedKafka
from tests.support.eventually import eventually
from tests.support.roles import run_to_end, running_role

LINES_OF_A_CLEAR_LOG = 15

WAYS_IN = [
    ("SSL", ""),
    ("SASL_PLAINTEXT", "PLAIN"),
    ("SASL_PLAINTEXT", "SCRAM-SHA-512"),
    ("SASL_SSL", "PLAIN"),
    ("SASL_SSL", "SCRAM-SHA-512"),
]


def connection_of(sample: Sample) -> dict[str, Any]:
    return connection_options(KafkaSettings.model_validate(sample.connection))


def create_topics_and_publish(sample: Sample, *values: bytes) -> None:
    exit_code, output = run_to_end("libs.kafka", "topics", sample.environment)
    assert exit_code == 0, output
    publisher = KafkaPublisher(connection_of(sample))
    records = [OutgoingRecord(topic=sample.topic, key=None, value=value) for value in values]
    publisher.publish(records).ensure_complete()
    publisher.close()


@pytest.mark.parametrize(("protocol", "mechanism"), WAYS_IN)
def test_topics_are_created_and_records_published_handed_off_dead_lettered_and_replayed(
    guarded_kafka: GuardedKafka, topic: str, tmp_path: Path, protocol: str, mechanism: str
) -> None:
    sample = Sample(guarded_kafka.environment(protocol, mechanism), topic, tmp_path)
    create_topics_and_publish(sample, b"fine", b"malformed")

    with running_role(SERVICE, "consumer", sample.environment):
        eventually(sample.handed_off, within_s=20)
        eventually(lambda: "malformed" in sample.dlq("list").stdout, within_s=20)

    assert len(sample.handed_off()) == 1
    replay = sample.dlq("replay")
    assert (replay.exit_code, "replayed" in replay.stdout) == (0, True)


def test_progress_and_dead_letters_are_seen_through_a_login_over_tls(
    guarded_kafka: GuardedKafka, topic: str, tmp_path: Path
) -> None:
    sample = Sample(guarded_kafka.environment("SASL_SSL", "SCRAM-SHA-512"), topic, tmp_path)
    create_topics_and_publish(sample, b"fine")
    connection = connection_of(sample)

    (progress,) = see_progress(connection, [topic], expected={sample.group: topic})

    assert [progress.group, sum(progress.ends.values())] == [sample.group, 1]
    assert see_dead_letters(connection, [progress]) == frozenset()


@dataclass(frozen=True, slots=True)
class Mistake:
    protocol: str
    changes: dict[str, str]
    said: str


MISTAKES = {
    "a wrong password over SCRAM": Mistake(
        "SASL_SSL", {"KAFKA_SASL_PASSWORD": "wrong"}, "the broker refuses the login"
    ),
    "a wrong password in the clear": Mistake(
        "SASL_PLAINTEXT",
        {"KAFKA_SASL_PASSWORD": "wrong", "KAFKA_SASL_MECHANISM": "PLAIN"},
        "the broker refuses the login: Authentication failed: Invalid username or password",
    ),
    "an unknown authority": Mistake(
        "SASL_SSL", {"KAFKA_SSL_CAFILE": "foreign"}, "unable to get local issuer certificate"
    ),
    "plaintext where TLS is spoken": Mistake(
        "SSL", {"KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}, "disconnects a client of"
    ),
    "no login where one is asked for": Mistake(
        "SASL_SSL", {"KAFKA_SECURITY_PROTOCOL": "SSL"}, "disconnects a client of"
    ),
    "a mechanism that the broker does not offer": Mistake(
        "SASL_SSL", {"KAFKA_SASL_MECHANISM": "SCRAM-SHA-256"}, "KAFKA_SASL_MECHANISM"
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_role_whose_login_is_refused_logs_why_once_and_waits(
    guarded_kafka: GuardedKafka, topic: str, tmp_path: Path, foreign_ca: Path, mistake: Mistake
) -> None:
    right = guarded_kafka.environment(mistake.protocol, "SCRAM-SHA-512")
    wrong = {**right, **mistake.changes}
    if wrong.get("KAFKA_SSL_CAFILE") == "foreign":
        wrong["KAFKA_SSL_CAFILE"] = str(foreign_ca)

    with running_role(SERVICE, "consumer", Sample(wrong, topic, tmp_path).environment) as role:
        role.wait_for_output("waiting_for_dependency", within_s=20)
        output = role.output
        role.terminate()
        exit_code = role.wait_for_exit()

    lines = [json.loads(line) for line in output.splitlines()]
    (reason,) = {line["reason"] for line in lines if line["event"] == "waiting_for_dependency"}
    assert mistake.said in reason
    assert len(lines) < LINES_OF_A_CLEAR_LOG
    assert "Traceback" not in output
    assert exit_code == 0


@pytest.mark.parametrize(
    "changes",
    [{"KAFKA_SSL_CAFILE": "/nowhere/ca.pem"}, {"KAFKA_SASL_PASSWORD": ""}],
    ids=["no such file", "half a login"],
)
def test_an_environment_that_can_never_work_is_a_bad_configuration(
    topic: str, tmp_path: Path, guarded_kafka: GuardedKafka, changes: dict[str, str]
) -> None:
    wrong = {**guarded_kafka.environment("SASL_SSL", "PLAIN"), **changes}

    exit_code, output = run_to_end(SERVICE, "consumer", Sample(wrong, topic, tmp_path).environment)

    assert exit_code == EXIT_BAD_CONFIGURATION
    assert output.startswith("bad configuration: ")
    assert len(output.splitlines()) == 1


def test_a_command_whose_login_is_refused_ends_with_one_line(
    guarded_kafka: GuardedKafka, topic: str, tmp_path: Path
) -> None:
    right = guarded_kafka.environment("SASL_SSL", "SCRAM-SHA-512")
    wrong = Sample({**right, "KAFKA_SASL_PASSWORD": "wrong"}, topic, tmp_path)

    exit_code, output = run_to_end(SERVICE, "dlq", wrong.environment, "list")

    assert exit_code == 1
    assert output.splitlines()[-1].startswith("kafka: the broker refuses the login")
    assert WORD not in output
    assert "wrong" not in output
