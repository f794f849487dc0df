"""Certificates, and servers that require a login or TLS."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.engines.kafka import Kafka
from deploy.local.engines.kafka_listeners import GuardedListeners
from tests.support.servers.broker import Broker
from tests.support.servers.certificates import Certificates
from tests.support.servers.engines import SharedEngines

USER = "shipyard"
WORD = "only-on-loopback"

PROTOCOLS = ("SSL", "SASL_PLAINTEXT", "SASL_SSL")


@dataclass(frozen=True, slots=True)
class GuardedKafka:
    engine: Kafka
    certificates: Certificates

    def environment(self, protocol: str, mechanism: str = "") -> dict[str, str]:
        """Return the environment of a client of this listener."""
        assert self.engine.guarded
        login = {
            "KAFKA_SASL_MECHANISM": mechanism,
            "KAFKA_SASL_USERNAME": USER,
            "KAFKA_SASL_PASSWORD": WORD,
        }
        return {
            "KAFKA_BROKERS": f"127.0.0.1:{self.engine.guarded.ports[protocol]}",
            "KAFKA_SECURITY_PROTOCOL": protocol,
            **(login if protocol.startswith("SASL_") else {}),
            **({"KAFKA_SSL_CAFILE": str(self.certificates.ca)} if "SSL" in protocol else {}),
        }


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.in_folder(tmp_path / "certificates")


@pytest.fixture
def foreign_ca(tmp_path: Path) -> Path:
    """Return the certificate of an authority that signed no certificate of a server."""
    return Certificates.in_folder(tmp_path / "foreign").ca


@pytest.fixture(scope="session")
def guarded_kafka(engines: SharedEngines) -> GuardedKafka:
    certificates = engines.folder / "kafka-certificates"

    def build(folder: Path, ports: Sequence[int]) -> Kafka:
        listeners = GuardedListeners(
            ports=dict(zip(PROTOCOLS, ports[2:], strict=True)),
            users={USER: WORD},
            key_and_chain=Certificates.in_folder(certificates).key_and_certificate,
        )
        return Kafka(state=folder, port=ports[0], controller_port=ports[1], guarded=listeners)

    engine = engines.get("guarded-kafka", build, ports=5)
    return GuardedKafka(engine, Certificates.in_folder(certificates))


@pytest.fixture
def broker(guarded_kafka: GuardedKafka) -> Iterator[Broker]:
    """Return the plaintext listener, for the test's own client."""
    broker = Broker(guarded_kafka.engine.address)
    yield broker
    broker.close()


@pytest.fixture
def topic(broker: Broker) -> Iterator[str]:
    """Yield a unique topic name; the topic and its dead letters are deleted after the test."""
    name = f"test.{uuid.uuid4().hex}"
    yield name
    broker.delete(name, f"{name}.dlq")
