"""How long a task may be held; loads no library."""

VISIBILITY_TIMEOUT_S = 60
"""Seconds after which Redis redelivers an unacknowledged message. It is the same for every service,
because the shortest one wins on a shared Redis."""

LONGEST_COUNTDOWN_S = 20
LONGEST_RUN_S = 30
"""Seconds that a task may wait, and run. Together they are below the visibility timeout; otherwise
Redis redelivers a task that a worker still holds.

Time spent waiting for a free thread is not included: a task that waits for a minute is redelivered
and runs a second time, and if both runs fail, both are queued again. So few attempts may hold a
thread for seconds and fail: see libs.kafka.client.circuit_breaker."""
