"""The file in which a Prometheus finds the running stack: one of its file_sd_configs."""

import json

from deploy.local.configuration.ports import Ports
from deploy.local.configuration.roles import ROLES
from deploy.local.engines.engine import LOOPBACK


def prometheus_targets(ports: Ports) -> str:
    """Return the file, with a target for each role and for Flower."""
    programs = [(service, role) for service, roles in ROLES.items() for role in roles]
    addresses = dict(zip(programs, ports.each_metrics, strict=False))
    targets = [
        {"targets": [f"{LOOPBACK}:{port}"], "labels": {"service": service, "role": role}}
        for (service, role), port in {**addresses, ("flower", "flower"): ports.flower}.items()
    ]
    return json.dumps(targets, indent=2)
