"""python -m inventory_service ROLE."""

from inventory_service.app import roles
from libs.lifecycle.door import service_door

if __name__ == "__main__":
    service_door("inventory_service", {"grpc": roles.grpc}, commands={"migrate": roles.migrate})()
