"""python -m assembly_service <role>."""

from assembly_service.app.app import SERVICE
from assembly_service.app.consumer import run_consumer
from assembly_service.app.letters import own_letters
from assembly_service.app.worker import run_worker_role
from libs.kafka.letter_commands import dead_letter_door
from libs.lifecycle.door import service_door

ROLES = {"consumer": run_consumer, "worker": run_worker_role}

if __name__ == "__main__":
    door = service_door(SERVICE, ROLES)
    door.add_typer(dead_letter_door(own_letters), name="dlq")
    door()
