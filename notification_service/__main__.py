"""python -m notification_service <role>."""

from libs.lifecycle.door import service_door
from notification_service.app.bot import run_bot
from notification_service.app.consumer import run_consumer
from notification_service.app.migrate import run_migrate
from notification_service.app.worker import run_worker

ROLES = {
    "consumer": run_consumer,
    "worker": run_worker,
    "bot": run_bot,
    "migrate": run_migrate,
}

if __name__ == "__main__":
    service_door("notification_service", ROLES)()
