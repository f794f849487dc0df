"""The process with the bare routes, beside the stack."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from deploy.local.engines.ports import free_port, release_port
from tests.bench.beside import cpu_s, process, wait_until_listening
from tests.bench.stack.system import System

BARE = "bare route"


@dataclass(frozen=True, slots=True)
class BareShop:
    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        return cpu_s(self.process)


@contextmanager
def bare_shop(system: System) -> Iterator[BareShop]:
    """Start the bare routes on the services and the database of the stack; end them afterwards."""
    port, ports = free_port(), system.checkout.ports
    environment = {
        "BENCH_POSTGRES_PORT": str(system.postgres),
        "BENCH_POSTGRES_PASSWORD": system.passwords["order"],
        "BENCH_INVENTORY_PORT": str(ports["inventory"]),
        "BENCH_PAYMENT_PORT": str(ports["payment"]),
    }
    try:
        with process(["-m", "tests.bench.layers.bare_shop", str(port)], environment) as server:
            wait_until_listening(server)
            yield BareShop(port, server)
    finally:
        release_port(port)
