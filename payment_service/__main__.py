"""python -m payment_service <role>."""

from libs.lifecycle.cli import service_cli
from payment_service.config.settings import SERVICE

ROLES = {
    "grpc": "payment_service.app.roles:run_grpc",
}

if __name__ == "__main__":
    service_cli(SERVICE, ROLES)()
