"""Every scenario by name."""

from tests.chaos.engine_faults import ENGINE_SCENARIOS
from tests.chaos.peer_faults import PEER_SCENARIOS
from tests.chaos.role_faults import ROLE_SCENARIOS

SCENARIOS = (*ROLE_SCENARIOS, *ENGINE_SCENARIOS, *PEER_SCENARIOS)
