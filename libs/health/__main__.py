"""python -m libs.health: exit 1 if a role with its heartbeat in STATE_DIR is silent for 30 s.

For containers, which run one role each and check every few seconds. It imports almost nothing and
costs a tenth of python -m <service> health <role>.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from libs.health.heartbeat import DEFAULT_STATE_DIR, roles_begun, unhealthy_reason


def complaints(state_dir: Path) -> Iterator[str]:
    """Return the problem of each unhealthy role. A directory without heartbeats is a problem."""
    roles = sorted(roles_begun(state_dir))
    if not roles:
        yield f"no heartbeat in {state_dir}"
    for role in roles:
        if reason := unhealthy_reason(state_dir, role):
            yield f"{role}: {reason}"


if __name__ == "__main__":
    sys.exit("\n".join(complaints(Path(os.environ.get("STATE_DIR") or DEFAULT_STATE_DIR))) or 0)
