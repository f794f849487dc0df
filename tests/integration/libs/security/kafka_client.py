"""A system of one topic and one consumer service, configured only by environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from libs.contracts.events.declared import EVENTS
from libs.kafka.client.connection import connection_options
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord
from libs.settings.groups import KafkaSettings
from tests.integration.libs.kafka.sample_service.__main__ import SERVICE
from tests.support.roles import running_role

PLACED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Client:
    environment: Mapping[str, str]
    topic: str
    folder: Path

    @property
    def settings(self) -> KafkaSettings:
        return KafkaSettings.model_validate(self.environment)

    @property
    def group(self) -> str:
        return f"group.{self.topic}"

    @property
    def variables(self) -> dict[str, str]:
        return {
            **self.environment,
            **{event.topic_variable: self.topic for event in EVENTS},
            "GROUP": self.group,
            "STATE_DIR": str(self.folder),
            "HANDED_OFF": str(self.folder / "handed_off"),
            "OUTAGE": str(self.folder / "outage"),
        }

    def create_topics(self) -> None:
        with running_role("libs.kafka", "topics", self.variables) as topics:
            assert topics.wait_for_exit(within_s=30) == 0, topics.output

    def publish(self, *values: bytes) -> None:
        publisher = KafkaPublisher(connection_options(self.settings))
        records = [
            OutgoingRecord(topic=self.topic, key=None, value=value, timestamp=PLACED_AT)
            for value in values
        ]
        published = publisher.publish(records)
        publisher.close()
        assert published.failures == ()

    def handed_off(self) -> list[str]:
        file = self.folder / "handed_off"
        return file.read_text().split() if file.exists() else []

    def dlq(self, *arguments: str) -> str:
        with running_role(SERVICE, "dlq", self.variables, *arguments) as command:
            assert command.wait_for_exit(within_s=30) == 0, command.output
            return command.output
