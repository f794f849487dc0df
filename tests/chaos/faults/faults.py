"""Every scenario by name."""

from tests.chaos.faults.engines.kafka_faults import KAFKA_SCENARIOS
from tests.chaos.faults.engines.postgres_faults import DATABASE_SCENARIOS
from tests.chaos.faults.engines.redis_faults import REDIS_SCENARIOS
from tests.chaos.faults.engines.refusing_faults import REFUSING_SCENARIOS
from tests.chaos.faults.peers.peer_faults import PEER_SCENARIOS
from tests.chaos.faults.role_faults import ROLE_SCENARIOS
from tests.chaos.soak import SOAK_SCENARIOS

SCENARIOS = (
    *ROLE_SCENARIOS,
    *REDIS_SCENARIOS,
    *REFUSING_SCENARIOS,
    *KAFKA_SCENARIOS,
    *DATABASE_SCENARIOS,
    *PEER_SCENARIOS,
    *SOAK_SCENARIOS,
)
