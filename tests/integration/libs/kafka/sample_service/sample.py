"""One running sample service: its environment, what it was handed, and its dlq command."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from libs.contracts.events.declared import EVENTS
from libs.health.heartbeat import unhealthy_reason
from tests.integration.libs.kafka.sample_service.__main__ import SERVICE, dead_letters


@dataclass(frozen=True, slots=True)
class Sample:
    connection: Mapping[str, str]
    """The variables of its connection to Kafka."""
    topic: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **self.connection,
            **{event.topic_variable: self.topic for event in EVENTS},
            "GROUP": self.group,
            "STATE_DIR": str(self.folder),
            "HANDED_OFF": str(self.folder / "handed_off"),
            "OUTAGE": str(self.folder / "outage"),
        }

    @property
    def group(self) -> str:
        return f"group.{self.topic}"

    def handed_off(self) -> list[str]:
        file = self.folder / "handed_off"
        return file.read_text().split() if file.exists() else []

    def sick_because(self) -> str | None:
        return unhealthy_reason(self.folder, f"{SERVICE}.consumer")

    def dlq(self, *arguments: str) -> Result:
        """Run the service's dlq command in this process."""
        return CliRunner().invoke(dead_letters(), arguments, env=self.environment)
