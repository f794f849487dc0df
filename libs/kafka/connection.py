"""How every client of this system reaches Kafka."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kafka.net.compat import KafkaNetClient

from libs.settings.groups import KafkaSettings

Client = TypeVar("Client")


def connection_options(settings: KafkaSettings) -> dict[str, Any]:
    """Keyword arguments common to kafka-python's producer, consumer and admin client."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_brokers.split(","),
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_sasl_mechanism:
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_sasl_username
        options["sasl_plain_password"] = (
            settings.kafka_sasl_password and settings.kafka_sasl_password.get_secret_value()
        )
    if settings.kafka_ssl_cafile:
        options["ssl_cafile"] = str(settings.kafka_ssl_cafile)
    return options


def open_client(kind: Callable[..., Client], options: Mapping[str, Any]) -> Client:
    """Construct one of kafka-python's clients; raises KafkaError if no broker answers.

    A constructor that fails leaves its thread and sockets behind. Whoever tries again and again
    while the broker is away would run out of both, so they are closed here.
    """
    opened: list[KafkaNetClient] = []

    def open_net(*args: Any, **settings: Any) -> KafkaNetClient:
        net = KafkaNetClient(*args, **settings)
        opened.append(net)
        return net

    try:
        return kind(kafka_client=open_net, **options)
    except BaseException:
        for net in opened:
            net.close()
        raise
