"""python -m order_service <role>."""

from libs.lifecycle.door import service_door
from order_service.app.consumer import run_consumer
from order_service.app.http import run_http
from order_service.app.migrate import run_migrate
from order_service.app.relay import run_relay
from order_service.app.worker import run_worker

ROLES = {
    "http": run_http,
    "relay": run_relay,
    "consumer": run_consumer,
    "worker": run_worker,
    "migrate": run_migrate,
}

if __name__ == "__main__":
    service_door("order_service", ROLES)()
