"""python -m payment_service ROLE."""

from libs.lifecycle.door import service_door
from payment_service.app import roles

if __name__ == "__main__":
    service_door("payment_service", {"grpc": roles.grpc})()
