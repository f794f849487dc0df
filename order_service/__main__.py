"""python -m order_service <role>."""

from libs.lifecycle.door import service_door
from order_service.app.app import SERVICE

ROLES = {
    "http": "order_service.app.http:run_http",
    "relay": "order_service.app.relay:run_relay",
    "consumer": "order_service.app.consumer:run_consumer",
    "worker": "order_service.app.worker:run_worker",
}

COMMANDS = {
    "migrate": "order_service.app.migrate:run_migrate",
    "check": "order_service.app.check:run_check",
}

GROUPS = {
    "dlq": "order_service.app.consumer:dead_letters",
    "payments": "order_service.app.payments:payments_door",
}

if __name__ == "__main__":
    service_door(SERVICE, ROLES, commands=COMMANDS, groups=GROUPS)()
