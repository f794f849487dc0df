"""python -m order_service <role>."""

from libs.lifecycle.cli import service_cli
from order_service.config.settings import SERVICE

ROLES = {
    "http": "order_service.app.roles.http:run_http",
    "relay": "order_service.app.roles.relay:run_relay",
    "consumer": "order_service.app.roles.consumer:run_consumer",
    "worker": "order_service.app.roles.worker:run_worker",
}

COMMANDS = {
    "migrate": "order_service.app.commands.migrate:run_migrate",
    "check": "order_service.app.commands.check:run_check",
}

GROUPS = {
    "dlq": "order_service.app.commands.dlq:dlq_cli",
    "payments": "order_service.app.commands.payments:payments_cli",
}

if __name__ == "__main__":
    service_cli(SERVICE, ROLES, commands=COMMANDS, groups=GROUPS)()
