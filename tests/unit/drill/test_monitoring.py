"""What a drill asks Prometheus for, and what it takes from its answer."""

import json

from deploy.local.configuration.targets import prometheus_targets
from tests.drill.looking import Active, Alert
from tests.drill.monitoring import alerts_of, started_ones
from tests.unit.deploy.builders import environments


def test_an_alert_keeps_the_labels_that_say_what_it_is_about() -> None:
    listed = [
        {
            "labels": {
                "alertname": "RoleDown",
                "severity": "critical",
                "job": "shipyard",
                "instance": "127.0.0.1:19200",
                "service": "order",
                "role": "http",
            },
            "annotations": {"summary": "order http does not answer."},
            "state": "pending",
        }
    ]

    assert alerts_of(listed) == {
        Alert.of("RoleDown", service="order", role="http"): Active(
            is_firing=False, says="order http does not answer."
        )
    }


def test_what_is_not_started_is_not_scraped() -> None:
    listed = json.loads(prometheus_targets(environments().ports))

    kept = started_ones(listed, {"order-http", "assembly-worker"})

    assert [each["labels"] for each in kept] == [
        {"service": "order", "role": "http"},
        {"service": "assembly", "role": "worker"},
    ]
