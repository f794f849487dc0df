"""The command line of the Kafka library: python -m libs.kafka topics."""

from threading import Event

import typer
from pydantic import Field

from libs.contracts.settings import TopicSettings
from libs.kafka.client.options import connection_options
from libs.kafka.client.topics import Topics
from libs.lifecycle.starting import start
from libs.lifecycle.stopping import end_job_on_signal
from libs.lifecycle.waiting import wait_until_ready
from libs.settings.groups import KafkaRoleSettings


class TopicsSettings(KafkaRoleSettings, TopicSettings):
    topic_partitions: int = Field(6, alias="KAFKA_TOPIC_PARTITIONS", ge=1)
    topic_replication: int = Field(1, alias="KAFKA_TOPIC_REPLICATION", ge=1)


cli = typer.Typer(
    name="python -m libs.kafka",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.callback()
def about() -> None:
    """Prepare Kafka for the services."""


@cli.command()
def topics() -> None:
    """Wait for the broker and create missing topics, each with its dead-letter topic."""
    settings = start(TopicsSettings)
    end_job_on_signal()
    broker = Topics(connection_options(settings))
    wait_until_ready(
        "kafka",
        lambda: broker.create(
            settings.topics,
            partitions=settings.topic_partitions,
            replication=settings.topic_replication,
        ),
        stop=Event(),
    )


if __name__ == "__main__":
    cli()
