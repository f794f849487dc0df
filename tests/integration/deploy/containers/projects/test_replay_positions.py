"""How long a broker keeps the positions of replayed dead letters."""

from collections.abc import Mapping

from deploy.local.engines.kafka import FIXED_SETTINGS
from libs.kafka.client.topics import DEAD_LETTER_RETENTION_MS
from tests.compose.projects import Service


def test_positions_outlive_the_dead_letters_on_either_broker(
    all_containers: Mapping[str, Service],
) -> None:
    kept_minutes = [
        int(all_containers["kafka"]["environment"]["KAFKA_OFFSETS_RETENTION_MINUTES"]),
        int(FIXED_SETTINGS["offsets.retention.minutes"]),
    ]

    assert min(kept_minutes) * 60_000 > DEAD_LETTER_RETENTION_MS
