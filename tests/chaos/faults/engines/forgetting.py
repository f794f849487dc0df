"""Ships that nobody but the database knows of any more."""

from tests.chaos.judging.database import rows_of
from tests.chaos.scenario import Stage

WORKER = "assembly-worker"

REDRIVES = "SELECT coalesce(sum(redrives), 0)::integer FROM outbox"


def forget_ships(stage: Stage) -> None:
    """Make Redis forget everything, and kill the worker that holds the countdowns."""
    with stage.redis() as redis:
        redis.flushall()
        stage.roles.kill(WORKER)
    stage.roles.wait_for(WORKER)


def redrives(stage: Stage) -> int:
    """Count how often ships that did not come were asked for again."""
    [(times,)] = rows_of(stage, "order", REDRIVES)
    return int(times)
