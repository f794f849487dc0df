"""python -m inventory_service <role>."""

from inventory_service.config.settings import SERVICE
from libs.lifecycle.cli import service_cli

ROLES = {
    "grpc": "inventory_service.app.roles:run_grpc",
}

COMMANDS = {
    "migrate": "inventory_service.app.commands:run_migrate",
}

if __name__ == "__main__":
    service_cli(SERVICE, ROLES, commands=COMMANDS)()
