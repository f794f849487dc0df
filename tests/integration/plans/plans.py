"""The plans of all statements of an engine, as PostgreSQL executed them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event


@dataclass(frozen=True, slots=True)
class Plan:
    statement: str
    root: dict[str, Any]

    @property
    def buffers(self) -> int:
        """Pages of 8 KiB that were read or written, also in the cache."""
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])

    @property
    def scanned(self) -> list[str]:
        """Tables with a sequential scan."""
        return [
            node["Relation Name"]
            for node in _nodes(self.root)
            if node["Node Type"] == "Seq Scan" and "Filter" in node
        ]

    @property
    def rows_read(self) -> int:
        """Most rows of one scan, including filtered ones."""
        return max((_rows_read(node) for node in _nodes(self.root)), default=0)

    def __str__(self) -> str:
        words = " ".join(self.statement.split())
        nodes = ", ".join(
            f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name') or ''}"
            f" ({_rows_read(node)} rows)"
            for node in _nodes(self.root)
        )
        return f"{self.rows_read} rows, {self.buffers} pages: {words[:200]} | {nodes}"


@dataclass(frozen=True, slots=True)
class Plans:
    """Runs EXPLAIN ANALYZE on each statement before it is executed, and rolls it back."""

    seen: list[Plan] = field(default_factory=list)

    def explain(
        self, connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: object
    ) -> None:
        if not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement):
            return
        in_transaction = not connection.connection.dbapi_connection.autocommit  # type: ignore[union-attr]  # psycopg2's own
        with closing(connection.connection.cursor()) as cursor:
            if in_transaction:
                cursor.execute("SAVEPOINT explained")
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
            [([explained],)] = cursor.fetchall()
            self.seen.append(Plan(statement, explained["Plan"]))
            if in_transaction:
                cursor.execute("ROLLBACK TO SAVEPOINT explained")


@contextmanager
def plans_of(engine: Engine) -> Iterator[Plans]:
    plans = Plans()
    event.listen(engine, "before_cursor_execute", plans.explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", plans.explain)


Work = tuple[int, Callable[[], object]]
"""Number of rows that it may read."""


def assert_bounded(engine: Engine, works: Iterable[Work], *, small_tables: Collection[str]) -> None:
    """Do each work and require that its statements read only its own rows.

    Writing a row touches some pages of each index. A small table may be scanned.
    """
    wrong: list[str] = []
    for rows, work in works:
        with plans_of(engine) as plans:
            work()
        assert plans.seen
        wrong += [
            str(plan)
            for plan in plans.seen
            if set(plan.scanned).difference(small_tables)
            or plan.rows_read > 4 * rows
            or plan.buffers > 100 * rows + 100
        ]
    assert not wrong, "\n".join(wrong)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _rows_read(node: dict[str, Any]) -> int:
    if "Scan" not in node["Node Type"]:
        return 0
    unwanted = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + unwanted) * node["Actual Loops"])
