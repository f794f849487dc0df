"""The deadline of a command, which counts from the start of its process."""

import subprocess
import sys
import time

HANGS_S = 60

WELL_WITHIN_S = 20
"""Less than the server hangs, and more than a busy machine needs."""

COMMAND = f"""
import time
from deploy.shipyard.asking import ask_all
answers, away = ask_all(dict(Redis=lambda: time.sleep({HANGS_S}), Kafka=lambda: 7))
print(answers, *away)
"""


def test_a_command_ends_long_before_a_server_that_hangs() -> None:
    begun_s = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-c", COMMAND], capture_output=True, text=True, check=True
    )

    assert done.stdout == "{'Kafka': 7} Redis is away: it does not answer in time\n"
    assert time.monotonic() - begun_s < WELL_WITHIN_S
