"""python -m notification_service <role>."""

from libs.lifecycle.cli import service_cli
from notification_service.config.settings import SERVICE

ROLES = {
    "consumer": "notification_service.app.roles.consumer:run_consumer",
    "worker": "notification_service.app.roles.worker:run_worker",
    "bot": "notification_service.app.roles.bot:run_bot",
    "grpc": "notification_service.app.roles.grpc:run_grpc",
}

COMMANDS = {
    "migrate": "notification_service.app.commands.migrate:run_migrate",
}

GROUPS = {
    "dlq": "notification_service.app.commands.dlq:dlq_cli",
}

if __name__ == "__main__":
    service_cli(SERVICE, ROLES, commands=COMMANDS, groups=GROUPS)()
