"""What the running broker says of its own settings."""

from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from libs.engines.engine import LOOPBACK
from libs.kafka.connection import open_client
from tests.rehearsal import cp_kafka
from tests.rehearsal.plan import Plan
from tests.rehearsal.problem import Problem

OF_A_LISTENER = "listener.name."
"""Properties that the broker does not list; that clients get in proves them."""


def check_broker(plan: Plan) -> int:
    """Log in from this machine; return how many properties the broker has as configured.

    Raises Problem naming those of which it knows nothing, or something else.
    """
    place = plan.places["kafka"]
    asked = {
        name: place.mounts.text(value)
        for name, value in cp_kafka.properties(place.environment).items()
        if not name.startswith(OF_A_LISTENER)
    }
    known = _settings(plan)
    wrong = [
        f"{name} is {known.get(name, 'nothing that it knows')} instead of {value}"
        for name, value in asked.items()
        if known.get(name) != value
    ]
    if wrong:
        raise Problem("kafka: " + "; ".join(wrong))
    return len(asked)


def operators_connection(plan: Plan) -> dict[str, Any]:
    """Return what a client on this machine needs to log in."""
    client = plan.places["kafka-topics"].environment
    return {
        "bootstrap_servers": [f"{LOOPBACK}:{plan.published('kafka')}"],
        "security_protocol": client["KAFKA_SECURITY_PROTOCOL"],
        "sasl_mechanism": client["KAFKA_SASL_MECHANISM"],
        "sasl_plain_username": client["KAFKA_SASL_USERNAME"],
        "sasl_plain_password": client["KAFKA_SASL_PASSWORD"],
    }


def _settings(plan: Plan) -> dict[str, str]:
    admin = open_client(KafkaAdminClient, operators_connection(plan))
    try:
        number = plan.places["kafka"].environment["KAFKA_NODE_ID"]
        resource = ConfigResource(ConfigResourceType.BROKER, number)
        (settings,) = admin.describe_configs([resource], config_filter="all")["broker"].values()
    finally:
        admin.close()
    return {name: each["value"] for name, each in settings.items()}
