"""Problems of Redis and of the databases."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from deploy.shipyard.output import as_duration, as_moment
from deploy.shipyard.problems.looks import STEADY_S, Looks, lasted_s
from deploy.shipyard.readings.sessions import LONG_TRANSACTION_S, RedisSeen
from libs.postgres.locks import Holder

FULL = 0.97
"""Share of the limit at which Redis counts as full: it refuses a command that does not fit."""

EMPTIED_LATELY_S = 600


def emptied(looks: Looks[RedisSeen], now: datetime) -> Iterator[str]:
    """Name that Redis was emptied in the last ten minutes."""
    redis = looks[-1].answer
    last = _last_emptied(looks)
    if last is None or (ago_s := (now - last).total_seconds()) > EMPTIED_LATELY_S:
        return
    times = "once" if redis.emptied == 1 else f"{redis.emptied} times"
    since = as_moment(redis.started_at)
    yield f"redis was emptied {times} since {since}, last {as_duration(max(ago_s, 0))} ago"


def full(redis: RedisSeen) -> Iterator[str]:
    """Name that no more fits into Redis."""
    if redis.full is not None and redis.full >= FULL:
        then = "refuses writes" if redis.policy == "noeviction" else "drops keys"
        yield f"redis is full: {min(redis.full, 1):.0%} of its limit, {then}"


def locking(database: str, looks: Looks[Sequence[Holder]], now: datetime) -> Iterator[str]:
    """Name the sessions that hold rows for long, or that others wait for.

    When another user's transaction began is hidden; it is as old as the looks that saw it.
    """
    for holder in looks[-1].answer:
        seen_s = lasted_s(looks, partial(_is_held, holder.key))
        age_s = (now - holder.since).total_seconds() if holder.since else seen_s
        is_long = age_s >= (LONG_TRANSACTION_S if holder.since else STEADY_S)
        if is_long or (holder.blocks and age_s >= STEADY_S):
            others = f", {holder.blocks} wait for it" if holder.blocks else ""
            yield (
                f"session {holder.pid} ({holder.user_name}) locks {', '.join(holder.tables)}"
                f" of {database} since {as_duration(age_s)}{others}"
            )


def _is_held(key: tuple[int, str], holders: Sequence[Holder]) -> bool:
    return any(each.key == key for each in holders)


def _last_emptied(looks: Looks[RedisSeen]) -> datetime | None:
    """Return when the count grew; else since when there is something in Redis again."""
    for before, after in zip(reversed(looks[:-1]), reversed(looks[1:]), strict=True):
        if after.answer.emptied > before.answer.emptied:
            return after.at
    redis = looks[-1].answer
    return redis.filled_since if redis.emptied else None
