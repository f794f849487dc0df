"""Reads which database sessions hold up others, and how Redis is."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import NoPermissionError, RedisError
from sqlalchemy import Connection, Engine, text

from libs.postgres.locks import HOLDS_ROWS
from libs.postgres.transactions import run_autocommit
from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.backlog import ANSWER_TIMEOUT_S
from libs.tasks.redis.queue_gauges import SINCE

LONG_TRANSACTION_S = 5
"""Nobody waits for a row that others skip, but its session still holds it up."""

BLOCKERS = text(f"""
    SELECT holder.pid, holder.usename AS user_name, holder.state, holder.xact_start AS since,
        extract(epoch FROM now() - holder.xact_start)::float AS age_s, count(waiting.pid) AS blocks,
        extract(epoch FROM max(now() - waiting.query_start))::float AS they_wait_s,
        (
            SELECT string_agg(DISTINCT held.relation::regclass::text, ', ')
            FROM pg_locks AS held WHERE held.pid = holder.pid AND {HOLDS_ROWS}
        ) AS locks,
        left(regexp_replace(holder.query, '\\s+', ' ', 'g'), 100) AS query
    FROM pg_stat_activity AS holder LEFT JOIN pg_stat_activity AS waiting
        ON waiting.wait_event_type = 'Lock' AND holder.pid = ANY(pg_blocking_pids(waiting.pid))
    WHERE holder.datname = current_database() AND (
        waiting.pid IS NOT NULL
        OR holder.xact_start < now() - interval '{LONG_TRANSACTION_S} seconds'
        OR holder.xact_start IS NULL AND EXISTS (
            SELECT FROM pg_locks AS held WHERE held.pid = holder.pid AND {HOLDS_ROWS}
        )
    )
    GROUP BY holder.pid, user_name, holder.state, since, holder.query
    ORDER BY blocks DESC, since
    LIMIT 100
""")  # noqa: S608  # constants of this module


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisSeen:
    """The state of Redis. emptied counts FLUSHALL and FLUSHDB since it was started.

    filled_since is when a metrics scrape first found it new or empty; None without scrapes.
    """

    started_at: datetime
    emptied: int
    filled_since: datetime | None
    keys: int
    used_mib: float
    limit_mib: float | None
    full: float | None
    """Share of the limit."""
    policy: str
    evicted: int


def blockers(engine: Engine) -> list[dict[str, Any]]:
    """Return the sessions that block others, or that keep a transaction open for over 5 s.

    Of another user's session only a superuser sees what it does and since when; it is shown if it
    holds rows. Raises DatabaseUnavailable.
    """

    def read(tx: Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in tx.execute(BLOCKERS).mappings()]

    return run_autocommit(engine, read)


def see_redis(broker_url: str) -> RedisSeen:
    """Ask Redis for its own state. Raises QueueUnavailable."""
    try:
        with Redis.from_url(
            broker_url, socket_timeout=ANSWER_TIMEOUT_S, socket_connect_timeout=ANSWER_TIMEOUT_S
        ) as redis:
            told: dict[str, Any] = redis.info("all")
            keys = int(redis.dbsize())
            filled_since = _filled_since(redis)
    except (RedisError, OSError) as error:
        raise QueueUnavailable(f"redis: {error}") from error
    limit = int(told.get("maxmemory", 0))
    calls = [told.get(f"cmdstat_{each}", {}).get("calls", 0) for each in ("flushall", "flushdb")]
    return RedisSeen(
        started_at=datetime.now(UTC) - timedelta(seconds=int(told["uptime_in_seconds"])),
        emptied=sum(calls),
        filled_since=filled_since,
        keys=keys,
        used_mib=told["used_memory"] / 2**20,
        limit_mib=limit / 2**20 if limit else None,
        full=told["used_memory"] / limit if limit else None,
        policy=str(told.get("maxmemory_policy", "")),
        evicted=int(told.get("evicted_keys", 0)),
    )


def _filled_since(redis: Redis) -> datetime | None:
    with suppress(NoPermissionError):
        if since := redis.get(SINCE):
            return datetime.fromtimestamp(float(since), UTC)
    return None
