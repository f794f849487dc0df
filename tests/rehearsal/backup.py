"""A database's backup, as docs/deploy.md has it, and its restore beside the original."""

from tests.rehearsal.place import Place
from tests.rehearsal.plan import Plan
from tests.rehearsal.problem import Problem

RESTORED = "restored"

COUNT = "SELECT count(*) FROM orders"


def back_up_and_restore(plan: Plan) -> int:
    """Dump the orders, restore them elsewhere, and return how many there are. Raises Problem."""
    place = plan.places["order-postgres"]
    owner, name = (place.environment[f"POSTGRES_{key}"] for key in ("USER", "DB"))
    user = f"--username={owner}"
    psql = ("psql", "--quiet", "--no-align", "--tuples-only", user)
    dump = _done(place, ("pg_dump", user, "--clean", "--if-exists", name))
    _done(place, (*psql, "--command", f"CREATE DATABASE {RESTORED}", name))
    strict = ("--single-transaction", "--set", "ON_ERROR_STOP=1")
    _done(place, (*psql, *strict, RESTORED), given=dump)
    kept = _done(place, (*psql, "--command", COUNT, RESTORED)).strip()
    if not kept.isdecimal() or kept != _done(place, (*psql, "--command", COUNT, name)).strip():
        raise Problem(f"{place.container.name}: the restored database has {kept} orders")
    return int(kept)


def _done(place: Place, argv: tuple[str, ...], *, given: str = "") -> str:
    done = place.run(argv, given=given)
    if done.returncode:
        raise Problem(f"{place.container.name}: {argv[0]}: {done.stdout.strip()}")
    return done.stdout
