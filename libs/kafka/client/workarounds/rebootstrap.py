"""Makes kafka-python's clients ask KAFKA_BROKERS again after all known brokers have moved."""

import random
import time
from typing import cast

from kafka.net.manager import KafkaConnectionManager

OUT_OF_DATE_AFTER_AGES = 4
"""Multiples of metadata_max_age_ms, which is 30 s. After two minutes without metadata no known
broker can be reached."""


class RebootstrappingManager(KafkaConnectionManager):
    """Asks a bootstrap server while the metadata is out of date.

    By itself the client asks them only when it is created. Later it uses only the addresses that
    the brokers last reported.
    """

    def least_loaded_node(self) -> int | str | None:
        asked = self._bootstrap_servers() if self._is_out_of_date() else []
        return random.choice(asked) if asked else self._known_node()  # noqa: S311  # no secret

    def _known_node(self) -> int | str | None:
        node: int | str | None = KafkaConnectionManager.least_loaded_node(self)
        return node

    def _is_out_of_date(self) -> bool:
        age_ms = time.monotonic() * 1000 - self.cluster._last_successful_refresh_ms  # noqa: SLF001
        longest_age_ms = cast("int", self.cluster.config["metadata_max_age_ms"])
        return bool(age_ms > longest_age_ms * OUT_OF_DATE_AFTER_AGES)

    def _bootstrap_servers(self) -> list[str]:
        """Return the servers that have not just refused a connection."""
        delay_s = self.connection_delay
        nodes = [each.node_id for each in self.cluster.bootstrap_brokers()]
        return [node for node in nodes if not delay_s(node)]  # type: ignore[no-untyped-call]  # it has no types
