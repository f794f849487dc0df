"""A client of kafka-python that asks KAFKA_BROKERS again when all it knew have moved."""

import random
import time
from typing import cast

from kafka.net.manager import KafkaConnectionManager

OUT_OF_DATE_AFTER_AGES = 4
"""Times metadata_max_age_ms, which is 30 s: after two minutes without an answer about the cluster
no broker that is known can be reached."""


class RebootstrappingManager(KafkaConnectionManager):
    """Asks a bootstrap server while what is known of the cluster is out of date.

    By itself the client asks them only when it is made, and then for ever those addresses that the
    brokers last gave of themselves.
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
        """Return those that have not just refused a connection."""
        delay_s = self.connection_delay
        nodes = [each.node_id for each in self.cluster.bootstrap_brokers()]
        return [node for node in nodes if not delay_s(node)]  # type: ignore[no-untyped-call]  # it has no types
