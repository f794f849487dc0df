"""python -m notification_service <role>."""

from libs.lifecycle.door import service_door
from notification_service.app.app import SERVICE

ROLES = {
    "consumer": "notification_service.app.consumer:run_consumer",
    "worker": "notification_service.app.worker:run_worker",
    "bot": "notification_service.app.bot:run_bot",
}

COMMANDS = {
    "migrate": "notification_service.app.migrate:run_migrate",
}

GROUPS = {"dlq": "notification_service.app.consumer:dead_letters"}

if __name__ == "__main__":
    service_door(SERVICE, ROLES, commands=COMMANDS, groups=GROUPS)()
