"""python -m inventory_service ROLE."""

from inventory_service.app import app
from libs.lifecycle.door import service_door

if __name__ == "__main__":
    service_door("inventory_service", {"grpc": app.grpc}, commands={"migrate": app.migrate})()
