"""shipyard lag: how far each consumer group is behind."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import typer

from deploy.shipyard.asking import ask_all
from deploy.shipyard.exits import ExitCode
from deploy.shipyard.output import AsJson, Row, show, warn
from deploy.shipyard.servers import KAFKA, Servers, of_this_process
from libs.clock import utc_now
from libs.kafka.client.observing.commits import Place, last_commits
from order_service.client.evidence import see_progress
from order_service.model.evidence import Progress

COMMITS = "Kafka's topic of commits"


def lag(
    *,
    total: Annotated[bool, typer.Option("--total", help="A line per group and topic.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how far every consumer group is behind.

    A line per partition, with the time of the last commit.

    Example: shipyard lag --total
    """
    found, away = ask_all(questions(of_this_process()))
    rows = list(rows_of(found.get(KAFKA, ()), found.get(COMMITS, {})))
    if KAFKA in found:
        shown = totals(rows) if total else rows
        brief = dict if total else _in_brief
        show(shown, as_json=as_json, nothing="no group reads anything", brief=brief)
    for each in away if KAFKA in found else away[:1]:
        warn(str(each))
    if away:
        raise typer.Exit(ExitCode.AWAY)


def questions(servers: Servers) -> dict[str, Any]:
    expected = {reader.group: reader.topic for reader in servers.readers()}
    topics = servers.topics.topics
    return {
        KAFKA: partial(see_progress, servers.kafka, topics, expected=expected),
        COMMITS: partial(last_commits, servers.kafka),
    }


def rows_of(progress: tuple[Progress, ...], commits: dict[Place, datetime]) -> Iterator[Row]:
    now = utc_now()
    for each in progress:
        for partition, end in sorted(each.ends.items()):
            committed_at = commits.get(Place(each.group, partition))
            committed = each.committed.get(partition, 0)
            yield {
                "group": each.group,
                "topic": partition.topic,
                "partition": partition.partition,
                "committed": committed,
                "end": end,
                "lag": max(0, end - committed),
                "committed_at": committed_at,
                "ago_s": (now - committed_at).total_seconds() if committed_at else None,
            }


def totals(rows: list[Row]) -> list[Row]:
    """Sum the partitions of each group in a topic."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["group"], row["topic"]), []).append(row)
    return [
        {
            "group": group,
            "topic": topic,
            "committed": sum(row["committed"] for row in of),
            "lag": sum(row["lag"] for row in of),
            "committed_at": max(filter(None, (row["committed_at"] for row in of)), default=None),
            "ago_s": min((row["ago_s"] for row in of if row["ago_s"] is not None), default=None),
        }
        for (group, topic), of in groups.items()
    ]


def _in_brief(row: Row) -> Row:
    return {
        "group": row["group"],
        "partition": f"{row['topic']}/{row['partition']}",
        "end": row["end"],
        "lag": row["lag"],
        "commit_ago_s": row["ago_s"],
    }
