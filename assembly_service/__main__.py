"""python -m assembly_service <role>."""

from assembly_service.config.settings import SERVICE
from libs.lifecycle.cli import service_cli

ROLES = {
    "consumer": "assembly_service.app.roles.consumer:run_consumer",
    "worker": "assembly_service.app.roles.worker:run_worker",
}

GROUPS = {
    "dlq": "assembly_service.app.commands:dlq_cli",
}

if __name__ == "__main__":
    service_cli(SERVICE, ROLES, groups=GROUPS)()
