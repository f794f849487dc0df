"""Every scenario by name."""

from tests.chaos.kafka_faults import KAFKA_SCENARIOS
from tests.chaos.peer_faults import PEER_SCENARIOS
from tests.chaos.postgres_faults import DATABASE_SCENARIOS
from tests.chaos.redis_faults import REDIS_SCENARIOS
from tests.chaos.refusing_faults import REFUSING_SCENARIOS
from tests.chaos.role_faults import ROLE_SCENARIOS
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
