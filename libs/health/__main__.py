"""python -m libs.health: exit 1 if a role that lives in STATE_DIR has not moved for 30 s.

For containers, which hold one role each and ask every few seconds: it imports next to
nothing, and so costs a tenth of python -m <service> health <role>.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from libs.health.heartbeat import DEFAULT_STATE_DIR, roles_begun, unhealthy_reason


def complaints(state_dir: Path) -> Iterator[str]:
    """Say what is wrong with each role; a directory in which no role has begun is wrong too."""
    roles = sorted(roles_begun(state_dir))
    if not roles:
        yield f"no heartbeat in {state_dir}"
    for role in roles:
        if reason := unhealthy_reason(state_dir, role):
            yield f"{role}: {reason}"


if __name__ == "__main__":
    sys.exit("\n".join(complaints(Path(os.environ.get("STATE_DIR") or DEFAULT_STATE_DIR))) or 0)
