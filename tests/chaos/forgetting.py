"""Ships that nobody but the database knows of any more."""

from libs.testing.eventually import eventually
from tests.chaos.postgres_faults import superuser
from tests.chaos.scenario import Stage

WORKER = "assembly-worker"

REDRIVES = "SELECT coalesce(sum(redrives), 0)::integer FROM outbox"


def forget_ships(stage: Stage) -> None:
    """Make Redis forget everything, and kill the worker that holds the countdowns."""
    pid = stage.roles.pid(WORKER)
    with stage.redis() as redis:
        redis.flushall()
        stage.roles.kill(WORKER)
    eventually(lambda: stage.roles.pid(WORKER) != pid)


def redrives(stage: Stage) -> int:
    """Count how often ships that did not come were asked for again."""
    with superuser(stage, database="order") as session, session.cursor() as cursor:
        cursor.execute(REDRIVES)
        [(times,)] = cursor.fetchall()
    return int(times)
